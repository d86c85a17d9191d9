package actor

import (
	"errors"
	"reflect"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// Send queues message for the actor at to. It never blocks. The error is
// ErrOverloaded when the actor's mailbox, or the queue to its process, is full;
// ErrEnded when the actor, or the session that to is bound to, is known to have
// ended; Undelivered when to is nobody; a *PortableError when the message may
// not travel. A nil error says that the message was accepted, not that it
// arrived: what is lost later comes back as an Undelivered message.
//
// Who sends a slice, a map or a pointer gives it away.
func (s *Self) Send(to Address, message any) error { return s.send(to, s.Address(), message) }

// Reply sends message to the Sender. If it may not travel or is too large, a
// Sender that asked, and would wait in vain, gets a Faulted instead.
func (s *Self) Reply(message any) error {
	err := s.send(s.sender, s.Address(), message)
	portable := new(PortableError)
	if isAsk(s.sender.at.Actor) && (errors.As(err, &portable) || errors.Is(err, transport.ErrTooLarge)) {
		s.Log().Warn("reply refused", "to", s.sender, "err", err)
		s.send(s.sender, s.Address(), Faulted{"no reply", err.Error()})
	}
	return err
}

// Forward sends message to the actor at to as if it came from the Sender, who
// gets the reply.
func (s *Self) Forward(to Address, message any) error { return s.send(to, s.sender, message) }

// send sends in the session that to is bound to, if it is this actor's.
func (s *Self) send(to, from Address, message any) error {
	in := s.session(to)
	if in == nil {
		return s.sys.send(to, from, message)
	}
	if err := s.sys.sendable(message); err != nil {
		return err
	}
	if err := in.Send(from.at, message); err != nil {
		return s.sys.refused(to, err)
	}
	return nil
}

// session returns the session that what this actor sends to that address goes
// in, nil if none.
func (s *Self) session(to Address) *node.Session {
	if in := to.in; in != nil && in.Local() == s.at && in.Remote() == to.at {
		return in
	}
	return nil
}

// Send is Self.Send from nobody.
func (sys *System) Send(to Address, message any) error { return sys.send(to, Address{}, message) }

// send sends outside of any session.
func (sys *System) send(to, from Address, message any) error {
	if to.IsZero() {
		sys.counts.refused.Add(1)
		return Undelivered{To: to, Message: message, Reason: "there is nobody to send to"}
	}
	if err := sys.sendable(message); err != nil {
		return err
	}
	var err error
	if to.at.Process == sys.process {
		err = sys.post(to.at, from, message)
	} else {
		err = sys.net.Send(from.at, to.at, message)
	}
	if err != nil {
		return sys.refused(to, err)
	}
	return nil
}

// sendable refuses pointers to registered types: they would match no case of
// the receiver's, or only while it runs in this process.
func (sys *System) sendable(message any) error {
	if t := reflect.TypeOf(message); t != nil && t.Kind() == reflect.Pointer && sys.types.registered(t.Elem()) {
		sys.counts.refused.Add(1)
		return &PortableError{Type: t.String(), Reason: "a pointer: send the value"}
	}
	return nil
}

func (sys *System) refused(to Address, err error) error {
	sys.counts.refused.Add(1)
	return &sendError{to, err}
}

// post puts a message in the mailbox of an actor of this process, or answers an
// ask.
func (sys *System) post(to transport.Address, from Address, message any) error {
	if isAsk(to.Actor) {
		a := sys.asks.get(to.Actor)
		if a == nil || a.at != to || !a.finish(from, message, nil) {
			sys.counts.late.Add(1) // a second reply, or one that nobody waits for
		}
		return nil
	}
	c := sys.cells.get(to.Actor)
	if c == nil || c.at != to {
		return ErrEnded
	}
	if _, stop := message.(Stop); stop {
		c.stop(sys.grace())
		return nil
	}
	return c.box.put(item{message, from, true})
}

// undelivered tells who sent a message that it did not arrive.
func (sys *System) undelivered(from, to Address, message any, reason string) {
	sys.counts.undelivered.Add(1)
	if _, again := message.(Undelivered); again || from.IsZero() {
		return // nobody to tell
	}
	var err error
	if from.at.Process == sys.process {
		err = sys.post(from.at, Address{}, Undelivered{To: to, Message: message, Reason: reason})
	} else {
		err = sys.net.GiveBack(from.at, to.at, message, reason)
	}
	if err != nil {
		sys.log.Debug("undelivered, and who sent it cannot be told", "from", from, "to", to, "reason", reason, "err", err)
	}
}
