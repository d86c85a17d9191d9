package directory

import (
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
)

// A SessionID is the serial number of a session in the process of its
// subscriber, from 1.
type SessionID uint64

// A SessionKey names one end of a session in one process. At the subscriber's
// end Opener is zero; at the publisher's it is the link over which the session
// was opened, or Self.
type SessionKey struct {
	Opener Party
	ID     SessionID
}

func (k SessionKey) String() string {
	if k.Opener == 0 {
		return k.ID.String()
	}
	return fmt.Sprintf("%v of %v", k.ID, k.Opener)
}

// Self is the party that opens sessions inside the process.
const Self = Party(1)

// SessionMessage is what the two processes of a session say to each other, over
// the one link between them, or what one process says to itself where both
// actors are in it.
type SessionMessage interface {
	Message
	ID() SessionID
}

// Between the resolver, in the process of the subscriber, which opens a session,
// and the acceptor, in that of the publisher.
type (
	// Open asks the acceptor to prepare a session, which shows the publisher
	// nothing yet. Ready or NotOpened is the answer.
	Open struct {
		Session     SessionID
		Publication ID
		Token       Token
		Scope       Scope // of the directory that matched
		Subscriber  transport.Address
	}
	// Ready: the session is prepared; Commit or Close follows.
	Ready struct{ Session SessionID }
	// NotOpened: there will be no such session.
	NotOpened struct {
		Session SessionID
		Reason  string
	}
	// Commit begins the session: the publisher is told Delivered.
	Commit struct{ Session SessionID }
	// Close ends it, from the resolver, prepared or begun. Closed is the
	// answer, also where there is no such session.
	Close struct {
		Session SessionID
		Reason  string
	}
	// Closed: nothing more will come from the publisher. It answers Close, and
	// comes unasked when the publisher's side ends the session.
	Closed struct {
		Session SessionID
		Reason  string
	}
)

func (m Open) ID() SessionID      { return m.Session }
func (m Ready) ID() SessionID     { return m.Session }
func (m NotOpened) ID() SessionID { return m.Session }
func (m Commit) ID() SessionID    { return m.Session }
func (m Close) ID() SessionID     { return m.Session }
func (m Closed) ID() SessionID    { return m.Session }

// To the two actors of a session.
type (
	// Available: the subscriber has a session with the publisher of Name.
	Available struct {
		Subscription ID
		Pattern      Pattern
		Name         Name
		Scope        Scope // of the directory that matched
		Publisher    transport.Address
		Session      SessionKey
	}
	// Delivered: the publisher has a session with a subscriber.
	Delivered struct {
		Publication ID
		Name        Name
		Scope       Scope
		Subscriber  transport.Address
		Session     SessionKey
	}
	// Dropped ends a session, to either side.
	Dropped struct {
		Registration ID      // the subscription, or the publication
		Pattern      Pattern // empty at the publisher
		Name         Name
		Scope        Scope
		Remote       transport.Address
		Session      SessionKey
		Reason       string
	}
)

// From the shell to the resolver; Fired of its own timers to the acceptor and to the
// switchboard; Lost of its links to that.
type (
	// Lost: the link of a session, or of an attempt at one, is lost, or could
	// not be made.
	Lost struct {
		Session SessionID
		Reason  string
	}
	// Linked: a link to that process has come up.
	Linked struct{ Process transport.ProcessID }
	// Fired: a timer's time is up.
	Fired struct{ Timer Timer }
)

// Opening is an Open as the shell hands it to the acceptor, with how far away
// its link may have come from: LAN for links taken on the LAN address, else
// Host, or Process for Self. From beyond Host only a publication that reaches
// so far is opened (R16); nearer by, its token says enough.
type Opening struct {
	Open
	Reach Scope
}

// A Timer is one that the resolver, the acceptor or the switchboard asked for.
type Timer struct {
	Kind TimerKind
	ID   uint64 // unique among the timers of that kind
	Try  int    // of TimerRetry: how often the offer has failed, from 1
}

// A TimerKind says how long a timer takes; the shell owns the durations.
type TimerKind uint8

// The kinds of timers.
const (
	TimerOpen  TimerKind = iota + 1 // an attempt must be ready by then: 1 s (R9)
	TimerClose                      // a session that was closed must be answered by then: 1 s (R8)
	TimerRetry                      // a failed offer is tried again: 100 ms, doubling to 2 s (R9)
	// TimerCommit is the acceptor's: a session that is prepared must be committed by
	// then, 4 s (R17). That is longer than any subscriber takes who lives.
	TimerCommit
	// The switchboard's.
	TimerCall // a call must be answered by then: as long as the process sets, 5 s unless it does
	TimerJoin // a link that came in at a listener must ask for its connection by then: 4 s (R17)
	TimerPart // a connection that was closed must be over on both sides by then: 30 s (R17)
)

// String returns the name of the kind.
func (k TimerKind) String() string {
	if k < TimerOpen || k > TimerPart {
		return "none"
	}
	return [...]string{"open", "close", "retry", "commit", "call", "join", "part"}[k-1]
}

// Effects of the resolver and of the acceptor, beside Send to an actor.
type (
	// Connect makes the subscriber's end of a session, its gate shut, finds or
	// makes the link to the publication's process, and says Open there.
	Connect struct {
		Subscriber  Party
		Open        Open
		Publication Publication
	}
	// Prepare makes the publisher's end of a session, its gate shut.
	Prepare struct {
		Publisher  Party
		Key        SessionKey
		Subscriber transport.Address
	}
	// Say says something to the other process of a session. Key is ours.
	Say struct {
		Key     SessionKey
		Message SessionMessage
	}
	// Release forgets an end of a session, after Dropped or where it never began.
	Release struct{ Key SessionKey }
	// Start starts a timer; Fired follows unless Cancel does.
	Start struct{ Timer Timer }
	// Cancel stops it.
	Cancel struct{ Timer Timer }
)

func (Open) message()      {}
func (Ready) message()     {}
func (NotOpened) message() {}
func (Commit) message()    {}
func (Close) message()     {}
func (Closed) message()    {}
func (Available) message() {}
func (Delivered) message() {}
func (Dropped) message()   {}
func (Lost) message()      {}
func (Linked) message()    {}
func (Fired) message()     {}
func (Opening) message()   {}
func (Connect) effect()    {}
func (Prepare) effect()    {}
func (Say) effect()        {}
func (Release) effect()    {}
func (Start) effect()      {}
func (Cancel) effect()     {}
