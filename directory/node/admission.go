package node

import (
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/transport"
)

// An admission counts the links of a process, from before they are parties until
// nothing more comes or goes over them, and refuses those that are too many (R17).
type admission struct {
	mu      sync.Mutex
	links   int              // guarded by mu
	of      map[admitted]int // guarded by mu; those that are not none
	refused uint64           // guarded by mu; links, for whatever reason
}

// admitted is what links are counted by: connections do not take the place of others.
type admitted struct {
	process    transport.ProcessID
	connection bool
}

func (l *link) to() admitted { return admitted{l.process(), l.connects()} }

// maxConnections is how many links of connections there may be with one process. One
// within this process has two.
const maxConnections = 1024

// A crowdedError is the reason of a link that is one too many.
type crowdedError struct {
	most int
	what string // "links", "connections"
	to   string // whom they are to; empty: to all
}

func (e *crowdedError) Error() string {
	if e.to == "" {
		return fmt.Sprintf("overloaded: this process has %d links already, no more are allowed", e.most)
	}
	return fmt.Sprintf("overloaded: this process has %d %s to process %s already, no more are allowed", e.most, e.what, e.to)
}

func (e *crowdedError) Is(target error) bool { return target == transport.ErrOverloaded }

// enter counts a link to a process. The error says why there may not be one.
func (a *admission) enter(p admitted, limits Limits) error {
	most, what := limits.LinksPerProcess, "links"
	if p.connection {
		most, what = maxConnections, "connections"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.links >= limits.Links:
		a.refused++
		return &crowdedError{most: limits.Links}
	case a.of[p] >= most:
		a.refused++
		return &crowdedError{most, what, p.process.Short()}
	}
	a.count(p)
	return nil
}

// must counts a link that there is to be in any case.
func (a *admission) must(p admitted) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count(p)
}

// The mutex is held.
func (a *admission) count(p admitted) {
	if a.of == nil {
		a.of = make(map[admitted]int)
	}
	a.links++
	a.of[p]++
}

// leave takes back what enter or must counted.
func (a *admission) leave(p admitted) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.links--
	if a.of[p]--; a.of[p] <= 0 {
		delete(a.of, p)
	}
}

// refuse counts a link that was refused for another reason.
func (a *admission) refuse() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused++
}

// counts returns how many links there are, how many to the process that has most and how
// many connections with the one that has most of these, and how many were refused.
func (a *admission) counts() (links, busiest, connections int, refused uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for p, n := range a.of {
		if p.connection {
			connections = max(connections, n)
		} else {
			busiest = max(busiest, n)
		}
	}
	return a.links, busiest, connections, a.refused
}
