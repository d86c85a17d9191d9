package node

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A relation says what the other end of a link is to this directory.
type relation uint8

const (
	toPeer relation = iota
	toParent
	toChild
)

// A link is one that the node uses: the transport's, and what the two ends have
// agreed on over it.
type link struct {
	transport.Link
	n        *Node
	party    directory.Party // set by linkUp
	relation relation
	greeting dirwire.Greeting
	reach    directory.Scope // how far away the other end may be
	gone     chan struct{}   // closed when it is lost
	reason   error           // why; set before gone is closed

	types    outgoing
	known    map[uint64]string // types by number; the reader's
	sessions ends
}

func (n *Node) newLink(t transport.Link) (*link, error) {
	g, err := dirwire.ParseGreeting(t.Peer().Body)
	if err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if g.Directory.Process != t.Peer().Process {
		return nil, fmt.Errorf("greeting: it is of process %v, the hello of %v", g.Directory.Process, t.Peer().Process)
	}
	return &link{
		Link:     t,
		n:        n,
		greeting: g,
		reach:    reach(t),
		gone:     make(chan struct{}),
		types:    outgoing{numbers: make(map[string]uint64)},
		known:    make(map[uint64]string),
		sessions: ends{own: make(map[directory.SessionID]*Session), theirs: make(map[directory.SessionID]*Session)},
	}, nil
}

// reach is LAN for a link whose other end is not on this machine.
func reach(t transport.Link) directory.Scope {
	remote, err := netip.ParseAddrPort(t.Remote())
	if err == nil && !remote.Addr().IsLoopback() {
		return directory.LAN
	}
	return directory.Host
}

func (l *link) process() transport.ProcessID { return l.Peer().Process }

// name is what logs say of the other end.
func (l *link) name() string {
	return fmt.Sprintf("%s (%s)", l.greeting.Directory.Executable, l.process().Short())
}

// say sends a control frame. A peer so slow that its queue is full is cut off:
// it will hear everything again when it comes back.
func (l *link) say(msg directory.Message) {
	body, kind := dirwire.Append(nil, msg)
	if err := l.Send(kind, body); err == transport.ErrOverloaded {
		l.n.log.Warn("link closed", "peer", l.name(), "reason", "it takes its frames too slowly")
		l.Close(err)
	}
}

// linkUp makes a link a party.
func (n *Node) linkUp(l *link) {
	n.lastLink++
	l.party = directory.LinkParty(n.lastLink)
	n.links[l.party] = l
	n.routes.add(l)
	switch l.relation {
	case toParent:
		n.survey.ParentUp(l.party)
		n.do(n.machine.Step(l.party, directory.ParentUp{Scope: l.greeting.Directory.Scope}))
	case toChild:
		n.survey.ChildUp(l.party, l.greeting.Directory)
		n.do(n.machine.Step(l.party, directory.ChildUp{Scope: l.greeting.Directory.Scope}))
	}
	n.log.Debug("link up", "peer", l.name(), "remote", l.Remote())
	n.settle() // what the first frame finds
	l.Start(l)
	n.do(n.resolver.Step(l.party, directory.Linked{Process: l.process()}))
}

// Lost is called by the transport, once.
func (l *link) Lost(reason error) {
	l.reason = reason
	close(l.gone)
	l.n.post(func() { l.n.linkDown(l) })
}

func (n *Node) linkDown(l *link) {
	delete(n.links, l.party)
	n.routes.remove(l)
	n.survey.Gone(l.party)
	n.log.Debug("link down", "peer", l.name(), "reason", l.reason)
	reason := "link lost: " + l.reason.Error()
	for _, id := range l.sessions.ownIDs() {
		n.do(n.resolver.Step(0, directory.Lost{Session: id, Reason: reason}))
	}
	n.do(n.acceptor.Step(l.party, directory.Gone{}))
	n.do(n.machine.Step(l.party, directory.Gone{}))
}

// Received takes one frame, on the reader's goroutine: what is between actors
// goes straight to them, the rest to the node. An error closes the link.
func (l *link) Received(kind transport.Kind, body []byte) error {
	switch kind {
	case wire.Type:
		return l.learn(body)
	case wire.Message:
		return l.message(body)
	case wire.DataOut, wire.DataBack:
		return l.data(kind, body)
	case wire.Undelivered:
		return l.undelivered(body)
	}
	msg, err := dirwire.Decode(kind, body)
	if err != nil {
		return err
	}
	l.n.post(func() {
		if l.n.links[l.party] == l { // else it was refused meanwhile
			l.n.heard(l, msg)
		}
	})
	return nil
}

// heard hands what a link said to the machine that it is for.
func (n *Node) heard(l *link, msg directory.Message) {
	switch msg := msg.(type) {
	case directory.Open:
		if msg.Subscriber.Process != l.process() {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it opens a session for an actor of another process"}})
			return
		}
		n.do(n.acceptor.Step(l.party, directory.Opening{Open: msg, Reach: l.reach}))
	case directory.Commit, directory.Close:
		n.do(n.acceptor.Step(l.party, msg))
	case directory.Ready, directory.NotOpened, directory.Closed:
		// Only for a session that was opened over this link.
		if id := msg.(directory.SessionMessage).ID(); l.sessions.hasOwn(id) {
			n.do(n.resolver.Step(l.party, msg))
		}
	case directory.List, directory.Describe, directory.Listed:
		if l.relation == toPeer {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it is not a child of this directory"}})
			return
		}
		n.heardSurvey(l.party, msg)
	case directory.Refused:
		err := fmt.Errorf("%s at %s refuses this process: %s", l.name(), l.Remote(), msg.Reason)
		n.log.Error("refused", "reason", err)
		if l.relation == toParent {
			n.Actors.Fatal(err)
		}
	default:
		if n.isOwn(msg) {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it announces a registration of the process that it tells"}})
			return
		}
		n.do(n.machine.Step(l.party, msg))
	}
}

// isOwn reports whether msg announces what only an actor of this process can.
func (n *Node) isOwn(msg directory.Message) bool {
	switch msg := msg.(type) {
	case directory.Claim:
		return slices.ContainsFunc(msg.Claimants, func(p directory.Publication) bool { return p.ID.Origin == n.self })
	case directory.Seek:
		return msg.Subscription.ID.Origin == n.self
	case directory.Unseek:
		return msg.ID.Origin == n.self
	}
	return false
}

// outgoing numbers the types of a link's messages: a name travels once.
type outgoing struct {
	mu      sync.RWMutex
	numbers map[string]uint64 // guarded by mu
}

// number returns the number of a type, and tells the other end of a new one.
func (l *link) number(name string) (uint64, error) {
	t := &l.types
	t.mu.RLock()
	number, ok := t.numbers[name]
	t.mu.RUnlock()
	if ok {
		return number, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if number, ok := t.numbers[name]; ok {
		return number, nil
	}
	if len(t.numbers) == wire.MaxTypes {
		return 0, fmt.Errorf("%w: a link carries at most %d types", transport.ErrOverloaded, wire.MaxTypes)
	}
	number = uint64(len(t.numbers) + 1)
	// Queued before any frame that uses the number: nobody else knows it yet.
	if err := l.Send(wire.Type, wire.AppendType(nil, number, name)); err != nil {
		return 0, err
	}
	t.numbers[name] = number
	return number, nil
}

// learn takes the number that the other end gave to a type.
func (l *link) learn(body []byte) error {
	number, name, err := wire.ParseType(body)
	if err != nil {
		return err
	}
	if _, again := l.known[number]; again {
		return &transport.FrameError{Kind: wire.Type, Reason: fmt.Sprintf("type %d is named twice", number)}
	}
	l.known[number] = name
	return nil
}

// routes are which link leads to which process.
type routes struct {
	mu     sync.RWMutex
	direct map[transport.ProcessID][]*link // guarded by mu
	via    map[transport.ProcessID]*link   // guarded by mu; to those without a link of their own
}

// maxVia is how many processes a node remembers the way to; to others it cannot
// reply.
const maxVia = 1 << 16

func (r *routes) init() {
	r.direct = make(map[transport.ProcessID][]*link)
	r.via = make(map[transport.ProcessID]*link)
}

func (r *routes) add(l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := l.process()
	all := append(slices.Clone(r.direct[p]), l)
	// Both ends must choose alike: the link dialled by the smaller process (R14).
	slices.SortStableFunc(all, func(a, b *link) int {
		return slices.Compare(a.dialler(), b.dialler())
	})
	r.direct[p] = all
	delete(r.via, p)
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
	for q, way := range r.via {
		if way == l {
			delete(r.via, q)
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

// towards returns the link to a process, else the one its address came over.
func (r *routes) towards(p transport.ProcessID) *link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if all := r.direct[p]; len(all) > 0 {
		return all[0]
	}
	return r.via[p]
}

// came remembers that an address of p came over l.
func (r *routes) came(p transport.ProcessID, l *link) {
	if p == l.process() || p == l.n.self || p == (transport.ProcessID{}) {
		return
	}
	r.mu.RLock()
	known := len(r.direct[p]) > 0 || r.via[p] == l || len(r.via) >= maxVia
	r.mu.RUnlock()
	if known {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.via[p] = l
}
