package main

import (
	"fmt"
	"strings"
)

// Registrations is how long host-cake takes to take in many names, one Publish
// call each: from the first call until it has them all. Words go in order over a
// link, so it has all that a process published when somebody finds the name that
// was published last.
type registrations struct {
	many     int
	host     *host
	observer *child
	one, all *registering
}

// registering is from so many processes together.
type registering struct {
	flood      *flood
	publishers []*child
	took       figure
	series     int
}

const sixteen = 16

func newRegistrations(p plan) *registrations {
	figureOf := func(name string, processes, goal int) figure {
		return figure{name: name, unit: micro,
			what:  fmt.Sprintf("%d names registered at host-cake by %s, each", p.many, plural(processes, "process")),
			floor: fmt.Sprintf("%d tokens of %d bytes by %s over raw TCP to one that counts them, each", p.many, floodToken, plural(processes, "process")),
			goal:  fmt.Sprintf("≤ %s µs (%d 000/s)", digits(1000/float64(goal)), goal), met: upTo(1000 / float64(goal))}
	}
	return &registrations{
		many: p.many,
		one:  &registering{took: figureOf("registered-1", 1, 100)},
		all:  &registering{took: figureOf("registered-16", sixteen, 150)},
	}
}

func (m *registrations) figures() []*figure { return []*figure{&m.one.took, &m.all.took} }

func (m *registrations) prepare(s *stage) (err error) {
	if m.host, err = s.startHost(); err != nil {
		return err
	}
	if err := s.link(m.host, 1); err != nil {
		return err
	}
	if m.observer, err = s.startChild("party", m.host.address); err != nil {
		return err
	}
	for n, r := range map[int]*registering{1: m.one, sixteen: m.all} {
		if r.flood, err = s.floodFrom(n); err != nil {
			return err
		}
		for range n {
			c, err := s.startChild("party", m.host.address)
			if err != nil {
				return err
			}
			if _, err := c.ask("settle"); err != nil {
				return err
			}
			r.publishers = append(r.publishers, c)
		}
	}
	return nil
}

func (m *registrations) round(s *stage) error {
	for _, r := range []*registering{m.one, m.all} {
		floor, err := r.flood.pour(m.many)
		if err != nil {
			return err
		}
		took, err := m.once(s, r)
		if err != nil {
			return err
		}
		r.took.add(took/int64(m.many), floor/int64(m.many))
	}
	return nil
}

func (m *registrations) once(s *stage, r *registering) (int64, error) {
	r.series++
	processes := len(r.publishers)
	series := fmt.Sprintf("registered-%02d-%03d", processes, r.series)
	last := series + "-last"
	if err := settled(m.observer, "subscribe", last+":.*"); err != nil {
		return 0, err
	}
	if err := m.observer.tell("await", "available", processes); err != nil {
		return 0, err
	}
	began, err := together(r.publishers, "crowd", fortyBytes(series+":@"), m.many/processes, last+":@")
	if err != nil {
		return 0, err
	}
	a, err := m.observer.answer()
	if err != nil {
		return 0, err
	}
	if err := forget(m.observer, last+":.*", processes); err != nil {
		return 0, err
	}
	// That the last of each process is there must mean that all are.
	if err := s.listed(m.host, series, m.many); err != nil {
		return 0, err
	}
	r.took.note = fmt.Sprintf("host-cake lists all %d", m.many)
	return a.Times[0] - began, retracted(r.publishers, series)
}

// fortyBytes makes a prefix so long that the names of a crowd have 40 bytes.
func fortyBytes(prefix string) string {
	return prefix + strings.Repeat("-", max(0, 40-len(":000000")-len(prefix)))
}

// forget takes a pattern of a party back, with so many sessions.
func forget(c *child, pattern string, sessions int) error {
	if _, err := c.ask("unsubscribe", pattern); err != nil {
		return err
	}
	_, err := c.ask("await", "dropped", sessions)
	return err
}

// retracted takes the names of parties with that prefix back, and returns when
// host-cake has heard it.
func retracted(list []*child, prefix string) error {
	if _, err := together(list, "retract", prefix); err != nil {
		return err
	}
	_, err := together(list, "settle")
	return err
}
