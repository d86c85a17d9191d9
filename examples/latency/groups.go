package main

// Groups is how long an introduction takes from one composite process to another:
// publisher, group-cake, host-cake, group-cake, subscriber.
type groups struct {
	names  int
	ring   *ring
	pair   introduction
	median figure
}

func newGroups(p plan) *groups {
	return &groups{names: p.names, median: figure{
		name: "publish-available-groups", what: "publish → Available through group-cakes on both sides, p50", unit: micro,
		floor: "ring of 6 raw TCP processes, one lap of 64 bytes, p50", goal: "≤ 2 × floor", met: ratioUpTo(2),
	}}
}

func (m *groups) figures() []*figure { return []*figure{&m.median} }

func (m *groups) prepare(s *stage) (err error) {
	if m.ring, err = s.ringOf(6); err != nil {
		return err
	}
	h, err := s.theHost()
	if err != nil {
		return err
	}
	var at [2]string
	for i := range at {
		c, err := s.startCake("group", h.address)
		if err != nil {
			return err
		}
		at[i] = c.address
	}
	m.pair, err = s.introduction(at[0], at[1])
	return err
}

func (m *groups) round(*stage) error {
	took, laps, err := turns(m.names, m.pair.once, m.ring.laps)
	if err != nil {
		return err
	}
	m.median.add(quantile(took, 0.5), quantile(laps, 0.5))
	return nil
}
