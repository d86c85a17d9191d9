package actor

import (
	"context"
	"iter"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"
)

// A Func is the body of an actor. It runs on a goroutine of its own until it
// returns; what it returns is the actor's result and reaches the parent as
// Returned. A result that is an error is a failure. A result that is a [State] is no
// end: the actor goes on as that state, with the same address and mailbox, and gives
// its goroutine back. A panic is a Faulted result.
//
// A method value is a Func, so the settings of an actor are the fields of a
// struct. That struct is shared by every call of the Func, as a Pool and Restart make:
// keep settings in it, and what changes in variables of the call.
type Func func(self *Self) any

// Self is an actor seen from inside. Its methods are called only by the
// actor's own code, on the actor's own goroutine; other goroutines are given
// Self.System.
type Self struct {
	cell

	owner     owner         // which the race detector watches
	goroutine atomic.Uint64 // the number of the last that it was, if the system is looked at closely

	// The goroutine's own.
	sender   Address
	state    State           // nil: the actor is a goroutine
	next     State           // which a callback has said
	verdict  any             // of End
	*aside                   // nil: it never set a message aside
	*agenda                  // nil: it never set a timer
	*ties                    // nil: it has none
	asks     askList         // by callback
	answers  chan *ask       // where Ask waits; nil: it never did
	patience *time.Timer     // of Ask; likewise
	own      context.Context // nil: nobody asked for it
	log      *slog.Logger
	revival  *revival // nil: it is not restarted
	bound    bool     // a State or a callback runs: it must not wait
	calling  bool     // a callback runs
	entered  bool     // the goroutine is somebody else's: it must not be ended
	replied  bool     // the sender has a reply, or may have one of another actor
	leaving  bool     // Stop was taken
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
	s.mine("Context")
	if s.own == nil {
		s.own = s.context()
	}
	return s.own
}

// Log returns a logger that carries the actor: the attributes actor, its name, and
// address. Main writes them before the message: <0000000e>worker - message.
func (s *Self) Log() *slog.Logger {
	s.mine("Log")
	if s.log == nil {
		s.log = s.logger()
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
// goroutine that called System.Enter it returns Stop instead. It panics in a State or
// a callback, which must not wait.
func (s *Self) Input() any {
	s.mine("Input")
	s.mayWait("Input")
	m, _ := s.input(nil)
	return m
}

// InputWithin is Input with a limit. It returns false when the time is up.
func (s *Self) InputWithin(d time.Duration) (any, bool) {
	s.mine("InputWithin")
	s.mayWait("InputWithin")
	limit := time.NewTimer(d)
	defer limit.Stop()
	return s.input(limit.C)
}

// input takes items until one is a message. It returns false when limit has
// something and the mailbox nothing.
func (s *Self) input(limit <-chan time.Time) (any, bool) {
	for {
		it, over := s.await(limit, true)
		switch {
		case over:
			return s.forced(), true
		case it == nil:
			return nil, false
		}
		if m, ok := s.open(it); ok {
			s.hand(it, m)
			s.box.accept(it)
			return m, true
		}
		s.box.accept(it)
	}
}

// await waits for the next item: with again also of what was set aside. It returns nil
// when limit has something first, and over when the actor must take nothing more.
func (s *Self) await(limit <-chan time.Time, again bool) (it *item, over bool) {
	for {
		if s.box.killed.Load() {
			return nil, true
		}
		if again {
			it = s.nextItem()
		} else {
			it = s.box.look()
		}
		if it != nil {
			return it, false
		}
		if limit == nil {
			<-s.box.wake
			continue
		}
		select {
		case <-s.box.wake:
		case <-limit:
			return nil, false
		}
	}
}

// nextItem returns what comes next, nil if nothing: what was set aside, or is in the
// mailbox. It is to be accepted or held before another is taken.
func (s *Self) nextItem() *item {
	if s.aside == nil || len(s.again) == 0 {
		return s.box.look()
	}
	it := &s.again[0]
	if s.again = s.again[1:]; len(s.again) == 0 {
		s.again = nil
	}
	return it
}

// open returns the message of an item, or does what else it is and returns
// false. The item is the caller's to accept or to set aside.
func (s *Self) open(it *item) (any, bool) {
	if it.counted {
		return it.message, true // somebody sent it
	}
	return s.openWord(it)
}

// openWord is open where it may be a word of the runtime.
func (s *Self) openWord(it *item) (any, bool) {
	switch m := it.message.(type) {
	case *ask:
		if m.listed { // else it was forgotten while it waited
			s.asks.remove(m)
			s.sender, s.replied = it.from, false
			if s.sys.traces {
				s.traceReceived(m.outcome(), it.from)
			}
			s.call(func() { m.then(m.reply, m.err) })
		}
		return nil, false
	case killing: // the owner looks before each item whether he is
		return nil, false
	case expiry:
		s.sender = Address{}
		s.call(s.expire)
		return nil, false
	case chime:
		t := s.chimed()
		switch {
		case t == nil:
			return nil, false
		case t.f != nil:
			s.sender = Address{}
			s.call(t.f)
			return nil, false
		}
		it.message = t // as it is set aside
		return t.message, true
	case *revival:
		it.message = *m.news.Swap(nil) // as it is set aside
		return it.message, true
	case *timer: // it was set aside
		return m.message, !m.off
	case *watch:
		return Ended{m.of, m.ended}, !m.off
	case *ending:
		s.sender = Address{}
		if s.sys.traces {
			s.traceReceived(Returned{Child: m.child}, Address{})
		}
		s.call(func() { m.then(m.value, m.err) })
		return nil, false
	}
	return it.message, true
}

// call runs a callback, which must not wait.
func (s *Self) call(f func()) {
	bound, calling := s.bound, s.calling
	s.bound, s.calling = true, true
	defer func() { // also when it panics: a Func may recover, or have something to do at its end
		s.bound, s.calling = bound, calling
		s.sender = Address{}
	}()
	f()
}

// mayWait panics in a State or a callback.
func (s *Self) mayWait(verb string) {
	if s.bound {
		s.mustNotWait(verb)
	}
}

func (s *Self) mustNotWait(verb string) {
	panic("actor." + verb + ": " + s.title() + ": a State or a callback must not wait; what it waits for comes as a message, or by the callback of Self.Ask")
}

// hand notes that the actor is given a message.
func (s *Self) hand(it *item, message any) {
	s.sender, s.replied = it.from, false
	if s.sys.traces {
		s.traceReceived(message, it.from)
	}
	switch m := message.(type) {
	case Stop:
		s.leaving = true
	case Dropped:
		s.endAsks(m.Remote.in, m.Reason)
	case Closed:
		s.endAsks(m.Remote.in, m.Reason)
	}
	switch m := it.message.(type) {
	case *timer:
		m.waits = false
	case *watch:
		s.told(m)
	}
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
func (s *Self) Sender() Address {
	s.mine("Sender")
	return s.sender
}
