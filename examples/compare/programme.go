package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// measures are what can be measured: between processes, of which the last two are of
// ours alone, and in one. Live is of ours alone, and once in a run.
var measures = []string{"ask", "flight", "oneway", "crowd", "memory", "tell", "wait", "call", "spawn", "live", "begin"}

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
	defer func() {
		if e := s.leave(); err == nil {
			err = e
		}
	}()
	chosen := func(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }
	acts, err := s.acts(func(name string) bool { return chosen(only, name) }, func(measure string) bool { return chosen(what, measure) })
	if err != nil {
		return err
	}
	r := newResults()
	for range p.rounds {
		for _, a := range acts {
			if err := a(r, p); err != nil {
				return err
			}
		}
	}
	if chosen(only, "ours") && chosen(what, "live") {
		if err := s.live(r, p); err != nil {
			return err
		}
	}
	return report(out, p, r)
}

// An act is a part of each round.
type act func(*results, plan) error

// acts starts whoever has a part in what was chosen.
func (s *stage) acts(name, measure func(string) bool) (acts []act, err error) {
	fields := make(map[string]field)
	join := func(m *match) {
		for _, can := range m.can {
			if measure(can) {
				fields[can] = append(fields[can], m)
			}
		}
	}
	for _, c := range contenders() {
		if name(c.name) && (measure("ask") || measure("flight") || measure("oneway")) {
			m, err := s.match(c)
			if err != nil {
				return nil, err
			}
			join(m)
		}
	}
	for _, l := range locals() {
		if name(l.name) && (measure("tell") || measure("wait") || measure("call")) {
			m, err := s.local(l)
			if err != nil {
				return nil, err
			}
			join(m)
		}
	}
	acts = []act{fields["ask"].ask, fields["flight"].fly, fields["oneway"].send, fields["tell"].tell, fields["wait"].wait, fields["call"].call}
	if name("ours") && measure("crowd") {
		m, err := s.crowd()
		if err != nil {
			return nil, err
		}
		acts = append(acts, m.round)
	}
	if name("ours") && measure("memory") {
		acts = append(acts, s.memoryRound)
	}
	for _, l := range locals() {
		if name(l.name) && measure("spawn") {
			acts = append(acts, func(r *results, p plan) error { return s.spawn(r, l.name, p.actors) })
		}
	}
	if name("ours") && measure("begin") {
		acts = append(acts, s.begin)
	}
	return acts, nil
}

func known(flag string, chosen, all []string) error {
	for _, name := range chosen {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s=%s: there is none of that name; there are %s", flag, name, strings.Join(all, ", "))
		}
	}
	return nil
}
