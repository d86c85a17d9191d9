package directory

import (
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
)

// Connections are what actors make by address, beside the directory: one listens at an
// address, another calls it there, and they have a session. A connection has a link of
// its own, over which nothing else is opened, so that party also names the connection.

// A ListenerID is the serial number of a listener in its process, from 1.
type ListenerID uint64

// A CallID is the serial number of a call in its process, from 1.
type CallID uint64

func (id ListenerID) String() string { return fmt.Sprintf("listener-%d", uint64(id)) }
func (id CallID) String() string     { return fmt.Sprintf("call-%d", uint64(id)) }

// MaxCalls is how many connections a process may be making at once.
const MaxCalls = 1024

// From an actor to the switchboard of its process. The party is the actor's.
type (
	// Listen: a listener was opened for the actor. Listening is the answer.
	Listen struct {
		Listener  ListenerID
		Requested string
		Address   string // that it got
		Actor     transport.Address
	}
	// Unlisten: it was closed. Nothing answers.
	Unlisten struct{ Listener ListenerID }
	// Call asks for a connection with who listens at an address. Connected or
	// NotConnected is the answer.
	Call struct {
		Requested string
		Address   string // in the form that is dialled
		Actor     transport.Address
	}
	// HangUp ends a connection of the actor. HungUp is the answer.
	HangUp struct{ Link Party }
)

// To an actor, from the switchboard of its process.
type (
	// Listening: those who call are accepted from now on.
	Listening struct {
		Listener  ListenerID
		Requested string
		Address   string
	}
	// NotListening: the listener was lost.
	NotListening struct {
		Listener ListenerID
		Address  string // as it was requested
		Reason   string
	}
	// Accepted: another actor has called, and has a connection.
	Accepted struct {
		Listener string // the address that it got
		Remote   transport.Address
		Link     Party
	}
	// Connected: the actor that listens there has accepted.
	Connected struct {
		Requested string
		Remote    transport.Address
		Link      Party
	}
	// NotConnected: there will be no connection. Nothing is tried again.
	NotConnected struct {
		Requested string
		Reason    string
	}
	// HungUp ends a connection, to either side.
	HungUp struct {
		Remote transport.Address
		Link   Party
		Reason string
	}
)

// Between the switchboards of two processes, over the link of a connection. NotOpened,
// Close and Closed are those of sessions: who called is the subscriber there.
type (
	// Join asks for the connection that the link was made for. Joined or NotOpened
	// is the answer.
	Join struct {
		Session SessionID
		Actor   transport.Address // who calls
	}
	// Joined: there is one.
	Joined struct {
		Session SessionID
		Actor   transport.Address // who listens
	}
	// Heard: the other side's last word about the connection has come, and all before
	// it. Who has heard that, and the other's last word, closes the link.
	Heard struct{ Session SessionID }
)

// ID is the number of the session on its link.
func (m Join) ID() SessionID { return m.Session }

// ID is the number of the session on its link.
func (m Joined) ID() SessionID { return m.Session }

// ID is the number of the session on its link.
func (m Heard) ID() SessionID { return m.Session }

// From the shell to the switchboard, with the link as the party or none.
type (
	// LinkIn: a link has come in at a listener.
	LinkIn struct{ Listener ListenerID }
	// LinkOut: the link that a call needs is there.
	LinkOut struct{ Call CallID }
	// Unreached: it could not be made.
	Unreached struct {
		Call   CallID
		Reason string
	}
	// ListenerLost: nobody can call there any more, and the actor has not said so.
	ListenerLost struct {
		Listener ListenerID
		Reason   string
	}
)

// Effects of the switchboard, beside Send, Refuse, Start and Cancel.
type (
	// Ring makes the link that a call needs. LinkOut or Unreached is the answer.
	Ring struct {
		Call    CallID
		Address string
	}
	// Bind makes this process's end of a connection, its gate shut. The Remote of
	// one that is Own, which an actor here asked for, is not known yet.
	Bind struct {
		Link    Party
		Session SessionID
		Actor   Party
		Own     bool
		Remote  transport.Address
	}
	// Unbind forgets it.
	Unbind struct{ Link Party }
	// Part closes the link of a connection.
	Part struct {
		Link   Party
		Reason string
	}
)

func (Listen) message()       {}
func (Unlisten) message()     {}
func (Call) message()         {}
func (HangUp) message()       {}
func (Listening) message()    {}
func (NotListening) message() {}
func (Accepted) message()     {}
func (Connected) message()    {}
func (NotConnected) message() {}
func (HungUp) message()       {}
func (Join) message()         {}
func (Joined) message()       {}
func (Heard) message()        {}
func (LinkIn) message()       {}
func (LinkOut) message()      {}
func (Unreached) message()    {}
func (ListenerLost) message() {}
func (Ring) effect()          {}
func (Bind) effect()          {}
func (Unbind) effect()        {}
func (Part) effect()          {}

func (m Listen) String() string {
	return fmt.Sprintf("listen at %s as %v at %s for %v", m.Requested, m.Listener, m.Address, m.Actor)
}
func (m Unlisten) String() string { return fmt.Sprintf("unlisten %v", m.Listener) }
func (m Call) String() string {
	return fmt.Sprintf("call %s at %s for %v", m.Requested, m.Address, m.Actor)
}
func (m HangUp) String() string { return fmt.Sprintf("hang up %v", m.Link) }

func (m Listening) String() string {
	return fmt.Sprintf("listening at %s for %s, %v", m.Address, m.Requested, m.Listener)
}

func (m NotListening) String() string {
	return fmt.Sprintf("not listening at %s, %v: %s", m.Address, m.Listener, m.Reason)
}

func (m Accepted) String() string {
	return fmt.Sprintf("accepted %v at %s over %v", m.Remote, m.Listener, m.Link)
}

func (m Connected) String() string {
	return fmt.Sprintf("connected to %v at %s over %v", m.Remote, m.Requested, m.Link)
}

func (m NotConnected) String() string {
	return fmt.Sprintf("not connected to %s: %s", m.Requested, m.Reason)
}

func (m HungUp) String() string {
	return fmt.Sprintf("hung up by %v over %v: %s", m.Remote, m.Link, m.Reason)
}

func (m Join) String() string    { return fmt.Sprintf("join %v for %v", m.Session, m.Actor) }
func (m Joined) String() string  { return fmt.Sprintf("joined %v by %v", m.Session, m.Actor) }
func (m Heard) String() string   { return fmt.Sprintf("heard the last of %v", m.Session) }
func (m LinkIn) String() string  { return fmt.Sprintf("link in at %v", m.Listener) }
func (m LinkOut) String() string { return fmt.Sprintf("link out for %v", m.Call) }

func (m Unreached) String() string    { return fmt.Sprintf("unreached by %v: %s", m.Call, m.Reason) }
func (m ListenerLost) String() string { return fmt.Sprintf("lost %v: %s", m.Listener, m.Reason) }

func (e Ring) String() string { return fmt.Sprintf("ring %s for %v", e.Address, e.Call) }

func (e Bind) String() string {
	with := "who listens there"
	if !e.Own {
		with = e.Remote.String()
	}
	return fmt.Sprintf("bind %v of %v for %v with %s", e.Session, e.Link, e.Actor, with)
}

func (e Unbind) String() string { return fmt.Sprintf("unbind %v", e.Link) }
func (e Part) String() string   { return fmt.Sprintf("part %v: %s", e.Link, e.Reason) }
