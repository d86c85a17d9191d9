package node

import (
	"context"
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// A doorway is a listener of an actor, for connections.
type doorway struct {
	id        directory.ListenerID
	requested string
	address   string
	listener  transport.Listener
	told      chan struct{} // closed when the actor was told Listening; by who runs the node
	shut      chan struct{} // closed by close
	closing   sync.Once
}

// close lets go of the address.
func (d *doorway) close() {
	d.closing.Do(func() {
		close(d.shut)
		d.listener.Close()
	})
}

// doorways are those of all actors.
type doorways struct {
	mu   sync.Mutex
	last directory.ListenerID                                    // guarded by mu
	of   map[transport.ActorID]map[directory.ListenerID]*doorway // guarded by mu
	all  map[directory.ListenerID]*doorway                       // guarded by mu
	shut bool                                                    // guarded by mu
}

func (s *doorways) init() {
	s.of = make(map[transport.ActorID]map[directory.ListenerID]*doorway)
	s.all = make(map[directory.ListenerID]*doorway)
}

// number returns the number of the next one.
func (s *doorways) number() directory.ListenerID {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return s.last
}

// add reports false if the node is closing.
func (s *doorways) add(actor transport.ActorID, d *doorway) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return false
	}
	if s.of[actor] == nil {
		s.of[actor] = make(map[directory.ListenerID]*doorway)
	}
	s.of[actor][d.id] = d
	s.all[d.id] = d
	return true
}

func (s *doorways) remove(actor transport.ActorID, d *doorway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, d.id)
	delete(s.of[actor], d.id)
	if len(s.of[actor]) == 0 {
		delete(s.of, actor)
	}
}

// at returns those of an actor that listen at an address, as it was requested or as it
// is; the empty address is all.
func (s *doorways) at(actor transport.ActorID, address string) (list []*doorway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.of[actor] {
		if address == "" || address == d.requested || address == d.address {
			list = append(list, d)
		}
	}
	return list
}

// told lets in those who call at a listener, of which the actor knows now.
func (s *doorways) told(id directory.ListenerID) {
	s.mu.Lock()
	d := s.all[id]
	s.mu.Unlock()
	if d != nil {
		close(d.told)
	}
}

// close closes all, for good.
func (s *doorways) close() {
	s.mu.Lock()
	s.shut = true
	all := s.all
	s.init()
	s.mu.Unlock()
	for _, d := range all {
		d.close()
	}
}

// counts adds to what other listeners have to do.
func (s *doorways) counts(all *transport.Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.all {
		busier(all, d.listener.Counts())
	}
}

// ListenFor has an actor accept connections at an address: directory.Listening follows, and
// then directory.Accepted for each. The address that was requested is what it is known
// by. The error is the transport's.
func (n *Node) ListenFor(actor transport.ActorID, requested, address string) error {
	d := &doorway{
		id:        n.doorways.number(),
		requested: requested,
		told:      make(chan struct{}),
		shut:      make(chan struct{}),
	}
	listener, err := n.Transport.Listen(address, n.hello(dirwire.Peer), func(t transport.Link) { n.acceptCaller(d, t) })
	if err != nil {
		return err
	}
	d.listener, d.address = listener, listener.Address()
	if !n.doorways.add(actor, d) || !n.listens(actor, d) {
		n.doorways.remove(actor, d)
		d.close()
		return errStopped
	}
	n.spawn(func(ctx context.Context) { n.watch(ctx, actor, d) })
	return nil
}

// listens tells the switchboard, and reports whether it hears.
func (n *Node) listens(actor transport.ActorID, d *doorway) (taken bool) {
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	a := n.interests(actor)
	taken, run = n.put(actor, directory.Listen{Listener: d.id, Requested: d.requested, Address: d.address, Actor: a.address})
	return taken
}

// watch tells the actor if its listener is lost.
func (n *Node) watch(ctx context.Context, actor transport.ActorID, d *doorway) {
	select {
	case err := <-d.listener.Lost():
		n.log.Error("the listener of an actor is lost", "address", d.address, "err", err)
		n.doorways.remove(actor, d)
		d.close()
		n.post(func() {
			n.do(n.switchboard.Step(0, directory.ListenerLost{Listener: d.id, Reason: err.Error()}))
		})
	case <-d.shut:
	case <-ctx.Done():
	}
}

// Unlisten closes the listeners of an actor at an address, as it was requested or as
// Listening said it. It is free when Unlisten returns; connections live on.
func (n *Node) Unlisten(actor transport.ActorID, address string) {
	for _, d := range n.doorways.at(actor, address) {
		n.doorways.remove(actor, d)
		d.close()
		n.unlistens(actor, d)
	}
}

func (n *Node) unlistens(actor transport.ActorID, d *doorway) {
	run := false
	defer n.lendIf(&run)
	_, run = n.put(actor, directory.Unlisten{Listener: d.id})
}

// leaveDoorways closes those of an actor that ends.
func (n *Node) leaveDoorways(actor transport.ActorID) {
	for _, d := range n.doorways.at(actor, "") {
		n.doorways.remove(actor, d)
		d.close()
	}
}

// deaf notes that a listener of the directory itself is lost: it cannot do what it is
// for (R18).
func (n *Node) deaf(l transport.Listener) {
	n.spawn(func(ctx context.Context) {
		select {
		case err := <-l.Lost():
			n.Actors.Fatal(fmt.Errorf("nobody can connect at %s any more: %w", l.Address(), err))
		case <-ctx.Done():
		}
	})
}
