package node

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// listeners are the places where the process takes links: one on this machine,
// and one on the LAN address from its first LAN publication on.
type listeners struct {
	mu   sync.Mutex
	near transport.Listener // guarded by mu
	far  transport.Listener // guarded by mu
	shut bool               // guarded by mu

	// What publications say of where they are: one list for all of them.
	host atomic.Pointer[[]directory.Endpoint] // of Host or Group scope; nil: not known yet
	lan  atomic.Pointer[[]directory.Endpoint] // of LAN scope
}

// Address is where the node listens, empty if it does not.
func (n *Node) Address() string {
	n.listeners.mu.Lock()
	defer n.listeners.mu.Unlock()
	if n.listeners.near == nil {
		return ""
	}
	return n.listeners.near.Address()
}

// listen opens the listener on this machine, once, and returns its address.
func (n *Node) listen() (string, error) {
	address := n.Listen
	if address == "" {
		address = defaultListen
	}
	return n.open(&n.listeners.near, address, n.accept)
}

// listenFar opens the listener on the LAN address.
func (n *Node) listenFar() (string, error) {
	address, err := n.LAN()
	if err != nil {
		return "", err
	}
	return n.open(&n.listeners.far, address, n.acceptFar)
}

func (n *Node) open(l *transport.Listener, address string, accept func(transport.Link)) (string, error) {
	hello := n.hello(dirwire.Peer) // asks for the address, and so for mu
	n.listeners.mu.Lock()
	if n.listeners.shut {
		n.listeners.mu.Unlock()
		return "", errStopped
	}
	opened := *l == nil
	if opened {
		var err error
		if *l, err = n.Transport.Listen(address, hello, accept); err != nil {
			*l = nil
			n.listeners.mu.Unlock()
			return "", err
		}
	}
	at := (*l).Address()
	if opened {
		n.deaf(*l)
	}
	n.listeners.mu.Unlock()
	if opened && l == &n.listeners.near {
		n.post(func() { n.survey.Moved(at) })
	}
	return at, nil
}

func (s *listeners) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = true
	for _, l := range []transport.Listener{s.near, s.far} {
		if l != nil {
			l.Close()
		}
	}
	s.near, s.far = nil, nil
}

// endpoints returns where a publication of that scope can be reached, and begins
// to listen there. A machine without a LAN address still publishes for itself.
func (n *Node) endpoints(s directory.Scope) ([]directory.Endpoint, error) {
	known := &n.listeners.host
	switch {
	case s >= directory.Process:
		return nil, nil
	case s <= directory.LAN:
		known = &n.listeners.lan
	}
	if list := known.Load(); list != nil {
		return *list, nil
	}
	address, err := n.listen()
	if err != nil {
		return nil, err
	}
	list := []directory.Endpoint{{Scope: directory.Host, Address: address}}
	if s <= directory.LAN && n.LAN != nil {
		address, err := n.listenFar()
		if err != nil {
			n.log.Warn("published for this machine only", "reason", err)
			return list, nil // the next one tries again
		}
		list = append(list, directory.Endpoint{Scope: directory.LAN, Address: address})
	}
	known.Store(&list)
	return list, nil
}

var errFarChild = errors.New("on its LAN address a process takes subscribers, no children")

// acceptFar takes a link on the LAN address, where sessions are opened with LAN
// publications and nothing else (R16).
func (n *Node) acceptFar(t transport.Link) {
	g, err := dirwire.ParseGreeting(t.Peer().Body)
	if err == nil && g.Relation == dirwire.Child {
		n.refuse(t, errFarChild)
		return
	}
	n.take(t, true)
}

// accept takes a link that somebody dialled, on a goroutine of the transport.
func (n *Node) accept(t transport.Link) { n.take(t, false) }

func (n *Node) take(t transport.Link, far bool) {
	l, err := n.newLink(t)
	if err == nil && l.greeting.Relation == dirwire.Caller {
		err = errNoListener
	}
	if err != nil {
		n.refuse(t, err)
		return
	}
	if far {
		l.reach = directory.LAN // wherever who dialled is
	}
	if err := n.admission.enter(l.to(), n.limits); err != nil {
		n.log.Warn("link refused", "peer", l.name(), "remote", t.Remote(), "reason", err)
		t.Close(err)
		return
	}
	if l.greeting.Relation == dirwire.Child {
		l.relation = toChild
	}
	if !n.post(func() { n.linkUp(l) }) {
		n.admission.leave(l.to())
		t.Close(errStopped)
	}
}

// refuse closes a link that never was one, and tells who wanted it why.
func (n *Node) refuse(t transport.Link, reason error) {
	n.admission.refuse()
	n.log.Warn("link refused", "remote", t.Remote(), "reason", reason)
	t.Close(reason)
}
