package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

var (
	errNoEndpoint = errors.New("the machine of the publisher has no address on the LAN")
	errNotNear    = errors.New("the publisher is on another machine than its directory says")
)

// awaitLink makes a session wait for a link to its publisher's process, which is
// dialled unless it is being dialled already.
func (n *Node) awaitLink(c directory.Connect) {
	process := c.Publication.ID.Origin
	waiting := n.dialling[process]
	n.dialling[process] = append(waiting, c)
	if len(waiting) == 0 {
		n.dialPeer(c)
	}
}

// dialPeer makes the link to the process of a publication. Every session that
// waits for it is opened over it, or fails with it.
func (n *Node) dialPeer(c directory.Connect) {
	process := c.Publication.ID.Origin
	address := c.Publication.Place(c.Open.Scope)
	n.spawn(func(ctx context.Context) {
		l, err := n.dial(ctx, c, address)
		if !n.post(func() { n.dialled(c, l, err) }) && l != nil {
			n.admission.leave(l.to())
			l.Close(errStopped)
		}
	})
	n.log.Debug("dialling", "process", process.Short(), "address", address)
}

func (n *Node) dial(ctx context.Context, c directory.Connect, address string) (*link, error) {
	if address == "" {
		return nil, errNoEndpoint
	}
	want := c.Publication.ID.Origin
	if err := n.admission.enter(admitted{process: want}, n.limits); err != nil {
		return nil, err
	}
	l, err := n.dialAt(ctx, want, address)
	if err != nil {
		n.admission.leave(admitted{process: want})
		return nil, err
	}
	if c.Open.Scope <= directory.LAN {
		l.reach = directory.LAN // it is the LAN address, and the other end knows
	}
	return l, nil
}

// dialAt makes the link to a process, at an address.
func (n *Node) dialAt(ctx context.Context, want transport.ProcessID, address string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	t, err := n.Transport.Dial(ctx, address, n.hello(dirwire.Peer))
	if err != nil {
		return nil, err
	}
	if got := t.Peer().Process; got != want {
		err = fmt.Errorf("at %s is process %s now, not %s", address, got.Short(), want.Short())
		t.Close(err)
		return nil, err
	}
	l, err := n.newLink(t)
	if err != nil {
		t.Close(err)
	}
	return l, err
}

// dialled opens the sessions that waited for a link. One that failed because of
// its address alone leaves the others, whose offers may name another, to their
// own attempt.
func (n *Node) dialled(first directory.Connect, l *link, err error) {
	process := first.Publication.ID.Origin
	waiting := n.dialling[process]
	delete(n.dialling, process)
	if err == nil {
		n.linkUp(l)
	}
	for _, c := range waiting {
		s := n.sessions[directory.SessionKey{ID: c.Open.Session}]
		switch over := n.routes.opens(process, c.Publication.Scope); {
		case s == nil: // abandoned meanwhile
		case over != nil:
			n.openOver(over, s, c)
		case c.Publication.Place(c.Open.Scope) != first.Publication.Place(first.Open.Scope):
			n.awaitLink(c)
		case err == nil:
			n.do(n.resolver.Step(0, directory.Lost{Session: c.Open.Session, Reason: errNotNear.Error()}))
		default:
			n.do(n.resolver.Step(0, directory.Lost{Session: c.Open.Session, Reason: err.Error()}))
		}
	}
}
