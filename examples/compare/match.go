package main

import (
	"strings"
	"time"
)

// A match is a contender whose processes run.
type match struct {
	*stage
	name      string
	can       []string
	far, near *child
	all       []*child
}

// match starts the processes of a contender.
func (s *stage) match(c contender) (*match, error) {
	m := &match{stage: s, name: c.name}
	at := ""
	begin := func(part string) (*child, error) {
		end, err := s.start(part, c.name, at)
		m.all = append(m.all, end)
		return end, err
	}
	locate := func(end *child) error {
		a, err := s.ask(end, "address")
		at = a.Text
		return err
	}
	if c.server != nil {
		end, err := begin("server")
		if err != nil {
			return nil, err
		}
		if err := locate(end); err != nil {
			return nil, err
		}
	}
	var err error
	if c.far != nil {
		if m.far, err = begin("far"); err != nil {
			return nil, err
		}
		if c.server == nil {
			err = locate(m.far)
		} else {
			_, err = s.ask(m.far, "address") // it is ready
		}
		if err != nil {
			return nil, err
		}
	}
	if m.near, err = begin("near"); err != nil {
		return nil, err
	}
	if m.far == nil {
		m.far = m.near
	}
	a, err := s.ask(m.near, "can")
	m.can = strings.Fields(a.Text)
	return m, err
}

// oneWay sends readings and returns how long it took until all were taken.
func (m *match) oneWay(n int) (took int64, err error) {
	if _, err := m.ask(m.far, "expect", n); err != nil {
		return 0, err
	}
	began, err := m.ask(m.near, "send", n)
	if err != nil {
		return 0, err
	}
	ended, err := m.ask(m.far, "await")
	if err != nil {
		return 0, err
	}
	return ended.Times[0] - began.Times[0], nil
}

// usage returns what CPU time all processes of the match have used. A server that
// only introduces has its part in it too.
func (m *match) usage() (sum int64, err error) {
	for _, c := range m.all {
		a, err := m.ask(c, "usage")
		if err != nil {
			return 0, err
		}
		sum += a.Times[0]
	}
	return sum, nil
}

func micro(ns int64) float64 { return float64(ns) / float64(time.Microsecond) }

// perMilli returns how many there were in a millisecond, which is in thousands a
// second.
func perMilli(n int, ns int64) float64 { return float64(n) / (float64(ns) / float64(time.Millisecond)) }
