package main

import "fmt"

// Upgrades is how long a subscriber that asks all the time takes to go from a far
// publisher to a near one and back. It checks what becomes of each ask: those of
// a session that was upgraded away are all answered, and each reply comes from
// the session that was asked. The far publisher is always there, the near one
// comes and goes.
type upgrades struct {
	times            int
	ring             *ring
	asker, near, far *child
	took             figure
}

// turnsOfUpgrades is how often they take turns with the floor.
const turnsOfUpgrades = 10

func newUpgrades(p plan) *upgrades {
	return &upgrades{times: p.upgrades, took: figure{
		name: "upgrade", unit: micro,
		what:  fmt.Sprintf("each of %d upgrades and fallbacks, %d asks in flight", p.upgrades, inFlight),
		floor: "ring of 4 raw TCP processes, two laps of 64 bytes, p50",
		goal:  "no reply lost, none in the wrong session", met: upTo(1e9), // else there is no figure
	}}
}

func (m *upgrades) figures() []*figure { return []*figure{&m.took} }

func (m *upgrades) prepare(s *stage) (err error) {
	if m.ring, err = s.theRing(); err != nil {
		return err
	}
	h, err := s.theHost()
	if err != nil {
		return err
	}
	group, err := s.startCake("group", h.address)
	if err != nil {
		return err
	}
	if m.far, err = s.startChild("replier", h.address); err != nil {
		return err
	}
	if _, err := m.far.ask("publish"); err != nil {
		return err
	}
	if m.asker, err = s.startChild("asker", group.address); err != nil {
		return err
	}
	if m.near, err = s.startChild("replier", group.address); err != nil {
		return err
	}
	_, err = m.asker.ask("begin")
	return err
}

func (m *upgrades) round(*stage) error {
	var took, laps []int64
	piece := max(1, m.times/turnsOfUpgrades)
	done := 0
	for ; done < m.times; done += piece {
		lap, err := m.ring.laps(warming + piece)
		if err != nil {
			return err
		}
		a, err := m.near.ask("come-and-go", piece)
		if err != nil {
			return err
		}
		laps = append(laps, lap[warming:]...)
		took = append(took, a.Times[0]/int64(piece))
	}
	a, err := m.asker.ask("finish", done)
	if err != nil {
		return err
	}
	replies := 0
	for _, c := range []*child{m.near, m.far} {
		r, err := c.ask("count")
		if err != nil {
			return err
		}
		replies += r.Count
	}
	if replies != a.Count {
		return fmt.Errorf("the publishers have replied %d times, the subscriber has %d replies", replies, a.Count)
	}
	m.took.note = a.Text
	m.took.add(quantile(took, 0.5), 2*quantile(laps, 0.5))
	return nil
}
