package actor

import "errors"

// Listen accepts connections of other Layer Cake programs at a network address,
// host:port, beside the directory: those of actors that [Self.Connect] to it. A refusal
// is a NotListening error: the address is no good, or taken. There are no options yet:
// one that is given is refused.
//
// [Listening] follows as a message, with the address that the listener got; then
// [Accepted] for each actor that connects, and [Closed] when its connection ends;
// NotListening if the listener is lost. An actor may have several listeners, and
// connections in plenty: what comes in one has its Remote as [Self.Sender].
//
// A connection is a session with a link of its own. What is sent to its Remote arrives
// in order, after the other actor was told of the connection and before it is told of the
// end, or comes back; who takes nothing stops who sends to him and nobody else, as in
// sessions that the directory brings. It ends when either actor closes it or ends, or
// the link is lost: of a process that is killed at once, of a machine that is silent
// after three heartbeats. What was sent before is delivered ahead of Closed.
//
// Who connects reaches this actor, and those whose addresses it sends. Nothing is
// encrypted, and nobody is asked who he is: beyond this machine listen only on networks
// whose machines may all connect. Links are limited as [Limits] says, and connections
// with one process to 1024.
//
// The listener is closed by [Self.Unlisten], and when the actor ends.
func (s *Self) Listen(address string, options ...Option) error {
	s.mine("Listen")
	where, reason := placeOf(address, options)
	if reason != "" {
		return NotListening{address, reason}
	}
	s.registers()
	if err := s.sys.net.ListenFor(s.at.Actor, address, string(where)); err != nil {
		if inner := errors.Unwrap(err); inner != nil {
			err = inner // without the operation of the transport, and the address
		}
		return NotListening{address, reasonOf(err)}
	}
	return nil
}

// Unlisten closes the listener at address, as it was given to Listen or ListenHTTP or
// as Listening said it. The address is free when it returns. Connections that were
// accepted live on; HTTP requests that wait for a reply may still have one, for
// Options.Grace.
func (s *Self) Unlisten(address string) {
	s.mine("Unlisten")
	s.sys.net.Unlisten(s.at.Actor, address)
	for l, at := range s.tied().listeners {
		if address != l.requested && address != l.address {
			continue
		}
		c := s.sys.find(at)
		u := unlisten{make(chan struct{})}
		if c == nil || c.box.put(item{message: u}) != nil {
			continue // it has ended
		}
		// The listener never blocks, so this is a matter of microseconds.
		select {
		case <-u.done:
		case <-c.over():
		}
	}
}

// placeOf returns the place that Listen or Connect is told; or why it is refused.
func placeOf(address string, options []Option) (where HostPort, reason string) {
	where, err := ParseHostPort(address)
	if err != nil {
		return "", err.Error()
	}
	_, reason = only[noOption](options)
	return where, reason
}
