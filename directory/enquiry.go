package directory

import (
	"fmt"
	"slices"

	"github.com/layer-cake/layer-cake/transport"
)

// A Topic is what a directory can be asked beside its place in the tree.
type Topic uint8

// The topics.
const (
	TopicNames         Topic = iota + 1 // who claims which name: Found.Claimants
	TopicSubscriptions                  // Found.Subscriptions
	TopicOffers                         // what it offers them itself: Found.Offers
	TopicSessions                       // of a process: Found.Efforts
	TopicUsage                          // what the process uses of its limits: Found.Usage
)

// String returns the topic as a word.
func (t Topic) String() string {
	if !t.Valid() {
		return fmt.Sprintf("Topic(%d)", uint8(t))
	}
	return [...]string{"names", "subscriptions", "offers", "sessions", "usage"}[t-1]
}

// Valid reports whether t is one of the topics.
func (t Topic) Valid() bool { return TopicNames <= t && t <= TopicUsage }

// A Mark is a place in a listing: the last entry that was said. The zero Mark is
// the beginning.
type Mark struct {
	Name  Name
	Stamp Stamp
	ID    ID
}

// Page is how many entries one Found may have, so that it fits a frame.
const Page = 256

// MaxEnquiries is how many enquiries that are to be answered over one link may
// wait in a directory. One more is answered with a reason (R17).
const MaxEnquiries = 1024

// Enquiries ask one directory what it knows. Who asks has the tree from a survey,
// and asks again from where the last answer ended: no more is under way than
// was asked for, so that a listing, however long, fills no link.
type (
	// Enquire asks the directory at the end of To. It goes up to the root, each
	// directory on the way putting itself before the Route as for List, and from
	// there down by To.
	Enquire struct {
		Route   Route
		To      Route  // from the root to who is asked
		Number  uint64 // comes back in Found
		Topic   Topic
		Name    Name    // only what is about this name; empty: all
		Pattern Pattern // only what is about subscriptions of this text; empty: all
		After   Mark
	}
	// Found answers it, by the Route. Next is from where to ask on; zero: that
	// was all.
	Found struct {
		Route  Route
		Number uint64
		Next   Mark
		Gone   bool   // who was asked is not in the tree any more: the directory above it says so
		Reason string // why it does not answer; empty: it does

		Claimants     []Claimant
		Subscriptions []Interest
		Offers        []Pairing
		Efforts       []Effort
		Usage         []Figure
	}
)

// What a listing says of registrations is for people: no token, and no address
// that could be used (R16).
type (
	// A Claimant is a publication as a directory knows it.
	Claimant struct {
		Name  Name
		ID    ID
		Scope Scope
		Stamp Stamp
		Actor transport.ActorID
		Holds bool // it is the oldest here; else it stands by
	}
	// An Interest is a subscription as a directory knows it.
	Interest struct {
		Pattern Pattern
		ID      ID
		Scope   Scope
		Actor   transport.ActorID
	}
	// A Pairing is an offer that a directory makes.
	Pairing struct {
		Name         Name
		Publication  ID
		Subscription ID
	}
	// An Effort is what a process does to have the session of a subscription for
	// a name.
	Effort struct {
		Subscription ID
		Name         Name
		Session      ID         // the publication that it is with; zero: there is none
		Scope        Scope      // of the directory that matched it
		Prospects    []Prospect // what is offered, best first
	}
	// A Figure is what a process uses of one of its limits.
	Figure struct {
		Name string
		Used uint64
		Most uint64 // zero: it is only counted
	}
	// A Prospect is an offer as the process that it was made to knows it.
	Prospect struct {
		Publication ID
		Scope       Scope // of the directory that offers it
		State       ProspectState
		Failed      uint64 // how often, since it last was the session
		Reason      string // of the last time
	}
)

// A ProspectState is what becomes of an offer.
type ProspectState uint8

// The states of an offer.
const (
	Spare    ProspectState = iota + 1 // a better one is used, or tried
	Resting                           // it failed, and will be tried again
	Trying                            // a session is being prepared
	Prepared                          // it will be used once the old session is closed
	InUse
)

// Valid reports whether s is one of the states.
func (s ProspectState) Valid() bool { return Spare <= s && s <= InUse }

// String returns the state as a word.
func (s ProspectState) String() string {
	if !s.Valid() {
		return fmt.Sprintf("ProspectState(%d)", uint8(s))
	}
	return [...]string{"spare", "resting", "trying", "prepared", "in use"}[s-1]
}

// Effects of enquiries.
type (
	// Consult: the enquiry is for this directory. Its machine is to be told it,
	// from To, which the answer goes to: a link, or Self.
	Consult struct {
		To      Party
		Enquiry Enquire
	}
	// Inspect: the answer is the resolver's; it is to be told the same.
	Inspect struct {
		To      Party
		Enquiry Enquire
	}
	// Measure: the answer is what the process uses of its limits, which the shell
	// knows. It goes to To.
	Measure struct {
		To      Party
		Enquiry Enquire
	}
)

func (m Enquire) String() string {
	return fmt.Sprintf("enquire %v of %v by %v, number %d", m.Topic, m.To, m.Route, m.Number)
}

func (m Found) String() string {
	switch {
	case m.Gone:
		return fmt.Sprintf("found nobody for %v, number %d", m.Route, m.Number)
	case m.Reason != "":
		return fmt.Sprintf("found nothing for %v, number %d: %s", m.Route, m.Number, m.Reason)
	}
	n := len(m.Claimants) + len(m.Subscriptions) + len(m.Offers) + len(m.Efforts) + len(m.Usage)
	return fmt.Sprintf("found %d for %v, number %d", n, m.Route, m.Number)
}

func (Enquire) message() {}
func (Found) message()   {}
func (Consult) effect()  {}
func (Inspect) effect()  {}
func (Measure) effect()  {}

func (e Consult) String() string { return fmt.Sprintf("consult for %v: %v", e.To, e.Enquiry) }
func (e Inspect) String() string { return fmt.Sprintf("inspect for %v: %v", e.To, e.Enquiry) }
func (e Measure) String() string { return fmt.Sprintf("measure for %v: %v", e.To, e.Enquiry) }

// enquire passes an enquiry on, up to the root and down again. Where it cannot,
// who asks is told.
func (s *Survey) enquire(from Party, m Enquire) ([]Effect, []Message) {
	if from != s.parent || from == 0 {
		if refusal := s.climb(from, m.Route); refusal != nil {
			return refusal, nil
		}
		m.Route = append(Route{s.self.Process}, m.Route...)
		if s.parent != 0 {
			return []Effect{Send{s.parent, m}}, nil
		}
	}
	to, here := s.down(m.To)
	if here {
		back, own := s.down(m.Route)
		if own {
			back = Self
		} else if back == 0 {
			back = s.parent
		}
		return []Effect{Consult{back, m}}, nil
	}
	if to != 0 {
		return []Effect{Send{to, m}}, nil
	}
	lost := Found{Route: m.Route, Number: m.Number}
	if slices.Contains(m.To, s.self.Process) {
		lost.Gone = true
	} else { // the root is another one now: nobody here knows what became of the way
		lost.Reason = "it is out of reach"
	}
	return s.pass(m.Route, lost)
}
