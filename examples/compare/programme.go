package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
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
	var fields [3]field // who asks, flies and sends
	for _, c := range contenders() {
		if !chosen(only, c.name) {
			continue
		}
		m, err := s.match(c)
		if err != nil {
			return err
		}
		for i, name := range measures[:len(fields)] {
			if chosen(what, name) && slices.Contains(m.can, name) {
				fields[i] = append(fields[i], m)
			}
		}
	}
	acts := []func(*results, plan) error{fields[0].ask, fields[1].fly, fields[2].send}
	if chosen(only, "ours") && chosen(what, "crowd") {
		m, err := s.crowd()
		if err != nil {
			return err
		}
		acts = append(acts, m.round)
	}
	if chosen(only, "ours") && chosen(what, "memory") {
		acts = append(acts, s.memoryRound)
	}
	r := newResults()
	for range p.rounds {
		for _, a := range acts {
			if err := a(r, p); err != nil {
				return err
			}
		}
	}
	return report(out, p, r)
}

func known(flag string, chosen, all []string) error {
	for _, name := range chosen {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s=%s: there is none of that name; there are %s", flag, name, strings.Join(all, ", "))
		}
	}
	return nil
}
