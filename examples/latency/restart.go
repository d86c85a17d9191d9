package main

import (
	"fmt"
	"strconv"
	"time"
)

// Restart is how long it takes, when host-cake was killed and is there again at
// its port, until all names of very many links are matched again.
//
// A watcher has sessions with them all, which go on: it is to see nothing. So
// while host-cake is away it subscribes to the last name of each link as well, by
// a pattern for which host-cake looks at all the names. What it is offered for
// the one pattern comes in step with what it is offered for the other, which it
// subscribed to before: both over one link, in the order of the names. When it has
// the last names of all links it was offered all names again.
type restart struct {
	perLink, many int
	away          time.Duration
	flood         *flood
	host          *host
	casts         []*child
	watcher       *child
	atOnce, later figure
}

const (
	castLinks = 10 // of one process
	casts     = 10
)

func newRestart(p plan) *restart {
	links := casts * castLinks
	many := p.perLink * links
	figureOf := func(name, when string) figure {
		return figure{name: name, unit: milli,
			what:  fmt.Sprintf("host-cake restarted %s → %d names of %d links matched again, from its listening", when, many, links),
			floor: fmt.Sprintf("%d tokens of %d bytes by %s over raw TCP to one that counts them", many, floodToken, plural(casts, "process")),
			goal:  "≤ 2000 ms", met: upTo(2000)}
	}
	return &restart{
		perLink: p.perLink, many: many, away: p.away,
		atOnce: figureOf("restart", "at once"),
		later:  figureOf("restart-later", fmt.Sprintf("after %v", p.away)),
	}
}

func (m *restart) figures() []*figure { return []*figure{&m.atOnce, &m.later} }

func (m *restart) prepare(s *stage) (err error) {
	if m.flood, err = s.floodFrom(casts); err != nil {
		return err
	}
	if m.host, err = s.startHost(); err != nil {
		return err
	}
	for range casts {
		c, err := s.startChild("cast", m.host.address, strconv.Itoa(castLinks))
		if err != nil {
			return err
		}
		m.casts = append(m.casts, c)
	}
	if _, err := together(m.casts, "crowd", fortyBytes("again:@:#"), m.perLink-1, "again:@:#:last"); err != nil {
		return err
	}
	light, err := s.startChild("cast", m.host.address, "1")
	if err != nil {
		return err
	}
	if _, err := light.ask("publish", beacon); err != nil {
		return err
	}
	if m.watcher, err = s.startChild("cast", m.host.address, "1"); err != nil {
		return err
	}
	if _, err := m.watcher.ask("subscribe", "again:.*"); err != nil {
		return err
	}
	_, err = m.watcher.ask("await", "available", m.many)
	return err
}

func (m *restart) round(s *stage) error {
	floor, err := m.flood.pour(m.many)
	if err != nil {
		return err
	}
	took, err := m.once(s, 0)
	if err != nil {
		return err
	}
	m.atOnce.add(took, floor)
	if took, err = m.once(s, m.away); err != nil {
		return err
	}
	m.later.add(took, floor)
	m.atOnce.note = fmt.Sprintf("%d sessions went on through %d restarts, after which host-cake lists all names", m.many, len(m.atOnce.ours)+len(m.later.ours))
	return s.listed(m.host, "again", m.many)
}

func (m *restart) once(s *stage, away time.Duration) (int64, error) {
	if err := m.host.kill(); err != nil {
		return 0, err
	}
	if err := s.dismiss(m.host.process); err != nil {
		return 0, err
	}
	const last = "again:.*:last"
	if _, err := m.watcher.ask("subscribe", last); err != nil {
		return 0, err
	}
	if err := m.watcher.tell("await", "available", casts*castLinks); err != nil {
		return 0, err
	}
	select {
	case <-time.After(away):
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	var err error
	if m.host, err = s.startHostAt(m.host.address); err != nil {
		return 0, err
	}
	began := time.Now().UnixNano()
	a, err := m.watcher.answer()
	if err != nil {
		return 0, err
	}
	if err := forget(m.watcher, last, casts*castLinks); err != nil {
		return 0, err
	}
	if _, err := m.watcher.ask("settle"); err != nil {
		return 0, err
	}
	if _, err := m.watcher.ask("quiet"); err != nil {
		return 0, fmt.Errorf("what has nothing to do with the restart: %w", err)
	}
	return a.Times[0] - began, nil
}
