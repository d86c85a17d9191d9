package main

// A field is those that do the same. They take turns within a round too: how fast a
// machine is, and how long its CPUs take to wake, changes from one second to the
// next. Before each turn they warm up.
type field []*match

// turns is how many there are in a round.
const turns = 10

// each gives every match its turns.
func (f field) each(turn func(i int, m *match) error) error {
	for range turns {
		for i, m := range f {
			if err := turn(i, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f field) ask(r *results, p plan) error {
	times := make([][]int64, len(f))
	n := p.questions / turns
	err := f.each(func(i int, m *match) error {
		if _, err := m.stage.ask(m.near, "ask", warmUp(n)); err != nil {
			return err
		}
		a, err := m.stage.ask(m.near, "ask", n)
		times[i] = append(times[i], a.Times...)
		return err
	})
	if err != nil {
		return err
	}
	for i, m := range f {
		r.add("ask-p50", m.name, micro(quantile(times[i], 0.5)))
		r.add("ask-p99", m.name, micro(quantile(times[i], 0.99)))
	}
	return nil
}

func (f field) fly(r *results, p plan) error {
	took := make([]int64, len(f))
	n := p.flights / turns
	err := f.each(func(i int, m *match) error {
		if _, err := m.stage.ask(m.near, "fly", warmUp(n), flying); err != nil {
			return err
		}
		a, err := m.stage.ask(m.near, "fly", n, flying)
		if err == nil {
			took[i] += a.Times[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, m := range f {
		r.add("flight", m.name, perMilli(n*turns, took[i]))
	}
	return nil
}

func (f field) send(r *results, p plan) error {
	took, used := make([]int64, len(f)), make([]int64, len(f))
	n := p.readings / turns
	err := f.each(func(i int, m *match) error {
		if _, err := m.oneWay(warmUp(n)); err != nil {
			return err
		}
		before, err := m.usage()
		if err != nil {
			return err
		}
		t, err := m.oneWay(n)
		if err != nil {
			return err
		}
		after, err := m.usage()
		took[i], used[i] = took[i]+t, used[i]+after-before
		return err
	})
	if err != nil {
		return err
	}
	for i, m := range f {
		r.add("oneway", m.name, perMilli(n*turns, took[i]))
		r.add("cpu", m.name, micro(used[i])/float64(n*turns))
	}
	return nil
}
