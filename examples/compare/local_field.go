package main

import (
	"fmt"
	"strings"
	"time"
)

// manyLanes is how many pairs there are where there is more than one.
const manyLanes = 64

// local starts the process of a local contender.
func (s *stage) local(l local) (*match, error) {
	end, err := s.start(localPart, l.name, "")
	if err != nil {
		return nil, err
	}
	m := &match{stage: s, name: l.name, far: end, near: end, all: []*child{end}}
	a, err := s.ask(end, "can")
	m.can = strings.Fields(a.Text)
	return m, err
}

// tell has one tell one, and then many tell many.
func (f field) tell(r *results, p plan) error {
	if err := f.toll(r, "tell", p.tells, func(n int) []any { return []any{"tell", 1, n} }); err != nil {
		return err
	}
	return f.toll(r, "tell64", p.tells, func(n int) []any { return []any{"tell", manyLanes, n / manyLanes} })
}

func (f field) wait(r *results, p plan) error {
	return f.toll(r, "wait", p.localAsks, func(n int) []any { return []any{"wait", n} })
}

func (f field) call(r *results, p plan) error {
	return f.toll(r, "call", p.localAsks, func(n int) []any { return []any{"call", n} })
}

// toll adds what it takes to do about n of something: command has the words for so
// many. Each turn has a multiple of manyLanes.
func (f field) toll(r *results, measure string, n int, command func(n int) []any) error {
	sums := make([]answer, len(f))
	each := max(n/turns/manyLanes, 1) * manyLanes
	err := f.each(func(i int, m *match) error {
		if _, err := m.stage.ask(m.near, command(max(warmUp(each), manyLanes))...); err != nil {
			return err
		}
		a, err := m.stage.ask(m.near, command(each)...)
		if err == nil {
			sums[i].Count += a.Count
			sums[i].Times = append(sums[i].Times, a.Times...)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, m := range f {
		var took, used int64
		for j, t := range sums[i].Times {
			if j%2 == 0 {
				took += t
			} else {
				used += t
			}
		}
		r.add(measure, m.name, perMilli(each*turns, took))
		r.add(measure+"-cpu", m.name, float64(used)/float64(each*turns))
		r.add(measure+"-allocs", m.name, float64(sums[i].Count)/float64(each*turns))
	}
	return nil
}

// spawn spawns in a process of its own: what others have left there would be used
// again.
func (s *stage) spawn(r *results, name string, n int) error {
	end, err := s.start(localPart, name, "")
	if err != nil {
		return err
	}
	if _, err := s.ask(end, "spawn", 1); err != nil { // what is made with the first
		return err
	}
	before, err := s.ask(end, "heap")
	if err != nil {
		return err
	}
	a, err := s.ask(end, "spawn", n)
	if err != nil {
		return err
	}
	after, err := s.ask(end, "heap")
	if err != nil {
		return err
	}
	r.add("spawn", name, perMilli(n, a.Times[0]))
	r.add("spawn-cpu", name, float64(a.Times[1])/float64(n))
	r.add("spawn-allocs", name, float64(a.Count)/float64(n))
	r.add("actor-heap", name, float64(after.Heap-before.Heap)/float64(n))
	r.add("actor-stack", name, float64(after.Stack-before.Stack)/float64(n))
	r.add("actor-goroutines", name, float64(after.Count-before.Count)/float64(n))
	s.kill(end)
	return nil
}

// live has very many actors live at once, once in a run. Each takes a message then.
func (s *stage) live(r *results, p plan) error {
	end, err := s.start(localPart, "ours", "")
	if err != nil {
		return err
	}
	before, err := s.ask(end, "heap")
	if err != nil {
		return err
	}
	spawned, err := s.ask(end, "spawn", p.alive)
	if err != nil {
		return err
	}
	after, err := s.ask(end, "heap")
	if err != nil {
		return err
	}
	roused, err := s.ask(end, "rouse")
	if err != nil {
		return err
	}
	n := float64(p.alive)
	r.add("live", "ours", n)
	r.add("live-spawn", "ours", perMilli(p.alive, spawned.Times[0]))
	r.add("live-rouse", "ours", perMilli(p.alive, roused.Times[0]))
	r.add("live-heap", "ours", float64(after.Heap-before.Heap)/n)
	r.add("live-stack", "ours", float64(after.Stack-before.Stack)/n)
	s.kill(end)
	return nil
}

// beginnings are programs that say something as soon as they can.
var beginnings = []string{"ours", "bare"}

// begin starts a program and sees how long it takes until its first message. A bare
// one has no system: it is this program, with all that is linked into it.
func (s *stage) begin(r *results, p plan) error {
	times := make([][]int64, len(beginnings))
	for range p.starts {
		for i, name := range beginnings {
			began := time.Now()
			c, err := s.start(beginPart, name, "")
			if err != nil {
				return err
			}
			if _, err := s.answer(c); err != nil {
				return err
			}
			times[i] = append(times[i], int64(time.Since(began)))
			if err := s.dismiss(c); err != nil {
				return fmt.Errorf("begin: %w", err)
			}
		}
	}
	for i, name := range beginnings {
		r.add("begin", name, micro(quantile(times[i], 0.5))/1000)
	}
	return nil
}
