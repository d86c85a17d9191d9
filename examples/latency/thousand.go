package main

import "fmt"

const crowdSize = 1000

// Thousand is how long it takes until one subscriber has all of a thousand names
// of one other process, by one pattern.
type thousand struct {
	times                 int
	ring                  *ring
	publisher, subscriber *child
	series                int
	late, early           figure
}

func newThousand(p plan) *thousand {
	const floor = "the ring, 1 000 tokens of 64 bytes in one write"
	return &thousand{
		times: p.thousand,
		late: figure{name: "thousand-there-before", what: "Subscribe → 1 000 Available, names there before", unit: milli,
			floor: floor, goal: "≤ 200 ms", met: upTo(200)},
		early: figure{name: "thousand-new", what: "first Publish → 1 000 Available, subscriber there before", unit: milli,
			floor: floor, goal: "≤ 200 ms", met: upTo(200)},
	}
}

func (m *thousand) figures() []*figure { return []*figure{&m.late, &m.early} }

func (m *thousand) prepare(s *stage) (err error) {
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
	m.subscriber, err = s.startChild("party", h.address)
	return err
}

func (m *thousand) round(*stage) error {
	var late, early, floor []int64
	for range m.times {
		took, err := m.ring.burst(crowdSize)
		if err != nil {
			return err
		}
		floor = append(floor, took)
		if took, err = m.once(true); err != nil {
			return err
		}
		late = append(late, took)
		if took, err = m.once(false); err != nil {
			return err
		}
		early = append(early, took)
	}
	m.late.add(quantile(late, 0.5), quantile(floor, 0.5))
	m.early.add(quantile(early, 0.5), quantile(floor, 0.5))
	return nil
}

// once introduces a thousand names and takes them back. Of the publisher and the
// subscriber one is there first, and host-cake knows it.
func (m *thousand) once(publisherFirst bool) (int64, error) {
	m.series++
	prefix := fmt.Sprintf("crowd-%d", m.series)
	pattern := prefix + ":.*"
	var began answer
	var err error
	if publisherFirst {
		if err := settled(m.publisher, "crowd", prefix, crowdSize); err != nil {
			return 0, err
		}
		if err := m.subscriber.tell("subscribe", pattern); err != nil {
			return 0, err
		}
		if err := m.subscriber.tell("observe", crowdSize); err != nil {
			return 0, err
		}
		began, err = m.subscriber.answer()
	} else {
		if err := settled(m.subscriber, "subscribe", pattern); err != nil {
			return 0, err
		}
		if err := m.subscriber.tell("observe", crowdSize); err != nil {
			return 0, err
		}
		began, err = m.publisher.ask("crowd", prefix, crowdSize)
	}
	if err != nil {
		return 0, err
	}
	a, err := m.subscriber.answer()
	if err != nil {
		return 0, err
	}
	return a.Events[crowdSize-1].At - began.Times[0], m.takeBack(pattern)
}

// settled says a command and waits until host-cake knows what came of it.
func settled(c *child, words ...any) error {
	if _, err := c.ask(words...); err != nil {
		return err
	}
	_, err := c.ask("settle")
	return err
}

func (m *thousand) takeBack(pattern string) error {
	if _, err := m.subscriber.ask("unsubscribe", pattern); err != nil {
		return err
	}
	if _, err := m.subscriber.ask("observe", crowdSize); err != nil { // all dropped
		return err
	}
	if _, err := m.publisher.ask("retract"); err != nil {
		return err
	}
	_, err := m.publisher.ask("settle")
	return err
}
