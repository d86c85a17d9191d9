package actor

import (
	"context"
	"iter"
	"log/slog"
	"runtime"
	"time"
)

// A Func is the body of an actor. It runs on a goroutine of its own until it
// returns; what it returns is the actor's result and reaches the parent as
// Returned. A result that is an error is a failure. A panic is a Faulted
// result.
//
// A method value is a Func, so the settings of an actor are the fields of a
// struct. That struct is shared by every call of the Func, as a pool makes:
// keep settings in it, and what changes in variables of the call.
type Func func(self *Self) any

// Self is an actor seen from inside. Its methods are called only by the
// actor's own code, on the actor's own goroutine; other goroutines are given
// Self.System.
type Self struct {
	cell

	// The goroutine's own.
	sender    Address
	timers    map[*timer]struct{}
	asks      askList                   // by callback
	answers   chan *ask                 // where Ask waits; nil: it never did
	patience  *time.Timer               // of Ask; likewise
	own       context.Context           // nil: nobody asked for it
	listeners map[*httpListener]Address // until their end is taken note of
	log       *slog.Logger
	entered   bool // the goroutine is somebody else's: it must not be ended
	leaving   bool // Stop was taken
}

// Address returns the actor's own address.
func (s *Self) Address() Address { return Address{at: s.at} }

// Name returns the name given to Spawn, else that of the function.
func (s *Self) Name() string { return s.title() }

// System returns the system the actor runs in. It may be given away.
func (s *Self) System() *System { return s.sys }

// Context is cancelled, with cause Aborted, when Stop is sent to the actor, and
// when it ends. Pass it to calls that block.
func (s *Self) Context() context.Context {
	if s.own == nil {
		s.own = s.context()
	}
	return s.own
}

// Log returns a logger that carries the actor's name and address.
func (s *Self) Log() *slog.Logger {
	if s.log == nil {
		s.log = s.sys.log.With("actor", s.title(), "address", s.at.String())
	}
	return s.log
}

// Messages yields each message as it comes. It ends when Stop is taken; an
// actor that has more to do may go on with Input, or range over Messages again.
// Callbacks of Ask and its kin run between messages and are not yielded.
func (s *Self) Messages() iter.Seq[any] {
	return func(yield func(any) bool) {
		for {
			m := s.Input()
			if _, stop := m.(Stop); stop || !yield(m) {
				return
			}
		}
	}
}

// Input returns the next message, Stop included. Once Options.Grace has passed
// since Stop was sent it ends the goroutine, running what was deferred; on a
// goroutine that called System.Enter it returns Stop instead.
func (s *Self) Input() any {
	m, _ := s.input(nil)
	return m
}

// InputWithin is Input with a limit. It returns false when the time is up.
func (s *Self) InputWithin(d time.Duration) (any, bool) {
	clock := time.NewTimer(d)
	defer clock.Stop()
	return s.input(clock.C)
}

// input takes items until one is a message. It returns false when limit has
// something and the mailbox nothing.
func (s *Self) input(limit <-chan time.Time) (any, bool) {
	for {
		if s.box.killed.Load() {
			return s.forced(), true
		}
		it, ok := s.box.take()
		if !ok {
			select {
			case <-s.box.wake:
				continue
			case <-limit:
				return nil, false
			}
		}
		if m, ok := s.open(it); ok {
			return m, true
		}
	}
}

// open returns the message of an item, or does what else it is and returns
// false.
func (s *Self) open(it item) (any, bool) {
	switch m := it.message.(type) {
	case *ask:
		if !m.listed {
			return nil, false // forgotten while it waited
		}
		s.asks.remove(m)
		s.sender = it.from
		m.then(m.reply, m.err)
		s.sender = Address{}
		return nil, false
	case expiry:
		s.sender = Address{}
		s.expire()
		return nil, false
	case *timer:
		if _, ok := s.timers[m]; !ok {
			return nil, false // cancelled while it waited
		}
		delete(s.timers, m)
		s.sender = Address{}
		if m.f != nil {
			m.f()
			return nil, false
		}
		return m.message, true
	case *ending:
		s.sender = Address{}
		m.then(m.value, m.err)
		return nil, false
	}
	s.sender = it.from
	switch m := it.message.(type) {
	case Stop:
		s.leaving = true
	case Dropped:
		s.endAsks(m.Remote.in, m.Reason)
	}
	return it.message, true
}

// forced ends an actor that has used up its time after Stop.
func (s *Self) forced() any {
	if !s.entered {
		runtime.Goexit()
	}
	s.sender = Address{}
	return Stop{}
}

// Sender returns the address to which Reply replies: of the message being
// handled, or of the reply in a callback. It is the zero Address for timers and
// for messages from nobody.
func (s *Self) Sender() Address { return s.sender }
