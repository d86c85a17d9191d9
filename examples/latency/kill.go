package main

import (
	"fmt"
	"time"
)

// Kill is how long it takes from kill -9 of a publisher to Dropped at its
// subscriber, and from there to Available of the next process that has the name.
// The subscriber has not been linked to that process before.
type kill struct {
	kills              int
	host               *host
	ring               *ring
	bare               *bare
	subscriber         *child
	publisher          *child // its turn is next
	dropped, alternate figure
}

func newKill(p plan) *kill {
	return &kill{
		kills: p.kills,
		dropped: figure{name: "kill-dropped", what: "kill -9 → Dropped", unit: micro,
			floor: "kill -9 → end of file of a raw TCP connection", goal: "≤ floor + 1 ms", met: moreUpTo(1000)},
		alternate: figure{name: "dropped-alternate", what: "Dropped → Available of the alternate, not linked before", unit: micro,
			floor: "the ring, one lap, p50", goal: "≤ 3 ms", met: upTo(3000)},
	}
}

func (m *kill) figures() []*figure { return []*figure{&m.dropped, &m.alternate} }

func (m *kill) prepare(s *stage) (err error) {
	if m.host, err = s.theHost(); err != nil {
		return err
	}
	if m.ring, err = s.theRing(); err != nil {
		return err
	}
	if m.bare, err = s.startBare(); err != nil {
		return err
	}
	if m.subscriber, err = s.startChild("party", m.host.address); err != nil {
		return err
	}
	if _, err := m.subscriber.ask("subscribe", "job"); err != nil {
		return err
	}
	if m.publisher, err = m.another(s); err != nil {
		return err
	}
	_, err = m.subscriber.ask("observe", 1)
	return err
}

// another starts a process that publishes the name, and returns when host-cake
// knows it.
func (m *kill) another(s *stage) (*child, error) {
	c, err := s.startChild("party", m.host.address)
	if err != nil {
		return nil, err
	}
	if _, err := c.ask("publish", "job"); err != nil {
		return nil, err
	}
	_, err = c.ask("settle")
	return c, err
}

func (m *kill) round(s *stage) error {
	var dropped, ended, alternate []int64
	for range m.kills {
		took, err := m.bare.kill(s)
		if err != nil {
			return err
		}
		ended = append(ended, took)
		took, next, err := m.once(s)
		if err != nil {
			return err
		}
		dropped, alternate = append(dropped, took), append(alternate, next)
	}
	laps, err := m.ring.laps(warming + 100)
	if err != nil {
		return err
	}
	m.dropped.add(quantile(dropped, 0.5), quantile(ended, 0.5))
	m.alternate.add(quantile(alternate, 0.5), quantile(laps[warming:], 0.5))
	return nil
}

// once kills the publisher while another stands by, which is the next to die.
func (m *kill) once(s *stage) (dropped, alternate int64, err error) {
	next, err := m.another(s)
	if err != nil {
		return 0, 0, err
	}
	if err := m.subscriber.tell("observe", 2); err != nil {
		return 0, 0, err
	}
	began := time.Now().UnixNano()
	if err := m.publisher.kill(); err != nil {
		return 0, 0, err
	}
	a, err := m.subscriber.answer()
	if err != nil {
		return 0, 0, err
	}
	m.publisher = next
	if len(a.Events) != 2 || a.Events[0].What != "dropped" || a.Events[1].What != "available" {
		return 0, 0, fmt.Errorf("after kill -9 the subscriber saw %v, not dropped and available", a.Events)
	}
	return a.Events[0].At - began, a.Events[1].At - a.Events[0].At, nil
}
