package node

import (
	"cmp"
	"slices"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// routes are which link leads to which process.
type routes struct {
	mu     sync.RWMutex
	direct map[transport.ProcessID][]*link // guarded by mu
	via    map[transport.ProcessID]*link   // guarded by mu; to those without a link of their own
	most   int                             // of via
}

// maxVia is how many processes a node remembers the way to. One link leads to no more
// of them than are left for all others: who shows many addresses leaves room for
// those that others show. To processes beyond that nothing can be sent: Send says
// that they are unreachable, and what is to be passed on to them comes back.
const maxVia = 1 << 16

func (r *routes) init() {
	r.direct = make(map[transport.ProcessID][]*link)
	r.via = make(map[transport.ProcessID]*link)
	r.most = maxVia
}

func (r *routes) add(l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := l.process()
	all := append(slices.Clone(r.direct[p]), l)
	// Both ends must choose alike: the link dialled by the smaller process (R14).
	// Of two that one end dialled the older stays first while it lives: who only says
	// that he is a process takes nothing from it.
	slices.SortStableFunc(all, func(a, b *link) int {
		if a.connects() != b.connects() { // which opens no session
			return cmp.Compare(order(a.connects()), order(b.connects()))
		}
		return slices.Compare(a.dialler(), b.dialler())
	})
	r.direct[p] = all
	r.forget(p)
}

// order is that of false before true.
func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// forget forgets the way to a process. The mutex is held.
func (r *routes) forget(p transport.ProcessID) {
	if way := r.via[p]; way != nil {
		way.ways--
		delete(r.via, p)
	}
}

func (l *link) dialler() []byte {
	p := l.process()
	if l.Dialled() {
		p = l.n.self
	}
	return p[:]
}

func (r *routes) remove(l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := l.process()
	left := slices.DeleteFunc(slices.Clone(r.direct[p]), func(other *link) bool { return other == l })
	if len(left) == 0 {
		delete(r.direct, p)
	} else {
		r.direct[p] = left
	}
	if l.ways == 0 {
		return
	}
	for q, way := range r.via {
		if way == l {
			r.forget(q)
		}
	}
}

// to returns the link to a process, nil if there is none.
func (r *routes) to(p transport.ProcessID) *link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if all := r.direct[p]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// opens returns the link over which a publication of that scope may be opened, nil
// if there is none: on the LAN address of a process on this machine a narrower one
// would be refused (R16).
func (r *routes) opens(p transport.ProcessID, scope directory.Scope) *link {
	for _, l := range r.all(p) {
		if l.opens(scope) {
			return l
		}
	}
	return nil
}

func (l *link) opens(scope directory.Scope) bool {
	return !l.connects() && (l.reach == directory.Host || scope.Reaches(l.reach))
}

// all returns every link to a process, the one to use first.
func (r *routes) all(p transport.ProcessID) []*link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.direct[p] // replaced, never changed
}

// towards returns the link to a process, else the one its address came over.
func (r *routes) towards(p transport.ProcessID) *link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if all := r.direct[p]; len(all) > 0 {
		return all[0]
	}
	return r.via[p]
}

// onward returns the link over which what came over l goes on to a process, nil if
// there is none: it never goes back where it came from.
func (l *link) onward(p transport.ProcessID) *link {
	if next := l.n.routes.towards(p); next != l {
		return next
	}
	return nil
}

// came remembers that an address of p came over l.
func (r *routes) came(p transport.ProcessID, l *link) {
	if p == l.process() || p == l.n.self || p == (transport.ProcessID{}) {
		return
	}
	r.mu.RLock()
	known := r.knows(p, l)
	r.mu.RUnlock()
	if known {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.knows(p, l) {
		return
	}
	r.via[p] = l // the first way is kept: no other peer can take it over
	l.ways++
	if l.ways+len(r.via) >= r.most && !l.waysFull {
		l.waysFull = true
		l.n.log.Warn("too many processes are reached over one link: to others that it shows nothing can be sent", "peer", l.name(), "processes", l.ways)
	}
}

// knows reports whether there is nothing to be learnt from an address of p that came
// over l: there is a way, or no room for one. The mutex is held.
func (r *routes) knows(p transport.ProcessID, l *link) bool {
	return len(r.direct[p]) > 0 || r.via[p] != nil || l.ways+len(r.via) >= r.most || l.lost.Load()
}
