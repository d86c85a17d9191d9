package main

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	piece   = 50 // names, or laps of the ring, in a row
	warming = 10 // of them more before each piece, which do not count
)

// Introduce is how long it takes from Publish in one process to Available in
// another, one name at a time, the link between the two being there.
type introduce struct {
	names                 int
	ring                  *ring
	publisher, subscriber *child
	median, tail          figure
}

func newIntroduce(p plan) *introduce {
	return &introduce{
		names: p.names,
		median: figure{name: "publish-available", what: "publish → Available, p50", unit: micro,
			floor: "ring of 4 raw TCP processes, one lap of 64 bytes, p50", goal: "≤ 3 × floor", met: ratioUpTo(3)},
		tail: figure{name: "publish-available-p99", what: "publish → Available, p99", unit: micro,
			floor: "the same ring, p99"},
	}
}

func (m *introduce) figures() []*figure { return []*figure{&m.median, &m.tail} }

func (m *introduce) prepare(s *stage) (err error) {
	if m.ring, err = s.theRing(); err != nil {
		return err
	}
	h, err := s.theHost()
	if err != nil {
		return err
	}
	if m.publisher, err = s.startChild("party", h.address); err != nil {
		return err
	}
	if m.subscriber, err = s.startChild("party", h.address); err != nil {
		return err
	}
	_, err = m.subscriber.ask("subscribe", "introduce:.*")
	return err
}

// round takes turns with the floor, a piece at a time: what else the machine does
// meanwhile falls on both.
func (m *introduce) round(*stage) error {
	var took, laps []int64
	for range m.names / piece {
		floor, err := m.ring.laps(warming + piece)
		if err != nil {
			return err
		}
		ours, err := m.introduced(warming + piece)
		if err != nil {
			return err
		}
		laps, took = append(laps, floor[warming:]...), append(took, ours[warming:]...)
	}
	m.median.add(quantile(took, 0.5), quantile(laps, 0.5))
	m.tail.add(quantile(took, 0.99), quantile(laps, 0.99))
	return nil
}

// introduced publishes so many names, one after the other, and returns how long
// each took to become available.
func (m *introduce) introduced(names int) ([]int64, error) {
	if err := m.subscriber.tell("observe", 2*names); err != nil { // Available and Dropped
		return nil, err
	}
	if _, err := m.publisher.ask("introduce", "introduce", names); err != nil {
		return nil, err
	}
	a, err := m.subscriber.answer()
	if err != nil {
		return nil, err
	}
	var took []int64
	for _, e := range a.Events {
		if e.What != "available" {
			continue
		}
		_, stamp, _ := strings.Cut(e.Name, ":")
		at, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the name %q does not say when it was published: %w", e.Name, err)
		}
		took = append(took, e.At-at)
	}
	if len(took) != names {
		return nil, fmt.Errorf("of %d names the subscriber saw %d", names, len(took))
	}
	return took, nil
}
