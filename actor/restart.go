package actor

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"
)

// Restart runs an actor again when it fails: same address, same Func called anew,
// mailbox kept except the message that was being handled and what the runtime had
// told. Who asked in that message, and has no reply, is told Undelivered; whoever else
// has been promised one waits in vain. Its children are ended before, its timers
// cancelled, its asks forgotten, what it watches is watched no more, its listeners and
// connections are closed and its registrations retracted, so that whoever had a session
// with it is told Dropped. The parent gets [Restarted] each time, and Returned when it
// is over; of several that it has not taken, the last.
//
// An actor fails if its result is an error other than Aborted. One that Stop was sent
// to is not restarted.
//
// The Func is called anew, the struct of a method value is the same: it has what the
// fault left. Keep settings there, and what changes in variables of the call.
type Restart struct {
	Always bool          // whatever the result is
	After  time.Duration // the first delay; zero: 100 ms; it doubles up to Limit, each ±20 %
	Limit  time.Duration // zero: 30 s
	Tries  int           // restarts until it is over; zero: no limit. Counted anew after Limit of good health
}

func (Restart) spawnOption() {}

// A revival decides whether an actor is run again, which is pure, and has what the parent
// is to be told of it: others decide how often that is, so one word at most waits.
type revival struct {
	rule  Restart
	tries int
	born  time.Time // when this life began

	news atomic.Pointer[Restarted] // that waits in the parent's mailbox; nil: none
}

// again returns how long to wait before the next life, after one that lasted so long
// and ended with value, and false if there is none. Random is from 0 to below 1.
func (r *revival) again(value any, lasted time.Duration, random float64) (time.Duration, bool) {
	err, failed := value.(error)
	if failed && err == (Aborted{}) {
		failed = false
	}
	if !failed && !r.rule.Always {
		return 0, false
	}
	limit := cmp.Or(max(r.rule.Limit, 0), 30*time.Second)
	if lasted >= limit {
		r.tries = 0
	}
	if r.rule.Tries > 0 && r.tries >= r.rule.Tries {
		return 0, false
	}
	delay := min(cmp.Or(max(r.rule.After, 0), 100*time.Millisecond), limit)
	for range r.tries {
		if delay = 2 * delay; delay >= limit {
			delay = limit
			break
		}
	}
	r.tries++
	return delay + time.Duration(float64(delay)*(0.4*random-0.2)), true
}

// finish ends a life of the actor: the last, or there is another.
func (s *Self) finish(value any) {
	if s.revival == nil || s.isStopped() {
		s.end(value)
		return
	}
	delay, again := s.revival.again(value, time.Since(s.revival.born), rand.Float64())
	if !again {
		s.end(value)
		return
	}
	s.letDown(value)
	s.renew()
	fault, _ := value.(error)
	told := Restarted{s.Address(), s.title(), fault, s.revival.tries}
	s.sys.emit(func() Event { return told })
	if s.parent != nil {
		if s.revival.news.Swap(&told) == nil {
			s.parent.box.put(item{message: s.revival})
		}
	}
	s.Log().Warn("actor restarts", "fault", fault, "tries", told.Tries, "after", delay)
	s.rest(delay)
}

// renew leaves of a life what the next one is to have: the address and the messages.
func (s *Self) renew() {
	s.mu.Lock()
	if s.cancel != nil {
		s.cancel(Aborted{})
	}
	s.ctx, s.cancel, s.own = nil, nil, nil
	s.renewing = true
	registered := s.registered
	s.registered = false
	deadline := s.sys.grace()
	if s.leave != nil {
		deadline = s.leave.deadline
	}
	s.mu.Unlock()

	s.endChildren(deadline)
	if registered {
		s.box.deafen(true)
		s.sys.net.Renewed(s.at.Actor)
	}
	s.stopTimers()
	s.forgetAsks()
	s.untie()
	s.box.turns(nil)
	s.box.renew()
	s.box.deafen(false)
	if s.aside != nil {
		s.aside = &aside{again: slices.DeleteFunc(append(s.saved, s.again...), func(it item) bool { return !it.sent() })}
	}
	s.state, s.next, s.bound, s.calling = nil, nil, false, false
	s.stateCode.Store(0)
	s.log = nil // it names the state
	s.sender = Address{}
}

// rest waits for the next life, without a goroutine. Stop ends it at once.
func (s *Self) rest(delay time.Duration) {
	s.mu.Lock()
	s.renewing = false
	stopped := s.stopped
	if !stopped {
		s.resting = time.AfterFunc(delay, s.wakes)
	}
	s.mu.Unlock()
	if stopped {
		s.end(Aborted{})
	}
}

// wakes begins the next life, unless Stop came first.
func (s *Self) wakes() {
	s.mu.Lock()
	first := s.resting != nil
	s.resting = nil
	s.mu.Unlock()
	if first {
		s.run()
	}
}

func (c *cell) isStopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopped
}
