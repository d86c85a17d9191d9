package actor

import "fmt"

// About listeners.
type (
	// Listening: the listener is open, at the address it got. It comes before any
	// request or connection.
	Listening struct{ Requested, Address string }
	// NotListening is the error of Listen and ListenHTTP, and comes later when the
	// listener is lost: its socket was closed by others, or, of ListenHTTP, no
	// connection could be accepted for ten seconds (too many open files). Requests under
	// way are still answered.
	NotListening struct{ Address, Reason string }
)

// About connections that actors make by address. Remote is bound to the connection, as
// the address in Available is to its session.
type (
	// Accepted: another actor has connected to a listener of this one.
	Accepted struct {
		Listener string // its address, as Listening has it
		Remote   Address
	}
	// Connected: the connection that was asked for is there.
	Connected struct {
		Requested string
		Remote    Address
	}
	// NotConnected: it is not, and nothing is tried again.
	NotConnected struct{ Requested, Reason string }
	// Closed ends a connection, to either side. What was sent in it and has not
	// come back may have arrived or not, if the Reason is that the link was lost.
	Closed struct {
		Remote Address // equal to the Remote that came before
		Reason string
	}
)

// Error says where and why.
func (m NotListening) Error() string {
	return fmt.Sprintf("actor.Listen: %s: %s", m.Address, m.Reason)
}

// Error says what was not reached and why.
func (m NotConnected) Error() string {
	return fmt.Sprintf("actor.Connect: %s: %s", m.Requested, m.Reason)
}
