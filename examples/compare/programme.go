package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// measures are what can be measured. The last two are of ours alone.
var measures = []string{"ask", "flight", "oneway", "crowd", "memory"}

func names() (list []string) {
	for _, c := range contenders() {
		list = append(list, c.name)
	}
	return list
}

// compare measures what was chosen, all if nothing was, and prints it.
func compare(s *stage, out io.Writer, p plan, only, what []string) (err error) {
	if err := known("-only", only, names()); err != nil {
		return err
	}
	if err := known("-measure", what, measures); err != nil {
		return err
	}
	if p.rounds < 1 {
		return errors.New("-rounds: at least 1")
	}
	if s.profiles != "" {
		if err := os.MkdirAll(s.profiles, 0o777); err != nil {
			return err
		}
	}
	chosen := func(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }
	defer func() {
		if e := s.leave(); err == nil {
			err = e
		}
	}()
	var acts []act
	var askers askers
	for _, c := range contenders() {
		if !chosen(only, c.name) {
			continue
		}
		m, err := s.match(c)
		if err != nil {
			return err
		}
		does := func(i int) bool { return chosen(what, measures[i]) && slices.Contains(m.can, measures[i]) }
		if does(0) {
			askers = append(askers, m)
		}
		if does(1) {
			acts = append(acts, act{1, m.flyRound})
		}
		if does(2) {
			acts = append(acts, act{2, m.sendRound})
		}
	}
	if len(askers) > 0 {
		acts = append(acts, act{0, askers.round})
	}
	if chosen(only, "ours") && chosen(what, "crowd") {
		m, err := s.crowd()
		if err != nil {
			return err
		}
		acts = append(acts, act{3, m.round})
	}
	if chosen(only, "ours") && chosen(what, "memory") {
		acts = append(acts, act{4, s.memoryRound})
	}
	// One measure after the other, and in each the contenders in turn.
	slices.SortStableFunc(acts, func(a, b act) int { return a.measure - b.measure })
	r := newResults()
	for range p.rounds {
		for _, a := range acts {
			if err := a.perform(r, p); err != nil {
				return err
			}
		}
	}
	return report(out, p, r)
}

// An act is something that is done in each round.
type act struct {
	measure int
	perform func(*results, plan) error
}

func known(flag string, chosen, all []string) error {
	for _, name := range chosen {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s=%s: there is none of that name; there are %s", flag, name, strings.Join(all, ", "))
		}
	}
	return nil
}

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

// askers take turns within a round: how long a CPU takes to wake changes from one
// second to the next.
type askers []*match

// askTurns is how many turns there are in a round.
const askTurns = 10

func (list askers) round(r *results, p plan) error {
	times := make([][]int64, len(list))
	for range askTurns {
		for i, m := range list {
			if _, err := m.ask(m.near, "ask", warmUp(p.questions/askTurns)); err != nil {
				return err
			}
			a, err := m.ask(m.near, "ask", p.questions/askTurns)
			if err != nil {
				return err
			}
			times[i] = append(times[i], a.Times...)
		}
	}
	for i, m := range list {
		r.add("ask-p50", m.name, micro(quantile(times[i], 0.5)))
		r.add("ask-p99", m.name, micro(quantile(times[i], 0.99)))
	}
	return nil
}

func (m *match) flyRound(r *results, p plan) error {
	if _, err := m.ask(m.near, "fly", warmUp(p.flights), flying); err != nil {
		return err
	}
	a, err := m.ask(m.near, "fly", p.flights, flying)
	if err != nil {
		return err
	}
	r.add("flight", m.name, perMilli(p.flights, a.Times[0]))
	return nil
}

func (m *match) sendRound(r *results, p plan) error {
	if _, err := m.oneWay(warmUp(p.readings)); err != nil {
		return err
	}
	before, err := m.usage()
	if err != nil {
		return err
	}
	took, err := m.oneWay(p.readings)
	if err != nil {
		return err
	}
	after, err := m.usage()
	if err != nil {
		return err
	}
	r.add("oneway", m.name, perMilli(p.readings, took))
	r.add("cpu", m.name, micro(after-before)/float64(p.readings))
	return nil
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
