package main

import (
	"slices"
	"syscall"
	"time"
)

// deadline is after how long a silent process is given up by others: three of its
// heartbeats.
func (s *spot) deadline() time.Duration {
	if s.program != "" {
		return 3 * 500 * time.Millisecond
	}
	return 3 * beat * time.Millisecond
}

// mischief does one thing to the world, by choice; if it is to be gentle, nothing
// that costs a link.
func (d *driver) mischief(gentle bool) error {
	switch n := d.random.IntN(100); {
	case n < 30:
		return d.change()
	case n < 40:
		return d.stop(false)
	case n < 50:
		return d.slow()
	case gentle:
		return d.change()
	case n < 63:
		return d.kill()
	case n < 76:
		return d.stop(true)
	}
	return d.cut()
}

// live returns a spot with a process that works, of those that are asked for; nil
// if the choice fell on none.
func (d *driver) live(which func(*spot) bool) *spot {
	var some []*spot
	for _, s := range d.spots {
		if s.proc != nil && s.ready && !s.proc.stopped && !s.proc.doomed && which(s) {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return pick(d.random, some)
}

func anybody(*spot) bool { return true }

func peopled(s *spot) bool { return len(s.actors) > 0 }

// kill ends a process by kill -9, and has it start again in a while.
func (d *driver) kill() error {
	s := d.live(anybody)
	if s == nil {
		return nil
	}
	d.done.kills++
	d.note("kill -9 %s", s.proc.name)
	if err := s.proc.kill(); err != nil {
		return err
	}
	d.after(d.some(0, 1500), func() error {
		if err := d.must(s.name+" ends", func() bool { return s.proc == nil || !s.proc.doomed }); err != nil || s.proc != nil {
			return err
		}
		d.done.restarts++
		return d.start(s)
	})
	return nil
}

// stop stops a process by SIGSTOP, for less or more than its deadline.
func (d *driver) stop(long bool) error {
	s := d.live(anybody)
	if s == nil {
		return nil
	}
	p, while := s.proc, d.some(20, int(s.deadline().Milliseconds())/2)
	if long {
		while = s.deadline() + d.some(100, 1000)
	}
	d.done.stops++
	d.note("SIGSTOP %s for %v", p.name, while)
	p.stopped = true
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	d.after(while, func() error {
		p.stopped = false
		if p.doomed {
			return nil
		}
		d.note("SIGCONT %s", p.name)
		return p.signal(syscall.SIGCONT)
	})
	return nil
}

// links are what is meddled with: all that go through a front, or one of them.
type links struct {
	front *front
	line  *line // nil: all
}

func (l links) String() string {
	if l.line == nil {
		return "all links to " + l.front.name
	}
	return "one link to " + l.front.name
}

func (l links) set(m mood) {
	if l.line == nil {
		l.front.set(m)
	} else {
		l.line.set(m)
	}
}

func (l links) all() []*line {
	if l.line != nil {
		return []*line{l.line}
	}
	return l.front.all()
}

func (l links) reset() {
	for _, line := range l.all() {
		line.reset()
	}
}

func (l links) sink() {
	for _, line := range l.all() {
		line.sink()
	}
}

// links returns some, those of a directory as often as those between processes.
func (d *driver) links() links {
	fronts := d.proxy.list()
	if d.random.IntN(2) == 0 {
		fronts = nil
		for _, s := range d.spots {
			if s.front != nil {
				fronts = append(fronts, s.front)
			}
		}
	}
	l := links{front: pick(d.random, fronts)}
	if lines := l.front.all(); len(lines) > 0 && d.random.IntN(2) == 0 {
		l.line = pick(d.random, lines)
	}
	return l
}

// slow passes what goes over links on late or in little pieces.
func (d *driver) slow() error {
	l, m, while := d.links(), mood{delay: d.some(1, 50)}, d.some(50, 2500)
	if d.random.IntN(2) == 0 {
		m = mood{split: true}
	}
	d.done.slows++
	d.note("%v: %v for %v", l, m, while)
	l.set(m)
	d.after(while, func() error {
		l.set(mood{})
		return nil
	})
	return nil
}

// cut resets links, or has them pass nothing for a while, from the middle of
// something on or from the next byte; then they may be reset. Or they never pass
// anything again, while those that are made anew do.
func (d *driver) cut() error {
	l, m, while := d.links(), mood{}, d.some(50, 2500)
	switch d.random.IntN(4) {
	case 0:
		d.done.resets++
		d.note("%v: reset", l)
		l.reset()
		return nil
	case 3:
		d.done.walls++
		d.note("%v: pass nothing for good", l)
		l.sink()
		return nil
	case 1:
		m.hold = true
	case 2:
		m.halve = true
	}
	d.done.walls++
	then := d.random.IntN(2) == 0
	d.note("%v: %v for %v; then reset: %v", l, m, while, then)
	l.set(m)
	d.after(while, func() error {
		l.set(mood{})
		if then {
			d.done.resets++
			l.reset()
		}
		return nil
	})
	return nil
}

// change makes an actor come, go, or change its registrations.
func (d *driver) change() error {
	s := d.live(peopled)
	if s == nil {
		return nil
	}
	n := d.random.IntN(len(s.actors))
	label := s.actors[n]
	if d.random.IntN(2) == 0 {
		if err := d.burst(label); err != nil {
			return err
		}
	}
	switch d.random.IntN(8) {
	case 0:
		d.note("%s: finish", label)
		s.actors = append(s.actors[:n:n], s.actors[n+1:]...)
		return s.proc.command(finish, label)
	case 1:
		if len(s.actors) > s.crowd {
			return nil
		}
		return d.spawn(s)
	case 2, 3:
		return d.verb(s, label, unsubscribe, pick(d.random, patterns), 0)
	case 4, 5:
		return d.verb(s, label, unpublish, pick(d.random, names), 0)
	case 6:
		return d.verb(s, label, subscribe, pick(d.random, patterns), pick(d.random, scopes))
	}
	return d.verb(s, label, publish, pick(d.random, names), pick(d.random, scopes))
}

// burst has everybody who has a session with an actor say much in it, so that much
// is under way when it changes something.
func (d *driver) burst(label string) error {
	var talkers []string
	for _, s := range d.history.actors[label].sessions {
		if !s.over && s.other != "" {
			talkers = append(talkers, labelOf(s.other))
		}
	}
	for _, s := range d.spots {
		for _, a := range s.actors {
			if s.proc != nil && slices.Contains(talkers, a) {
				if err := s.proc.command(burst, a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// some returns a number of milliseconds from least to most.
func (d *driver) some(least, most int) time.Duration {
	return time.Duration(least+d.random.IntN(most-least+1)) * time.Millisecond
}
