package main

import (
	"fmt"
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

// mischief does one thing to the world, by choice.
func (d *driver) mischief() error {
	switch n := d.random.IntN(100); {
	case n < 12:
		return d.kill()
	case n < 20:
		return d.stop(false)
	case n < 32:
		return d.stop(true)
	case n < 60:
		return d.meddle()
	default:
		return d.change()
	}
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

func any1(*spot) bool { return true }

func peopled(s *spot) bool { return len(s.actors) > 0 }

// kill ends a process by kill -9, and has it start again in a while.
func (d *driver) kill() error {
	s := d.live(any1)
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
	s := d.live(any1)
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

// meddle does something to links.
func (d *driver) meddle() error {
	fronts := d.proxy.list()
	f := pick(d.random, fronts)
	lines := f.all()
	whole := len(lines) == 0 || d.random.IntN(2) == 0 // the front, or one line of it
	line, on := (*line)(nil), "all"
	if !whole {
		n := d.random.IntN(len(lines))
		line, on = lines[n], fmt.Sprint("one of ", len(lines))
	}
	set := func(m mood) {
		if whole {
			f.set(m)
		} else {
			line.set(m)
		}
	}
	cut := func() {
		d.done.resets++
		if !whole {
			line.reset()
			return
		}
		for _, l := range f.all() {
			l.reset()
		}
	}
	var m mood
	while := d.some(50, 2500)
	switch d.random.IntN(5) {
	case 0:
		d.note("reset %s links to %s", on, f.name)
		cut()
		return nil
	case 1:
		m.delay = d.some(1, 50)
	case 2:
		m.split = true
	case 3:
		m.halve = true
		d.done.walls++
	case 4:
		m.hold = true
		d.done.walls++
	}
	then := d.random.IntN(2) == 0
	d.note("%+v for %v: %s links to %s; then reset: %v", m, while, on, f.name, then)
	set(m)
	d.after(while, func() error {
		set(mood{})
		if then {
			cut()
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

// some returns a number of milliseconds from least to most.
func (d *driver) some(least, most int) time.Duration {
	return time.Duration(least+d.random.IntN(most-least+1)) * time.Millisecond
}
