package actor

import (
	"container/heap"
	"time"
)

// A Timer will bring a message or call a function, once or again and again. The zero
// Timer is one that was cancelled.
type Timer struct{ t *timer }

// A timer is in its actor's heap until its time has come, or, of Every, until it is
// cancelled.
type timer struct {
	self    *Self
	message any
	f       func() // instead of a message
	at      time.Time
	order   uint64        // of those of one time the first to be set is the first
	every   time.Duration // zero: once
	place   int           // in the heap; negative: not there
	waits   bool          // its message was set aside, by Select or Save
	off     bool          // it was cancelled
}

// After sends message to this actor once d has passed. It is from nobody. What is due
// at one time comes in the order in which it was set.
func (s *Self) After(d time.Duration, message any) Timer {
	s.mine("After")
	return s.start(d, &timer{self: s, message: message})
}

// AfterFunc calls f as part of this actor, between two messages, once d has
// passed. Like a State it must not block.
func (s *Self) AfterFunc(d time.Duration, f func()) Timer {
	s.mine("AfterFunc")
	return s.start(d, &timer{self: s, f: f})
}

// Every sends message to this actor each d, first once d has passed, until it is
// cancelled. The message is from nobody. An actor that is late gets one for all that
// have become due; and none while the one before is set aside, by Select or Save.
// It panics if d is not above zero.
func (s *Self) Every(d time.Duration, message any) Timer {
	s.mine("Every")
	if d <= 0 {
		panic("actor.Every: " + d.String() + " is not above zero")
	}
	return s.start(d, &timer{self: s, message: message, every: d})
}

// Cancel makes sure that the message will not be taken any more and the
// function not called, even if the time is up. Like the methods of Self it is
// called only by the actor itself.
func (t Timer) Cancel() {
	if t.t == nil {
		return
	}
	t.t.self.mine("Cancel")
	t.t.off = true
	if t.t.place >= 0 {
		heap.Remove(&t.t.self.timers, t.t.place)
	}
}

func (s *Self) start(d time.Duration, t *timer) Timer {
	if s.agenda == nil {
		s.agenda = new(agenda)
	}
	t.at = time.Now().Add(d)
	s.line(t)
	heap.Push(&s.timers, t)
	s.wind()
	return Timer{t}
}

// An agenda is what an actor has that has set a timer.
type agenda struct {
	timers timers
	last   uint64 // order
	clock  clock
}

// line puts a timer behind the others of its time.
func (a *agenda) line(t *timer) {
	a.last++
	t.order = a.last
}

// A timers is a heap of those that are to come, the next one first. An actor has one
// clock for all of them, which puts a chime in its mailbox when the first is due.
type timers []*timer

// Len, Less, Swap, Push and Pop are for package heap.
func (h timers) Len() int { return len(h) }
func (h timers) Less(i, j int) bool {
	c := h[i].at.Compare(h[j].at)
	return c < 0 || c == 0 && h[i].order < h[j].order
}
func (h timers) Swap(i, j int) { h[i], h[j] = h[j], h[i]; h[i].place, h[j].place = i, j }
func (h *timers) Push(t any) {
	t.(*timer).place = len(*h)
	*h = append(*h, t.(*timer))
}

func (h *timers) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.place = -1
	return t
}

// A clock is when an actor is to look at its timers.
type clock struct {
	runs *time.Timer // nil: it never did
	at   time.Time   // when it chimes; zero: not, or the chime waits in the mailbox
	rung bool        // the chime waits in the mailbox
}

// chime is what the clock puts in the mailbox.
type chime struct{}

// wind sets the clock to the first timer, unless it goes off sooner.
func (s *Self) wind() {
	c := &s.clock
	if len(s.timers) == 0 || c.rung {
		return
	}
	first := s.timers[0].at
	if !c.at.IsZero() && !first.Before(c.at) {
		return
	}
	c.at = first
	d := time.Until(first)
	if c.runs == nil {
		c.runs = time.AfterFunc(d, func() { s.box.put(item{message: chime{}}) })
	} else {
		c.runs.Reset(d)
	}
}

// chimed takes the first timer if it is due. One at a time, each in its turn among
// the messages: of those that are due at once too.
func (s *Self) chimed() *timer {
	if s.agenda == nil {
		return nil // it was put by the clock of the life before, in its last moment
	}
	c := &s.clock
	c.at, c.rung = time.Time{}, false
	now := time.Now()
	if len(s.timers) == 0 || s.timers[0].at.After(now) {
		s.wind()
		return nil
	}
	t := s.timers[0]
	if t.every > 0 {
		t.at = t.at.Add(now.Sub(t.at).Truncate(t.every) + t.every) // the next that is to come
		s.line(t)
		heap.Fix(&s.timers, 0)
	} else {
		heap.Pop(&s.timers)
	}
	if len(s.timers) > 0 && !s.timers[0].at.After(now) {
		c.rung = s.box.put(item{message: chime{}}) == nil
	}
	s.wind()
	if t.waits {
		return nil // of Every: the one before was set aside
	}
	return t
}

// stopTimers cancels all.
func (s *Self) stopTimers() {
	if s.agenda == nil {
		return
	}
	if s.clock.runs != nil {
		s.clock.runs.Stop()
	}
	for _, t := range s.timers {
		t.off, t.place = true, -1
	}
	s.agenda = nil
}
