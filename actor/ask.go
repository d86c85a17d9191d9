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
// each other wait until then.
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
	sys   *System
	at    transport.Address
	over  atomic.Bool // it was answered, or given up
	self  *Self       // whose callback it is; nil: a goroutine waits
	then  func(reply any, err error)
	reply chan answer                // where the goroutine waits
	clock atomic.Pointer[time.Timer] // nil: no limit

	in  *node.Session            // in which it was sent; nil: in none
	way atomic.Pointer[node.Way] // else over which link to another process; nil: over none

	// What was asked, if it went in a session or to another process.
	to      Address
	message any
}

// An answer is the end of an ask.
type answer struct {
	ask   *ask
	reply any
	err   error
}

func isAsk(id transport.ActorID) bool { return id&1 == 0 }

func (sys *System) newAsk() *ask {
	a := &ask{sys: sys, at: sys.mint.Address(transport.ActorID(sys.lastAsk.Add(2)))}
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
	if a.self == nil {
		a.reply <- answer{a, reply, err}
	} else {
		a.self.box.put(item{message: &answer{a, reply, err}, from: from})
	}
	return true
}

// giveUp ends the ask without an answer, once. It reports whether it did.
func (a *ask) giveUp() bool {
	if a.over.Swap(true) {
		return false
	}
	a.sys.asks.remove(a.at.Actor)
	if clock := a.clock.Load(); clock != nil {
		clock.Stop()
	}
	return true
}

// within makes the ask end with TimedOut after d.
func (a *ask) within(d time.Duration) {
	clock := time.AfterFunc(d, func() { a.finish(Address{}, nil, TimedOut{d}) })
	a.clock.Store(clock)
	if a.over.Load() {
		clock.Stop() // the reply was faster
	}
}

// Ask sends message and later calls then with the first reply, or with the
// reason there is none: the reply if it is an error, TimedOut after
// Options.AskTimeout, Undelivered, what Send would return. Undelivered comes as
// soon as it is known: when the actor has ended before it took the message, or
// when the link over which it went is lost. The callback runs as
// part of this actor, between two messages; Sender is then who replied. It is
// not called after the actor has ended. See Then for typed callbacks.
func (s *Self) Ask(to Address, message any, then func(reply any, err error)) {
	s.askWithin(s.sys.askTimeout, to, message, then)
}

// askWithin is Ask with a limit of its own; zero is none.
func (s *Self) askWithin(d time.Duration, to Address, message any, then func(any, error)) *ask {
	a := s.sys.newAsk()
	a.self, a.then = s, then
	if s.asks == nil {
		s.asks = make(map[*ask]struct{})
	}
	s.asks[a] = struct{}{}
	a.in = s.session(to)
	if err := s.request(a, to, message); err != nil {
		a.finish(Address{}, nil, err)
	} else if d > 0 {
		a.within(d)
	}
	return a
}

// forget ends an ask whose callback is not to be called.
func (s *Self) forget(a *ask) {
	a.giveUp()
	delete(s.asks, a) // if the answer waits in the mailbox it is stepped over
}

func (s *Self) ask(ctx context.Context, to Address, message any) (any, error) {
	a := s.sys.newAsk()
	a.reply = make(chan answer, 1)
	var dropped chan string
	if in := s.session(to); in != nil {
		a.in = in
		dropped = s.awaits(in)
		defer s.awaits(nil)
	}
	if err := s.request(a, to, message); err != nil {
		a.giveUp()
		return nil, err
	}
	d := s.sys.askTimeout
	clock := time.NewTimer(d)
	defer clock.Stop()
	own := s.Context()
	done := own.Done()
	if s.leaving {
		done = nil // what an actor does after Stop it may do in order
	}
	for {
		select {
		case r := <-a.reply:
			return r.reply, r.err
		case <-ctx.Done():
			return a.abandon(context.Cause(ctx))
		case <-done:
			return a.abandon(context.Cause(own))
		case <-clock.C:
			return a.abandon(TimedOut{d})
		case reason := <-dropped:
			if a.in.LinkLost() && a.giveUp() { // else a reply may come, or has in the same moment
				s.sys.counts.undelivered.Add(1)
				return nil, a.lostSession(reason)
			}
		}
	}
}

func (sys *System) ask(ctx context.Context, to Address, message any) (any, error) {
	a := sys.newAsk()
	a.reply = make(chan answer, 1)
	if err := sys.request(a, to, message); err != nil {
		a.giveUp()
		return nil, err
	}
	select {
	case r := <-a.reply:
		return r.reply, r.err
	case <-ctx.Done():
		return a.abandon(context.Cause(ctx))
	case <-sys.closed:
		return a.abandon(&sendError{to, ErrEnded})
	}
}

// abandon stops waiting, unless the reply came in the same moment.
func (a *ask) abandon(err error) (any, error) {
	if a.giveUp() {
		return nil, err
	}
	r := <-a.reply
	return r.reply, r.err
}
