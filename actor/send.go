package actor

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// Send queues message for the actor at to. It never blocks. The error is
// ErrOverloaded when the actor's mailbox is full; or, if it is in another process,
// when it takes messages more slowly than they are sent, by 512 KiB in a session and
// by a little more than 1 MiB outside of one; ErrTooLarge beyond 64 MiB;
// ErrEnded when the actor, or the session that to is bound to, is known to have
// ended; Undelivered when to is nobody; a *PortableError when the message may
// not travel. A nil error says that the message was accepted, not that it
// arrived: what is lost later comes back as an Undelivered message.
//
// Who sends a slice, a map or a pointer gives it away.
func (s *Self) Send(to Address, message any) error {
	s.mine("Send")
	return s.send(&to, s.is(), message)
}

// Reply sends message to the Sender. Who asked takes one reply: another is counted as
// Late, and no error. If it may not travel or is too large, a
// Sender that asked, and would wait in vain, gets a Faulted instead.
func (s *Self) Reply(message any) error {
	s.mine("Reply")
	err := s.send(&s.sender, s.is(), message)
	if err != nil && isAsk(s.sender.at.Actor) && (errors.As(err, new(*PortableError)) || errors.Is(err, transport.ErrTooLarge)) {
		s.Log().Warn("reply refused", "to", s.sender, "err", err)
		s.send(&s.sender, s.is(), Faulted{"no reply", err.Error()})
	}
	return err
}

// Forward sends message to the actor at to as if it came from the Sender, who
// gets the reply.
func (s *Self) Forward(to Address, message any) error {
	s.mine("Forward")
	err := s.send(&to, &s.sender, message)
	if err == nil {
		s.replied = true // by whoever has it now
	}
	return err
}

// send sends in the session that to is bound to, if it is this actor's.
func (s *Self) send(to, from *Address, message any) error {
	var err error
	switch {
	case s.sys.traces:
		err = s.sendTraced(*to, *from, message)
	case to.in != nil:
		err = s.sendNow(to, from, message)
	default:
		err = s.sys.send(to, from, message)
	}
	if isAsk(to.at.Actor) && err == nil && to.at == s.sender.at {
		s.replied = true
	}
	return err
}

func (s *Self) sendNow(to, from *Address, message any) error {
	if to.in != nil {
		if in := s.session(*to); in != nil {
			return s.sys.refused(*from, *to, message, s.trySession(in, *from, message))
		}
	}
	return s.sys.send(to, from, message)
}

func (s *Self) trySession(in *node.Session, from Address, message any) error {
	message, err := s.sys.sendable(message)
	if err != nil {
		return err
	}
	return in.Send(from.at, message)
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
func (sys *System) Send(to Address, message any) error { return sys.send(&to, &Address{}, message) }

func (w *waiting) refused(err error) error { return w.sys.refused(w.from, w.to, w.message, err) }

// send sends outside of any session.
func (sys *System) send(to, from *Address, message any) error {
	if err := sys.try(to, from, message); err != nil {
		return sys.refused(*from, *to, message, err)
	}
	return nil
}

func (sys *System) try(to, from *Address, message any) error {
	if c := sys.cells.get(to.at.Actor); c != nil && c.at == to.at { // the common case in few steps
		message, err := sys.sendable(message)
		if err != nil {
			return err
		}
		if _, stop := message.(Stop); stop {
			c.stop(sys.grace())
			return nil
		}
		return c.box.tell(message, from)
	}
	return sys.tryFar(*to, *from, message)
}

// tryFar is try where the address is that of no actor which runs in this process.
func (sys *System) tryFar(to, from Address, message any) error {
	if to.IsZero() {
		return Undelivered{To: to, Message: message, Reason: "there is nobody to send to"}
	}
	message, err := sys.sendable(message)
	if err != nil {
		return err
	}
	if to.at.Process == sys.process {
		return sys.post(to.at, from, message)
	}
	return sys.net.Send(from.at, to.at, message)
}

// sendable returns message as it is sent. It refuses pointers to registered types: they
// would match no case of the receiver's, or only while it runs in this process.
func (sys *System) sendable(message any) (any, error) {
	if t := reflect.TypeOf(message); t != nil && t.Kind() == reflect.Pointer && sys.types.registered(t.Elem()) {
		return nil, &PortableError{Type: t.String(), Reason: "a pointer: send the value"}
	}
	if sys.checks != nil {
		return sys.journey(message)
	}
	return message, nil
}

// refused counts what Send refuses, and says to whom it was to go. A nil error is none.
func (sys *System) refused(from, to Address, message any, err error) error {
	if err == nil {
		return nil
	}
	sys.counts.refused.Add(1)
	switch err.(type) {
	case Undelivered, *PortableError:
	default:
		err = &sendError{to, err}
	}
	sys.emit(func() Event { return Refused{from, to, fmt.Sprintf("%T", message), err} })
	return err
}

// post puts a message in the mailbox of an actor of this process, or answers an
// ask.
func (sys *System) post(to transport.Address, from Address, message any) error {
	return sys.postItem(to, item{message: message, from: from, counted: true}, 0, nil)
}

// postItem does so with what came from another process, of which so many bytes may
// wait if it came outside of sessions. Wakers: where the actor may be put that is to be
// woken; nil: it is woken now.
func (sys *System) postItem(to transport.Address, it item, room int64, wakers *[]node.Waker) error {
	if isAsk(to.Actor) {
		it.due.Settle()
		if a := sys.asked(to); a == nil || !a.finish(it.from, it.message, nil) {
			sys.counts.late.Add(1) // a second reply, or one that nobody waits for
			sys.unheard(it.message)
		}
		return nil
	}
	c := sys.cells.get(to.Actor)
	if c == nil || c.at != to {
		return ErrEnded
	}
	if _, stop := it.message.(Stop); stop {
		c.stop(sys.grace())
		return nil
	}
	return c.box.putWithin(room, it, wakers)
}

// undelivered tells who sent a message that it did not arrive.
func (sys *System) undelivered(from, to Address, message any, reason string) {
	sys.counts.undelivered.Add(1)
	sys.emit(func() Event { return Undelivered{to, message, reason} })
	if _, again := message.(Undelivered); again || from.IsZero() {
		return // nobody to tell
	}
	if from.at.Process != sys.process {
		sys.net.GiveBack(from.at, to.at, message, reason)
		return
	}
	if err := sys.post(from.at, Address{}, Undelivered{To: to, Message: message, Reason: reason}); err != nil {
		sys.counts.lost.Add(1)
		sys.log.Debug("undelivered, and who sent it cannot be told", "from", from, "to", to, "reason", reason, "err", err)
	}
}
