package tcp

import (
	"net"
	"net/netip"
	"sync"
)

// An unproven is a connection whose hello has not passed.
type unproven struct {
	conn   net.Conn
	source *source
	from   netip.Addr  // zero if it has none
	peek   func() bool // nil if one cannot
	shed   bool        // it was ended to make room
}

// said reports whether the other end has said something. Who has is seldom in the way
// for long: a hello is one segment.
func (u *unproven) said() bool { return u.source.heard.Load() || u.peek != nil && u.peek() }

// A room holds the unproven connections of a listener. When it is full, one that came
// earlier makes room for one that comes: of those from the address that has the
// most, the one that has been silent longest; if all have said something, the
// oldest. So who says nothing delays nobody, and an address that is not loopback's
// pushes out its own connections first.
type room struct {
	limit int

	mu     sync.Mutex
	left   sync.Cond // somebody has gone
	held   []*unproven
	from   map[netip.Addr]int
	closed bool
}

func newRoom(limit int) *room {
	r := &room{limit: limit, from: make(map[netip.Addr]int)}
	r.left.L = &r.mu
	return r
}

// enter takes a connection in, after another has gone if there was no room. It returns
// nil, and ends it, if the room is closed.
func (r *room) enter(conn net.Conn) *unproven {
	u := &unproven{conn: conn, source: &source{conn: conn}, peek: newPeek(conn)}
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		u.from = a.AddrPort().Addr().Unmap()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.closed && len(r.held) >= r.limit {
		if v := r.victim(); !v.shed {
			v.shed = true
			v.conn.Close()
		}
		r.left.Wait() // until its goroutine has ended: they are never more than limit
	}
	if r.closed {
		conn.Close()
		return nil
	}
	r.held = append(r.held, u)
	r.from[u.from]++
	return u
}

// victim returns the connection that makes room, or one that is about to.
func (r *room) victim() *unproven {
	most := 0
	for _, n := range r.from {
		most = max(most, n)
	}
	var oldest *unproven
	for _, u := range r.held {
		switch {
		case u.shed:
			return u
		case r.from[u.from] < most:
		case !u.said():
			return u
		case oldest == nil:
			oldest = u
		}
	}
	return oldest
}

// count is how many there are.
func (r *room) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.held)
}

// leave lets a connection go. It reports whether it had to make room, and whether the
// room was closed.
func (r *room) leave(u *unproven) (shed, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, v := range r.held {
		if v == u {
			r.held = append(r.held[:i], r.held[i+1:]...)
			break
		}
	}
	if r.from[u.from]--; r.from[u.from] == 0 {
		delete(r.from, u.from)
	}
	r.left.Signal()
	return u.shed, r.closed
}

// close ends all connections, and those that will come.
func (r *room) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, u := range r.held {
		u.conn.Close()
	}
	r.left.Signal()
}
