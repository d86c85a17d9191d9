package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Crowd is how long it takes until one subscriber has all of very many names of
// ten other processes, by one pattern. It also checks that sessions over a link
// that is there open no socket.
type crowd struct {
	many        int
	flood       *flood
	publishers  []*child
	subscriber  *child
	series      int
	late, early figure
}

const ten = 10

func newCrowd(p plan) *crowd {
	floor := fmt.Sprintf("%d tokens of %d bytes by %s over raw TCP to one that counts them", p.many, floodToken, plural(ten, "process"))
	goal := fmt.Sprintf("≤ %s ms", digits(float64(p.many)/20))
	figureOf := func(name, what string) figure {
		return figure{name: name, what: fmt.Sprintf(what, p.many), unit: milli, floor: floor, goal: goal, met: upTo(float64(p.many) / 20)}
	}
	return &crowd{
		many:  p.many,
		late:  figureOf("crowd-there-before", "Subscribe → %d Available, names of 10 processes there before"),
		early: figureOf("crowd-new", "first Publish → %d Available of 10 processes, subscriber there before"),
	}
}

func (m *crowd) figures() []*figure { return []*figure{&m.late, &m.early} }

func (m *crowd) prepare(s *stage) (err error) {
	h, err := s.theHost()
	if err != nil {
		return err
	}
	if m.flood, err = s.floodFrom(ten); err != nil {
		return err
	}
	if m.subscriber, err = s.startChild("party", h.address); err != nil {
		return err
	}
	for range ten {
		c, err := s.startChild("party", h.address)
		if err != nil {
			return err
		}
		if _, err := c.ask("settle"); err != nil {
			return err
		}
		m.publishers = append(m.publishers, c)
	}
	// One session with each, and with who has the beacon, so that the links are there.
	if _, err := m.subscriber.ask("settle"); err != nil {
		return err
	}
	if _, err := together(m.publishers, "publish", "first:@"); err != nil {
		return err
	}
	if _, err := m.subscriber.ask("subscribe", "first:.*"); err != nil {
		return err
	}
	_, err = m.subscriber.ask("await", "available", ten)
	return err
}

func (m *crowd) round(*stage) error {
	floor, err := m.flood.pour(m.many)
	if err != nil {
		return err
	}
	late, err := m.once(true)
	if err != nil {
		return err
	}
	early, err := m.once(false)
	if err != nil {
		return err
	}
	m.late.add(late, floor)
	m.early.add(early, floor)
	return nil
}

func (m *crowd) once(publishersFirst bool) (int64, error) {
	m.series++
	prefix := fmt.Sprintf("crowd-%03d", m.series)
	pattern := prefix + ":.*"
	before, err := sockets(m.subscriber.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	publish := func() (int64, error) {
		return together(m.publishers, "crowd", fortyBytes(prefix+":@"), m.many/ten)
	}
	subscribe := func() (int64, error) { return together([]*child{m.subscriber}, "subscribe", pattern) }
	first, second := subscribe, publish
	settling := []*child{m.subscriber}
	if publishersFirst {
		first, second, settling = publish, subscribe, m.publishers
	}
	if _, err := first(); err != nil {
		return 0, err
	}
	if _, err := together(settling, "settle"); err != nil {
		return 0, err
	}
	began, err := second()
	if err != nil {
		return 0, err
	}
	a, err := m.subscriber.ask("await", "available", m.many)
	if err != nil {
		return 0, err
	}
	after, err := sockets(m.subscriber.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(after, before) {
		return 0, fmt.Errorf("the subscriber has links to all %d publishers and %d sockets, but with %d sessions more %d sockets: %v, then %v",
			ten, len(before), m.many, len(after), before, after)
	}
	if err := forget(m.subscriber, pattern, m.many); err != nil {
		return 0, err
	}
	m.early.note = fmt.Sprintf("%d sessions, over links that were there, opened no socket: the subscriber has %d, before and after", m.series*m.many, len(after))
	return a.Times[0] - began, retracted(m.publishers, prefix)
}

// sockets returns the sockets that a process has open.
func sockets(pid int) (list []string, err error) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		// What was closed meanwhile is none.
		if to, err := os.Readlink(filepath.Join(folder, e.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			list = append(list, to)
		}
	}
	slices.Sort(list)
	return list, nil
}
