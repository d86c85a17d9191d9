package main

import (
	"fmt"
	"time"
)

// Alternate is how long it takes from kill -9 of a publisher to Available of
// another that the subscriber knows already: the one in the subscriber's group,
// the other at its host, under the same name. Some of the others are linked with
// the subscriber, by a session of another name.
type alternate struct {
	kills            int
	bare             *bare
	host             *host
	group            *directoryChild
	subscriber, near *child
	series           int
	linked, unlinked figure
}

func newAlternate(p plan) *alternate {
	figureOf := func(name, what string) figure {
		return figure{name: name, what: "kill -9 → Available of a known alternate, " + what, unit: micro,
			floor: "kill -9 → end of file of a raw TCP connection", goal: "≤ floor + 1 ms", met: moreUpTo(1000)}
	}
	return &alternate{
		kills:    p.kills,
		linked:   figureOf("kill-alternate-linked", "linked before"),
		unlinked: figureOf("kill-alternate", "not linked before"),
	}
}

func (m *alternate) figures() []*figure { return []*figure{&m.linked, &m.unlinked} }

func (m *alternate) prepare(s *stage) (err error) {
	if m.bare, err = s.startBare(); err != nil {
		return err
	}
	if m.host, err = s.theHost(); err != nil {
		return err
	}
	if m.group, err = s.startCake("group", m.host.address); err != nil {
		return err
	}
	if m.subscriber, err = s.startChild("party", m.group.address); err != nil {
		return err
	}
	if err := settled(m.subscriber, "subscribe", "known"); err != nil {
		return err
	}
	if m.near, err = s.startChild("party", m.group.address); err != nil {
		return err
	}
	if _, err := m.near.ask("publish", "known", "group"); err != nil {
		return err
	}
	_, err = m.subscriber.ask("observe", 1)
	return err
}

func (m *alternate) round(s *stage) error {
	var linked, unlinked, ended []int64
	for range m.kills {
		took, err := m.bare.kill(s)
		if err != nil {
			return err
		}
		ended = append(ended, took)
		if took, err = m.once(s, true); err != nil {
			return err
		}
		linked = append(linked, took)
		if took, err = m.once(s, false); err != nil {
			return err
		}
		unlinked = append(unlinked, took)
	}
	m.linked.add(quantile(linked, 0.5), quantile(ended, 0.5))
	m.unlinked.add(quantile(unlinked, 0.5), quantile(ended, 0.5))
	return nil
}

// once kills the near publisher, and puts another in its place.
func (m *alternate) once(s *stage, linked bool) (int64, error) {
	far, err := s.startChild("party", m.host.address)
	if err != nil {
		return 0, err
	}
	m.series++
	other := fmt.Sprintf("linked:%d", m.series)
	if linked {
		if _, err := far.ask("publish", other); err != nil {
			return 0, err
		}
	}
	if err := settled(far, "publish", "known"); err != nil {
		return 0, err
	}
	if linked {
		if _, err := m.subscriber.ask("subscribe", other); err != nil {
			return 0, err
		}
		if _, err := m.subscriber.ask("await", "available", 1); err != nil {
			return 0, err
		}
	}
	// The offer was said to the subscriber before it finds the beacon.
	if _, err := m.subscriber.ask("settle"); err != nil {
		return 0, err
	}
	if err := m.subscriber.tell("observe", 2); err != nil {
		return 0, err
	}
	began := time.Now().UnixNano()
	if err := m.near.kill(); err != nil {
		return 0, err
	}
	took, err := m.changed()
	if err != nil {
		return 0, fmt.Errorf("after kill -9: %w", err)
	}
	took -= began

	if m.near, err = s.startChild("party", m.group.address); err != nil {
		return 0, err
	}
	if _, err := m.near.ask("publish", "known", "group"); err != nil {
		return 0, err
	}
	if err := m.subscriber.tell("observe", 2); err != nil {
		return 0, err
	}
	if _, err := m.changed(); err != nil {
		return 0, fmt.Errorf("when a nearer one came: %w", err)
	}
	if linked {
		if err := forget(m.subscriber, other, 1); err != nil {
			return 0, err
		}
	}
	return took, s.dismiss(far.process)
}

// changed takes what the subscriber saw, which must be that it goes from one
// publisher to another, and returns when it had the other.
func (m *alternate) changed() (int64, error) {
	a, err := m.subscriber.answer()
	if err != nil {
		return 0, err
	}
	if len(a.Events) != 2 || a.Events[0].What != "dropped" || a.Events[1].What != "available" {
		return 0, fmt.Errorf("the subscriber saw %v, not dropped and available", a.Events)
	}
	return a.Events[1].At, nil
}
