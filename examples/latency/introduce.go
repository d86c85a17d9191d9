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

// An introduction is a publisher and a subscriber who meet one name at a time,
// the link between the two being there.
type introduction struct{ publisher, subscriber *child }

// introduction starts the two under their directories.
func (s *stage) introduction(publisherAt, subscriberAt string) (i introduction, err error) {
	if i.publisher, err = s.startChild("party", publisherAt); err != nil {
		return i, err
	}
	if i.subscriber, err = s.startChild("party", subscriberAt); err != nil {
		return i, err
	}
	return i, settled(i.subscriber, "subscribe", "introduce:.*")
}

// Introduce is how long it takes from Publish in one process to Available in
// another, through one host-cake.
type introduce struct {
	names        int
	ring         *ring
	pair         introduction
	median, tail figure
}

func newIntroduce(p plan) *introduce {
	return &introduce{
		names: p.names,
		median: figure{name: "publish-available", what: "publish → Available, p50", unit: micro,
			floor: "ring of 4 raw TCP processes, one lap of 64 bytes, p50", goal: "≤ 2 × floor", met: ratioUpTo(2)},
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
	m.pair, err = s.introduction(h.address, h.address)
	return err
}

func (m *introduce) round(*stage) error {
	took, laps, err := turns(m.names, m.pair.once, m.ring.laps)
	if err != nil {
		return err
	}
	m.median.add(quantile(took, 0.5), quantile(laps, 0.5))
	m.tail.add(quantile(took, 0.99), quantile(laps, 0.99))
	return nil
}

// turns takes turns with the floor, a piece at a time: what else the machine does
// meanwhile falls on both.
func turns(n int, ours, floor func(n int) ([]int64, error)) (took, laps []int64, err error) {
	for range n / piece {
		b, err := floor(warming + piece)
		if err != nil {
			return nil, nil, err
		}
		a, err := ours(warming + piece)
		if err != nil {
			return nil, nil, err
		}
		laps, took = append(laps, b[warming:]...), append(took, a[warming:]...)
	}
	return took, laps, nil
}

// once publishes so many names, one after the other, and returns how long
// each took to become available.
func (i introduction) once(names int) ([]int64, error) {
	if err := i.subscriber.tell("observe", 2*names); err != nil { // Available and Dropped
		return nil, err
	}
	if _, err := i.publisher.ask("introduce", "introduce", names); err != nil {
		return nil, err
	}
	a, err := i.subscriber.answer()
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
