package actor

import "time"

// A Timer will bring a message or call a function. The zero Timer is one that
// was cancelled.
type Timer struct{ t *timer }

type timer struct {
	self    *Self
	message any
	f       func() // instead of a message
	clock   *time.Timer
}

// After sends message to this actor once d has passed. It is from nobody.
func (s *Self) After(d time.Duration, message any) Timer {
	return s.start(d, &timer{self: s, message: message})
}

// AfterFunc calls f as part of this actor, between two messages, once d has
// passed.
func (s *Self) AfterFunc(d time.Duration, f func()) Timer {
	return s.start(d, &timer{self: s, f: f})
}

func (s *Self) start(d time.Duration, t *timer) Timer {
	if s.timers == nil {
		s.timers = make(map[*timer]struct{})
	}
	s.timers[t] = struct{}{}
	t.clock = time.AfterFunc(d, func() { s.box.put(item{message: t}) })
	return Timer{t}
}

// Cancel makes sure that the message will not be taken any more and the
// function not called, even if the time is up. Like the methods of Self it is
// called only by the actor itself.
func (t Timer) Cancel() {
	if t.t != nil {
		t.t.clock.Stop()
		delete(t.t.self.timers, t.t) // what waits in the mailbox is stepped over
	}
}
