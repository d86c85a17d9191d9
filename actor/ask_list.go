package actor

import "time"

// An askList is the asks by callback of one actor, the oldest first. All that have a
// time limit have the same, so one timer is enough for all of them: it rouses the
// actor, which ends those whose time is up when it comes to it.
type askList struct {
	first, last *ask
	n           int
	clock       *time.Timer // nil: it never ran
	armed       bool        // it runs, or has put its word in the mailbox
}

// expiry is what the timer puts in the mailbox.
type expiry struct{}

func (l *askList) add(a *ask) {
	a.listed, a.earlier = true, l.last
	if l.last == nil {
		l.first = a
	} else {
		l.last.later = a
	}
	l.last = a
	l.n++
}

func (l *askList) remove(a *ask) {
	if !a.listed {
		return
	}
	if a.earlier == nil {
		l.first = a.later
	} else {
		a.earlier.later = a.later
	}
	if a.later == nil {
		l.last = a.earlier
	} else {
		a.later.earlier = a.earlier
	}
	a.listed, a.earlier, a.later = false, nil, nil
	l.n--
}

// arm makes the timer run, if it does not: it is then for an older ask.
func (l *askList) arm(s *Self, d time.Duration) {
	if l.armed {
		return
	}
	l.armed = true
	if l.clock == nil {
		l.clock = time.AfterFunc(d, func() { s.box.put(item{message: expiry{}}) })
	} else {
		l.clock.Reset(d)
	}
}

// stop ends the timer.
func (l *askList) stop() {
	if l.clock != nil {
		l.clock.Stop()
	}
}

// expire ends the asks whose time is up. After a callback that said Become, or panicked,
// the others have another turn.
func (s *Self) expire() {
	l := &s.asks
	l.armed = false
	done := false
	defer func() {
		if !done && !l.armed {
			l.armed = s.box.put(item{message: expiry{}}) == nil
		}
	}()
	now := time.Now()
	for a := l.first; a != nil; {
		switch {
		case a.deadline.IsZero() || a.over.Load(): // it has no limit, or its answer waits
			a = a.later
		case a.deadline.After(now):
			l.arm(s, a.deadline.Sub(now))
			return
		case a.giveUp():
			l.remove(a)
			a.then(nil, TimedOut{s.sys.askTimeout})
			if s.next != nil {
				return
			}
			a = l.first // the callback may have asked, or forgotten asks
		default:
			a = a.later
		}
	}
	done = true
}
