package directory

import "fmt"

// A Message is something said to the directory machine, or by it. The set is
// closed. A request is an imperative, a fact a past participle, a refusal begins
// with Not.
type Message interface{ message() }

// From an actor to the directory of its own process. The party is the actor's.
type (
	// Publish makes a publication known. Published or NotPublished is the answer.
	Publish struct{ Publication }
	// Unpublish takes it back. Unpublished is the answer.
	Unpublish struct{ ID ID }
	// Subscribe makes a subscription known. Subscribed or NotSubscribed is the
	// answer, then Offered.
	Subscribe struct{ Subscription }
	// Unsubscribe takes it back. Unsubscribed is the answer.
	Unsubscribe struct{ ID ID }
)

// To an actor, from the directory of its own process.
type (
	// Published: the own process has the publication (R4).
	Published struct {
		ID    ID
		Name  Name
		Scope Scope
	}
	// NotPublished: the own process refuses it.
	NotPublished struct {
		ID     ID
		Name   Name
		Scope  Scope
		Reason string
	}
	// Standby: at that scope another publication of the name is older and holds
	// it. A publication begins as if it held its name everywhere (R4).
	Standby struct {
		ID    ID
		Name  Name
		Scope Scope
	}
	// Promoted: the publication holds its name at that scope again.
	Promoted struct {
		ID    ID
		Name  Name
		Scope Scope
	}
	// Unpublished is the last word about a publication.
	Unpublished struct {
		ID   ID
		Name Name
	}
	// Subscribed: the own process has the subscription.
	Subscribed struct {
		ID      ID
		Pattern Pattern
		Scope   Scope
	}
	// NotSubscribed: the own process refuses it.
	NotSubscribed struct {
		ID      ID
		Pattern Pattern
		Scope   Scope
		Reason  string
	}
	// Unsubscribed is the last word about a subscription.
	Unsubscribed struct {
		ID      ID
		Pattern Pattern
	}
)

// From a directory to its parent, over their link.
type (
	// Claim says who claims a name below: the oldest for each scope from the
	// parent's outwards, oldest first, at most MaxClaimants. It replaces what
	// this link said of the name before; none retracts it (R3). Ask says that
	// somebody below stands by behind those: who holds the name is to be told.
	Claim struct {
		Name      Name
		Claimants []Publication
		Ask       bool
	}
	// Seek makes a subscription known, or says it again. Offered is the answer,
	// from each directory up to its scope (R6).
	Seek struct{ Subscription }
	// Unseek takes it back.
	Unseek struct{ ID ID }
)

// MaxClaimants is how many publications one Claim may have: one for each scope
// from Process to LAN.
const MaxClaimants = 4

// From a directory to the children that claim a name, and on down to the
// processes whose publications stand by.
type (
	// Held says who holds the name in the directory of that scope (R4), if it
	// is another than the child claims, and how old that publication is; zero:
	// the oldest that the child claims. A child is told that asked, or of whose
	// claimants one does not hold; and is told again when that changes for it,
	// or an older one of others holds.
	Held struct {
		Name   Name
		Scope  Scope
		Holder ID
		Stamp  Stamp
	}
)

// From a directory to the process of a subscription: over the links down to it,
// then to the party of its actor.
type (
	// Offered is the whole list of what the directory at Scope offers the
	// subscription, in batches. From First to Last it replaces what was held
	// at that scope (R6).
	Offered struct {
		Subscription ID
		Scope        Scope
		First, Last  bool
		Offers       []Publication
	}
	// Offer changes the list: this publication is offered for its name.
	Offer struct {
		Subscription ID
		Scope        Scope
		Publication  Publication
	}
	// Withdraw changes the list: none is offered for the name.
	Withdraw struct {
		Subscription ID
		Scope        Scope
		Name         Name
	}
)

// Refused tells the other end of a link what rule it broke, before the link is
// closed (R18).
type Refused struct{ Reason string }

// From the shell to the directory machine.
type (
	// ChildUp: a link to a directory of that inner scope is there.
	ChildUp struct{ Scope Scope }
	// ParentUp: the link to the parent, of that wider scope, is there.
	ParentUp struct{ Scope Scope }
	// Gone: the link is lost, or the actor has ended.
	Gone struct{}
	// Resume goes on with long work that was put off by the effect Continue, but
	// not for parties whose links have no room for what would come of it.
	Resume struct{ Full []Party }
)

// Error says what was refused and why.
func (m NotPublished) Error() string {
	return fmt.Sprintf("publish %q at %v: %s", string(m.Name), m.Scope, m.Reason)
}

// Error says what was refused and why.
func (m NotSubscribed) Error() string {
	return fmt.Sprintf("subscribe %q at %v: %s", string(m.Pattern), m.Scope, m.Reason)
}

func (Publish) message()       {}
func (Unpublish) message()     {}
func (Subscribe) message()     {}
func (Unsubscribe) message()   {}
func (Published) message()     {}
func (NotPublished) message()  {}
func (Standby) message()       {}
func (Promoted) message()      {}
func (Held) message()          {}
func (Unpublished) message()   {}
func (Subscribed) message()    {}
func (NotSubscribed) message() {}
func (Unsubscribed) message()  {}
func (Claim) message()         {}
func (Seek) message()          {}
func (Unseek) message()        {}
func (Offered) message()       {}
func (Offer) message()         {}
func (Withdraw) message()      {}
func (Refused) message()       {}
func (ChildUp) message()       {}
func (ParentUp) message()      {}
func (Gone) message()          {}
func (Resume) message()        {}

// An Effect is what the shell must do for a machine, in the order given.
type Effect interface{ effect() }

// Effects of the directory machine.
type (
	// Send says message to a party.
	Send struct {
		To      Party
		Message Message
	}
	// Dial: there is a registration for a parent to know. Said once, while no
	// parent is there; the shell goes on trying.
	Dial struct{}
	// Refuse closes the link of a party that broke the rules.
	Refuse struct {
		Party  Party
		Reason string
	}
	// Continue asks for Resume, after what waits already; if Full, once somebody
	// whose link had no room may have some.
	Continue struct{ Full bool }
)

func (Send) effect()     {}
func (Dial) effect()     {}
func (Refuse) effect()   {}
func (Continue) effect() {}
