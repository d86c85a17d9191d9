package main

import "fmt"

// Full is what an introduction costs more through a host-cake that has very many
// other names. The floor is one that has none.
type full struct {
	names, many int
	with, none  introduction
	median      figure
}

func newFull(p plan) *full {
	return &full{names: p.names, many: p.many, median: figure{
		name: "publish-available-full", unit: micro,
		what:  fmt.Sprintf("publish → Available, p50, %d other names in host-cake", p.many),
		floor: "the same through another host-cake, without other names", goal: "≤ 1.1 × floor", met: ratioUpTo(1.1),
	}}
}

func (m *full) figures() []*figure { return []*figure{&m.median} }

func (m *full) prepare(s *stage) error {
	for _, i := range []*introduction{&m.none, &m.with} {
		h, err := s.startHost()
		if err != nil {
			return err
		}
		if err := s.link(h, 1); err != nil {
			return err
		}
		if i == &m.with {
			c, err := s.startChild("party", h.address)
			if err != nil {
				return err
			}
			if err := settled(c, "crowd", fortyBytes("other"), m.many); err != nil {
				return err
			}
		}
		if *i, err = s.introduction(h.address, h.address); err != nil {
			return err
		}
	}
	return nil
}

func (m *full) round(*stage) error {
	with, none, err := turns(m.names, m.with.once, m.none.once)
	if err != nil {
		return err
	}
	m.median.add(quantile(with, 0.5), quantile(none, 0.5))
	return nil
}
