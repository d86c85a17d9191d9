package main

import (
	"fmt"
	"os"

	"github.com/layer-cake/layer-cake/actor"
)

// A spot is a place in the tree, and what it takes to run a process there.
type spot struct {
	*place
	program string // a daemon; empty: this program
	above   *spot  // nil: nobody
	listen  string // where it takes links, if others are below it
	front   *front // through which they come
	crowd   int    // actors that live there

	proc   *process // nil: it is dead
	lives  int      // how many processes there have been
	ready  bool     // it has begun
	actors []string // labels of those that live
}

// beat is how often our own processes say that they are alive: often, so that
// much happens in little time. Daemons say it every 500 ms.
const beat = 200

// theTree returns the places of the world: every level, and processes directly
// below each.
//
//	lan ─┬─ host1 ─┬─ group1 ─┬─ p1
//	     │         │          └─ p2
//	     │         ├─ p3
//	     │         └─ p4
//	     ├─ host2 ─┬─ group2 ── p5
//	     │         ├─ p6
//	     │         └─ library
//	     └─ p7
func theTree() []*spot {
	var all []*spot
	add := func(name string, scope actor.Scope, above *spot, program string, crowd int) *spot {
		s := &spot{place: &place{name: name, scope: scope}, above: above, program: program, crowd: crowd}
		if above != nil {
			s.parent = above.place
		}
		all = append(all, s)
		return s
	}
	lan := add("lan", actor.LAN, nil, "lan-cake", 0)
	host1 := add("host1", actor.Host, lan, "host-cake", 0)
	host2 := add("host2", actor.Host, lan, "host-cake", 0)
	group1 := add("group1", actor.Group, host1, "", 1)
	group2 := add("group2", actor.Group, host2, "", 1)
	for _, p := range []struct {
		name  string
		above *spot
	}{{"p1", group1}, {"p2", group1}, {"p3", host1}, {"p4", host1}, {"p5", group2}, {"p6", host2}, {"p7", lan}} {
		add(p.name, actor.Process, p.above, "", 3)
	}
	add("library", actor.Library, host2, "", 2)
	return all
}

// parents reports whether others are below s.
func (s *spot) parents(all []*spot) bool {
	for _, other := range all {
		if other.above == s {
			return true
		}
	}
	return false
}

// settle gives a place to listen, and a front, to each spot that others are below.
func settle(all []*spot, p *proxy) error {
	port := 20000 + os.Getpid()%8000
	for _, s := range all {
		if !s.parents(all) {
			continue
		}
		var err error
		if s.listen, port, err = freePort(port); err != nil {
			return err
		}
		if s.front, err = p.front(s.name, s.listen); err != nil {
			return err
		}
	}
	return nil
}

// start starts a process at a spot.
func (s *spot) start(st *stage, p *proxy) (err error) {
	s.lives++
	name := fmt.Sprintf("%s@%d", s.name, s.lives)
	above := ""
	if s.above != nil {
		above = s.above.front.address()
	}
	switch s.program {
	case "lan-cake":
		s.proc, err = st.startDaemon(name, s.program, "--directory-at-lan="+s.listen)
	case "host-cake":
		s.proc, err = st.startDaemon(name, s.program, "--directory-at-host="+s.listen, "--directory-at-lan="+above)
	default:
		s.proc, err = st.startChild(name, fmt.Sprintf("-scope=%d", s.scope), "-listen="+s.listen,
			"-directory="+above, "-executable="+s.name, fmt.Sprintf("-heartbeat=%dms", beat), "-proxy="+p.address())
	}
	s.ready, s.actors = false, nil
	return err
}
