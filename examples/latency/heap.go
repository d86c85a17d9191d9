package main

import "fmt"

// Heap is what a name costs in the heap of a host's directory, after a collection.
type heapSize struct {
	many     int
	one, all figure
}

func newHeap(p plan) *heapSize {
	figureOf := func(name string, processes int) figure {
		return figure{name: name, unit: bytes,
			what:  fmt.Sprintf("heap of host-cake for each of %d names of 40 bytes from %s", p.many, plural(processes, "process")),
			floor: "a Go map of the same names to pointers that are nil, each", goal: "≤ 500 B", met: upTo(500)}
	}
	return &heapSize{p.many, figureOf("heap-1", 1), figureOf("heap-10", ten)}
}

func (m *heapSize) figures() []*figure { return []*figure{&m.one, &m.all} }

func (m *heapSize) prepare(*stage) error { return nil }

func (m *heapSize) round(s *stage) error {
	for processes, f := range map[int]*figure{1: &m.one, ten: &m.all} {
		base, err := s.chart("heap", m.many)
		if err != nil {
			return err
		}
		ours, err := m.once(s, processes)
		if err != nil {
			return err
		}
		f.add(ours/int64(m.many), base/int64(m.many))
		if err := s.leave(); err != nil { // each begins with a heap that is new
			return err
		}
	}
	return nil
}

// once returns by how much the heap of a directory grows with the names. All
// links are there before.
func (m *heapSize) once(s *stage, processes int) (int64, error) {
	c, err := s.startCake("host", "none")
	if err != nil {
		return 0, err
	}
	if err := s.link(&host{c.process, c.address}, 1); err != nil {
		return 0, err
	}
	var publishers []*child
	for range processes {
		p, err := s.startChild("party", c.address)
		if err != nil {
			return 0, err
		}
		if _, err := p.ask("settle"); err != nil {
			return 0, err
		}
		publishers = append(publishers, p)
	}
	return grown(c.child, func() error {
		if _, err := together(publishers, "crowd", fortyBytes("heap:@"), m.many/processes); err != nil {
			return err
		}
		_, err := together(publishers, "settle")
		return err
	})
}

// grown returns by how much the heap of a child grows by what is done.
func grown(c *child, do func() error) (int64, error) {
	before, err := c.ask("heap")
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := c.ask("heap")
	return after.Bytes - before.Bytes, err
}

// chart returns by how much the heap of a process grows with a map of so many names of
// 40 bytes.
func (s *stage) chart(prefix string, many int) (int64, error) {
	c, err := s.startChild("chart")
	if err != nil {
		return 0, err
	}
	return grown(c, func() error {
		_, err := c.ask("fill", fortyBytes(prefix), many)
		return err
	})
}
