package actor

import (
	"context"
	"errors"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// SendWait is Send that waits for room instead of returning ErrOverloaded, until ctx
// is done or Stop is sent to the actor: the error is then that of the context. In a
// State or a callback it is ErrWouldBlock. In a
// session it waits for the other actor; outside of one for the link that all share: what
// an actor there is too slow for comes back as Undelivered.
func (s *Self) SendWait(ctx context.Context, to Address, message any) error {
	s.mine("SendWait")
	if s.sys.traces {
		s.traceSent(message, to)
	}
	if s.bound {
		return s.sys.refused(s.Address(), to, message, ErrWouldBlock)
	}
	in := s.session(to)
	if err := s.try(in, &to, message); !errors.Is(err, ErrOverloaded) {
		return s.sys.refused(s.Address(), to, message, err)
	}
	return s.wait(ctx, in, to, message)
}

// wait sends when there is room.
func (s *Self) wait(ctx context.Context, in *node.Session, to Address, message any) error {
	s.box.even() // the other actor may wait for the room
	w := waiting{sys: s.sys, from: s.Address(), to: to, message: message, own: s.Context()}
	if s.leaving {
		w.own = context.Background() // what an actor does after Stop it may do in order
	}
	w.try = func() error { return s.try(in, &w.to, message) }
	w.room = func() <-chan struct{} {
		if in == nil {
			return s.sys.roomAt(to.at)
		}
		if room := in.Room(); room != nil {
			return room
		}
		return s.sys.roomAt(in.Remote())
	}
	return w.send(ctx)
}

// try sends in a session, or in none.
func (s *Self) try(in *node.Session, to *Address, message any) error {
	if in != nil {
		return s.trySession(in, s.Address(), message)
	}
	return s.sys.try(to, s.is(), message)
}

// SendWait is Self.SendWait from nobody.
func (sys *System) SendWait(ctx context.Context, to Address, message any) error {
	if err := sys.try(&to, &Address{}, message); !errors.Is(err, ErrOverloaded) {
		return sys.refused(Address{}, to, message, err)
	}
	return sys.wait(ctx, to, message)
}

// wait sends when there is room.
func (sys *System) wait(ctx context.Context, to Address, message any) error {
	w := waiting{sys: sys, to: to, message: message, own: context.Background()}
	w.try = func() error { return sys.try(&w.to, &w.from, message) }
	w.room = func() <-chan struct{} { return sys.roomAt(to.at) }
	return w.send(ctx)
}

// A waiting is a message that waits for room.
type waiting struct {
	sys      *System
	from, to Address
	message  any
	own      context.Context // the actor's
	try      func() error
	room     func() <-chan struct{}
}

// send tries until it has another answer than ErrOverloaded, or a context ends.
func (w *waiting) send(ctx context.Context) error {
	for {
		err := w.try()
		if !errors.Is(err, ErrOverloaded) {
			return w.refused(err)
		}
		select {
		case <-w.room():
		case <-ctx.Done():
			return w.refused(context.Cause(ctx))
		case <-w.own.Done():
			return w.refused(context.Cause(w.own))
		}
	}
}

// roomAt returns a channel that is closed when it is worth sending again to an
// address that was overloaded, outside of any session.
func (sys *System) roomAt(to transport.Address) <-chan struct{} {
	if to.Process != sys.process {
		return sys.net.Room(to.Process)
	}
	if c := sys.cells.get(to.Actor); c != nil {
		return c.box.roomy()
	}
	room := make(chan struct{})
	close(room)
	return room
}
