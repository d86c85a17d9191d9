package memory

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// A Network joins places. Its methods may be called from any goroutine.
type Network struct {
	mu        sync.Mutex
	ways      map[way]*state
	listeners map[string]*listener // by where resolve says they are
	ends      map[*end]struct{}    // of links that are not lost
	port      int                  // the last that was given out
	changed   chan struct{}        // closed, and made anew, by Heal
}

// A way is one direction between two places.
type way struct{ from, to string }

// A state is how bad a way is.
type state struct {
	delay time.Duration
	cut   bool
	since time.Time // when it was cut
}

// NewNetwork returns a network on which all is well.
func NewNetwork() *Network {
	return &Network{
		ways:      make(map[way]*state),
		listeners: make(map[string]*listener),
		ends:      make(map[*end]struct{}),
		port:      49151,
		changed:   make(chan struct{}),
	}
}

// Delay makes everything take d from a to b, and from b to a, that is sent from
// now on. The order stays. A delay by itself is not silence.
func (n *Network) Delay(a, b string, d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.state(way{a, b}).delay = d
	n.state(way{b, a}).delay = d
}

// Cut lets nothing pass between a and b, and tells nobody: links between them are
// lost when three heartbeats have not come, and who dials waits in vain. What is
// under way is kept.
func (n *Network) Cut(a, b string) {
	n.CutOneWay(a, b)
	n.CutOneWay(b, a)
}

// CutOneWay lets nothing pass from one place to another, but back.
func (n *Network) CutOneWay(from, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.state(way{from, to}); !s.cut {
		s.cut, s.since = true, time.Now()
	}
	n.rouse(from, to)
}

// Heal undoes Cut and CutOneWay. Links that are not lost yet go on, with what was
// kept, as if nothing had been.
func (n *Network) Heal(a, b string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.state(way{a, b}).cut = false
	n.state(way{b, a}).cut = false
	n.rouse(a, b)
	n.rouse(b, a)
	close(n.changed)
	n.changed = make(chan struct{})
}

// Reset takes away all links between a and b, with what is under way on them. Each
// end is told once the delay of its way is over, if that is not cut.
func (n *Network) Reset(a, b string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for e := range n.ends {
		if e.way == (way{a, b}) || e.way == (way{b, a}) {
			e.coming, e.bytes = nil, 0
			e.send(item{reset: true})
		}
	}
}

// state returns the state of a way, to be changed.
func (n *Network) state(w way) *state {
	s := n.ways[w]
	if s == nil {
		s = new(state)
		n.ways[w] = s
	}
	return s
}

// rouse lets the ends to which that way leads look at it again.
func (n *Network) rouse(from, to string) {
	for e := range n.ends {
		if e.way == (way{from, to}) {
			e.rouse()
		}
	}
}

// travel takes as long as a first packet does on that way.
func (n *Network) travel(ctx context.Context, w way) error {
	n.mu.Lock()
	delay := n.state(w).delay
	n.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for ctx.Err() == nil {
		n.mu.Lock()
		cut, changed := n.state(w).cut, n.changed
		n.mu.Unlock()
		if !cut {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// freePort returns a port that was never given out.
func (n *Network) freePort() string {
	n.port++
	return strconv.Itoa(n.port)
}
