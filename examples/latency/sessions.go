package main

import "fmt"

// Sessions is what an idle session costs in the heap of each of its two processes,
// all that is known of it included, after a collection. The names are published
// before, so that at the publisher it is the session alone.
type sessions struct {
	many                  int
	publisher, subscriber figure
}

func newSessions(p plan) *sessions {
	figureOf := func(end string) figure {
		return figure{name: "session-" + end, unit: bytes,
			what:  fmt.Sprintf("heap of the %s for each of %d idle sessions", end, p.many),
			floor: "a Go map of as many names of 40 bytes to pointers that are nil, each", goal: "≤ 1024 B", met: upTo(1024)}
	}
	return &sessions{p.many, figureOf("publisher"), figureOf("subscriber")}
}

func (m *sessions) figures() []*figure { return []*figure{&m.publisher, &m.subscriber} }

func (m *sessions) prepare(*stage) error { return nil }

func (m *sessions) round(s *stage) error {
	base, err := s.chart("session", m.many)
	if err != nil {
		return err
	}
	c, err := s.startCake("host", "none")
	if err != nil {
		return err
	}
	if err := s.link(&host{c.process, c.address}, 1); err != nil {
		return err
	}
	publisher, err := s.startChild("party", c.address)
	if err != nil {
		return err
	}
	subscriber, err := s.startChild("party", c.address)
	if err != nil {
		return err
	}
	// One session that stays, so that the link is there.
	if err := settled(publisher, "publish", "first"); err != nil {
		return err
	}
	if _, err := subscriber.ask("subscribe", "first"); err != nil {
		return err
	}
	if _, err := subscriber.ask("await", "available", 1); err != nil {
		return err
	}
	prefix := fortyBytes("session")
	if err := settled(publisher, "crowd", prefix, m.many); err != nil {
		return err
	}
	var there int64
	here, err := grown(subscriber, func() (err error) {
		there, err = grown(publisher, func() error {
			if _, err := subscriber.ask("subscribe", prefix+":.*"); err != nil {
				return err
			}
			if _, err := subscriber.ask("await", "available", m.many); err != nil {
				return err
			}
			_, err := publisher.ask("settle") // and takes what it was told
			return err
		})
		return err
	})
	if err != nil {
		return err
	}
	n := int64(m.many)
	m.publisher.add(there/n, base/n)
	m.subscriber.add(here/n, base/n)
	return s.leave()
}
