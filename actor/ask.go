package actor

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// Asker is who may wait for a reply: a System, from any goroutine, or the Self
// of an actor, on its own.
type Asker interface {
	ask(ctx context.Context, to Address, message any) (any, error)
}

// Ask sends message and waits for the first reply. The error is ctx's, the
// reply itself if that is an error, Undelivered, what Send would return, or
// Unexpected if the reply is not a T. In an actor it waits no longer than
// Options.AskTimeout (TimedOut) and, before it has taken Stop, Self.Context
// (Aborted); other messages and callbacks wait meanwhile: two actors that Ask
// each other wait until then. In a State or a callback, which cannot wait, the error is
// ErrWouldBlock at once: Self.Ask is for them.
func Ask[T any](ctx context.Context, from Asker, to Address, message any) (T, error) {
	reply, err := from.ask(ctx, to, message)
	return as[T](reply, err)
}

// Then makes a callback for Self.Ask or Self.SpawnThen from one that wants a T.
func Then[T any](f func(reply T, err error)) func(any, error) {
	return func(reply any, err error) { f(as[T](reply, err)) }
}

func as[T any](reply any, err error) (T, error) {
	t, ok := reply.(T)
	if err == nil && !ok {
		err = Unexpected{Message: reply}
	}
	return t, err
}

// An ask is an address that takes one reply. Its ids are even, those of actors
// odd, so that a reply that comes too late is known for what it is.
type ask struct {
	sys  *System
	at   transport.Address
	over atomic.Bool // it was answered, or given up

	self *Self // whose callback it is; nil: a goroutine waits
	then func(reply any, err error)
	wake chan *ask // where the goroutine waits

	// How it ended; written once by who ended it, before it is handed over.
	reply any
	err   error

	in  *node.Session            // in which it was sent; nil: in none
	way atomic.Pointer[node.Way] // else over which link to another process; nil: over none
	// What was asked.
	to      Address
	message any

	// The actor's own, of an ask by callback.
	listed   bool
	earlier  *ask
	later    *ask
	deadline time.Time // zero: none
}

func isAsk(id transport.ActorID) bool { return id&1 == 0 }

func (sys *System) nextAsk() transport.ActorID { return transport.ActorID(sys.lastAsk.Add(2)) }

func (sys *System) newAsk() *ask {
	a := &ask{sys: sys, at: sys.mint.Address(sys.nextAsk())}
	sys.asks.put(a.at.Actor, a)
	return a
}

// finish ends the ask with a reply or an error, once. It reports whether it did.
func (a *ask) finish(from Address, reply any, err error) bool {
	if !a.giveUp() {
		return false
	}
	if e, ok := reply.(error); ok && err == nil {
		reply, err = nil, e
	}
	a.end(from, reply, err)
	return true
}

// lose ends the ask because no reply can come any more, once.
func (a *ask) lose(u Undelivered) {
	if a.giveUp() {
		a.sys.counts.undelivered.Add(1)
		a.sys.emit(func() Event { return u })
		a.end(Address{}, nil, u)
	}
}

// end hands the end over to who waits for it.
func (a *ask) end(from Address, reply any, err error) {
	a.reply, a.err = reply, err
	if a.self == nil {
		a.wake <- a // there is room: one ask at a time waits there
	} else {
		a.self.box.put(item{message: a, from: from})
	}
}

// giveUp ends the ask without an answer, once. It reports whether it did.
func (a *ask) giveUp() bool {
	if a.over.Swap(true) {
		return false
	}
	a.sys.asks.remove(a.at.Actor)
	return true
}

// Ask sends message and later calls then with the first reply, or with the
// reason there is none: the reply if it is an error, TimedOut after
// Options.AskTimeout, Undelivered, what Send would return. Undelivered comes as
// soon as it is known: when the actor has ended before it took the message, or has
// failed over it, or when the link over which it went is lost. The callback runs as
// part of this actor, between two messages; Sender is then who replied. It is
// not called after the actor has ended. See Then for typed callbacks.
func (s *Self) Ask(to Address, message any, then func(reply any, err error)) {
	s.mine("Ask")
	s.askWithin(s.sys.askTimeout, to, message, then)
}

// askWithin is Ask with a limit of its own, which is Options.AskTimeout or, zero, none.
func (s *Self) askWithin(d time.Duration, to Address, message any, then func(any, error)) *ask {
	a := s.sys.newAsk()
	a.self, a.then = s, then
	if d > 0 {
		a.deadline = time.Now().Add(d)
	}
	s.asks.add(a)
	a.in = s.session(to)
	if err := s.request(a, to, message); err != nil {
		a.finish(Address{}, nil, err)
	} else if d > 0 {
		s.asks.arm(s, d)
	}
	return a
}

// forget ends an ask whose callback is not to be called. If the answer waits in the
// mailbox it is stepped over.
func (s *Self) forget(a *ask) {
	a.giveUp()
	s.asks.remove(a)
}

func (s *Self) ask(ctx context.Context, to Address, message any) (any, error) {
	s.mine("Ask")
	if s.bound {
		return nil, s.sys.refused(s.Address(), to, message, ErrWouldBlock)
	}
	a := s.sys.newAsk()
	if s.answers == nil {
		s.answers = make(chan *ask, 1)
	}
	a.wake = s.answers
	var dropped chan string
	if in := s.session(to); in != nil {
		a.in = in
		dropped = s.awaits(in)
		defer s.awaits(nil)
	}
	if err := s.request(a, to, message); err != nil {
		return a.abandon(err)
	}
	s.box.even() // a reply may wait for the room
	d := s.sys.askTimeout
	if s.patience == nil {
		s.patience = time.NewTimer(d)
	} else {
		s.patience.Reset(d)
	}
	defer s.patience.Stop()
	own := s.Context()
	done := own.Done()
	if s.leaving {
		done = nil // what an actor does after Stop it may do in order
	}
	for {
		select {
		case <-a.wake:
			if s.sys.traces {
				s.traceReceived(a.outcome(), to)
			}
			return a.reply, a.err
		case <-ctx.Done():
			return a.abandon(context.Cause(ctx))
		case <-done:
			return a.abandon(context.Cause(own))
		case <-s.patience.C:
			return a.abandon(TimedOut{d})
		case reason := <-dropped:
			if !a.in.LinkLost() {
				a.goesOn() // a reply may come
			} else if a.giveUp() { // else it has in the same moment
				s.sys.counts.undelivered.Add(1)
				return nil, a.lostSession(reason)
			}
		}
	}
}

func (sys *System) ask(ctx context.Context, to Address, message any) (any, error) {
	a := sys.newAsk()
	a.wake, _ = sys.answers.Get().(chan *ask)
	if a.wake == nil {
		a.wake = make(chan *ask, 1)
	}
	defer sys.answers.Put(a.wake) // nothing is sent there any more
	if err := sys.request(a, to, message); err != nil {
		return a.abandon(err)
	}
	select {
	case <-a.wake:
		return a.reply, a.err
	case <-ctx.Done():
		return a.abandon(context.Cause(ctx))
	case <-sys.closed:
		return a.abandon(&sendError{to, ErrEnded})
	}
}

// wanted reports whether somebody may still wait for an answer to that address. Of what
// was asked in this process it is known.
func (sys *System) wanted(from Address) bool {
	return from.at.Process != sys.process || !isAsk(from.at.Actor) || sys.asks.get(from.at.Actor) != nil
}

// abandon stops waiting, unless the end came in the same moment.
func (a *ask) abandon(err error) (any, error) {
	if a.giveUp() {
		return nil, err
	}
	<-a.wake
	return a.reply, a.err
}
