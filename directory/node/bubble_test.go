package node

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/memory"
)

// A bubble is a network of machines in memory, in virtual time: what takes long
// takes no time, and what takes no time can be asserted.
type bubble struct {
	t   *testing.T
	net *memory.Network
}

func inBubble(t *testing.T, test func(t *testing.T, b bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, bubble{t, memory.NewNetwork()}) })
}

// open opens a node on a machine. A directory is given where it listens; a
// process listens where it gets a port.
func (b bubble) open(machine string, scope directory.Scope, listen, parent string, change ...func(*Config)) *process {
	b.t.Helper()
	on := func(c *Config) {
		c.Transport = b.net.Transport(machine)
		c.Listen = listen
		c.LAN = func() (string, error) { return machine + ":0", nil }
	}
	return open(b.t, scope, parent, append([]func(*Config){on}, change...)...)
}

// rest lets the time pass that everything needs that is tried again: the longest
// pause before a parent is dialled or an offer tried, and an attempt at either.
func (b bubble) rest() {
	time.Sleep(2 * (redialFar + retryMost + openTime))
	synctest.Wait()
}

// heard takes what an actor has got so far.
func (p *process) heard(actor transport.ActorID) []any {
	var all []any
	for {
		select {
		case got := <-p.box(actor):
			all = append(all, got)
		default:
			return all
		}
	}
}

// sessions takes what a subscriber has got so far, beginning with the sessions
// that it had, and returns those that it has now, by name. For each name
// Available and Dropped must alternate (R7, R11).
func (p *process) sessionsOf(actor transport.ActorID, had map[directory.Name]directory.Available) map[directory.Name]directory.Available {
	p.t.Helper()
	now := make(map[directory.Name]directory.Available)
	for name, a := range had {
		now[name] = a
	}
	for _, got := range p.heard(actor) {
		e, _ := got.(event)
		switch fact := e.fact.(type) {
		case directory.Available:
			if old, twice := now[fact.Name]; twice {
				p.t.Errorf("actor %d got %v while it had %v", actor, fact, old)
			}
			now[fact.Name] = fact
		case directory.Dropped:
			if a := now[fact.Name]; a.Publisher != fact.Remote {
				p.t.Errorf("actor %d got %v while it had %v", actor, fact, a)
			}
			delete(now, fact.Name)
		}
	}
	return now
}

// publications returns what a directory knows.
func (p *process) publications() []directory.Publication {
	known := make(chan []directory.Publication, 1)
	p.post(func() {
		var all []directory.Publication
		for q := range p.machine.Publications() {
			all = append(all, q)
		}
		known <- all
	})
	return <-known
}

// known is how many publications a directory knows.
func (p *process) known() int {
	count := make(chan int, 1)
	p.post(func() {
		n := 0
		for range p.machine.Publications() {
			n++
		}
		count <- n
	})
	return <-count
}
