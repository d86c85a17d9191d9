package node

import (
	"context"
	"errors"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// Connections are made by address, beside the directory. Each has a link of its own, of
// the relation toCaller at the end that listens and toListener at the other. On such a
// link there is one session, which is no different from others; nothing is published,
// sought, opened or asked over it.

// connects reports whether a link is that of a connection.
func (l *link) connects() bool { return l.relation == toCaller || l.relation == toListener }

// Call connects an actor with who listens at an address: directory.Connected or
// NotConnected follows. The address that was requested is what it is known by.
func (n *Node) Call(actor transport.ActorID, requested, address string) {
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	a := n.interests(actor)
	_, run = n.put(actor, directory.Call{Requested: requested, Address: address, Actor: a.address})
}

// HangUp ends a connection of its actor: directory.HungUp follows. Nothing is sent in it
// from now on. Of a session that is no connection nothing is done.
func (n *Node) HangUp(s *Session) {
	if !s.Connection() {
		return
	}
	s.silent.Store(true)
	run := false
	defer n.lendIf(&run)
	_, run = n.put(s.local.Actor, directory.HangUp{Link: s.over})
}

// Connection reports whether the session is one that actors made by address.
func (s *Session) Connection() bool { return s.over != 0 }

// ring makes the link that a call needs, within the time that the call has.
func (n *Node) ring(r directory.Ring) {
	n.spawn(func(ctx context.Context) {
		l, err := n.dialListener(ctx, r)
		if err != nil {
			n.post(func() {
				n.do(n.switchboard.Step(0, directory.Unreached{Call: r.Call, Reason: err.Error()}))
			})
			return
		}
		if !n.post(func() { n.linkUp(l) }) {
			n.admission.leave(l.to())
			l.Close(errStopped)
		}
	})
}

func (n *Node) dialListener(ctx context.Context, r directory.Ring) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, min(dialTime, n.ConnectTime))
	defer cancel()
	t, err := n.Transport.Dial(ctx, r.Address, n.hello(dirwire.Caller))
	if err != nil {
		if inner := errors.Unwrap(err); inner != nil {
			err = inner // without the address, which who called knows
		}
		return nil, err
	}
	l, err := n.newLink(t)
	if err == nil {
		l.relation, l.call = toListener, r.Call
		err = n.admission.enter(l.to(), n.limits)
	}
	if err != nil {
		t.Close(err)
		return nil, err
	}
	return l, nil
}

var (
	errNoListener  = errors.New("a directory is here, and no actor that listens: connect to where one listens")
	errNoDirectory = errors.New("an actor listens here for connections, no directory")
	errNotHere     = errors.New("nobody listens there any more")
)

// acceptCaller takes a link that somebody dialled at the address of an actor. It waits
// until the actor has been told Listening, which comes before all else.
func (n *Node) acceptCaller(d *doorway, t transport.Link) {
	l, err := n.newLink(t)
	if err == nil && l.greeting.Relation != dirwire.Caller {
		err = errNoDirectory
	}
	if err == nil {
		select {
		case <-d.told:
		case <-d.shut:
			err = errNotHere
		case <-n.ctx.Done():
			err = errStopped
		}
	}
	if err != nil {
		n.refuse(t, err)
		return
	}
	l.relation, l.door = toCaller, d.id
	if err := n.admission.enter(l.to(), n.limits); err != nil {
		n.log.Warn("link refused", "peer", l.name(), "remote", t.Remote(), "reason", err)
		t.Close(err)
		return
	}
	if !n.post(func() { n.linkUp(l) }) {
		n.admission.leave(l.to())
		t.Close(errStopped)
	}
}

// heardConnection hears what comes over the link of a connection.
func (n *Node) heardConnection(l *link, msg directory.Message) {
	switch msg := msg.(type) {
	case directory.Join:
		if msg.Actor.Process != l.process() || msg.Actor.Actor == 0 {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it asks for a connection for an actor of another process"}})
			return
		}
		n.do(n.switchboard.Step(l.party, msg))
	case directory.Close:
		l.sessions.heardLast(end{false, msg.Session})
		n.do(n.switchboard.Step(l.party, msg))
	case directory.Closed:
		l.sessions.heardLast(end{true, msg.Session})
		n.do(n.switchboard.Step(l.party, msg))
	case directory.Joined, directory.NotOpened, directory.Heard:
		n.do(n.switchboard.Step(l.party, msg))
	case directory.Refused:
		n.log.Warn("connection refused", "peer", l.name(), "reason", msg.Reason)
		l.refused = true // it closes the link, and says nothing more
		l.Close(&refusal{msg.Reason})
	default:
		n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "the link is for a connection, and no directory is spoken to over it"}})
	}
}

// meets notes who is at the other end of a connection that this process asked for. The
// link's reader does it, since what is said in the session may come right behind.
func (l *link) meets(m directory.Joined) error {
	if m.Actor.Process != l.process() || m.Actor.Actor == 0 {
		return &transport.FrameError{Kind: dirwire.KindJoined, Reason: "it connects an actor of another process"}
	}
	if !l.sessions.meets(end{true, m.Session}, m.Actor) {
		return &transport.FrameError{Kind: dirwire.KindJoined, Reason: "the connection is there already"}
	}
	return nil
}

// bind makes this process's end of a connection.
func (n *Node) bind(b directory.Bind) {
	l := n.links[b.Link]
	if l == nil {
		return // it has been lost, and the switchboard is about to be told
	}
	actor, _ := b.Actor.Actor()
	s := &Session{n: n, key: directory.SessionKey{ID: b.Session}, over: b.Link, local: n.Mint.Address(actor), remote: b.Remote}
	if !b.Own {
		s.key.Opener = b.Link
	}
	s.goesOver(l)
	l.sessions.add(s)
	l.connection = s
	n.connections[b.Link] = s
}

// unbind forgets it.
func (n *Node) unbind(link directory.Party) {
	if s := n.connections[link]; s != nil {
		delete(n.connections, link)
		n.forget(s)
	}
}

// part closes the link of a connection.
func (n *Node) part(p directory.Part) {
	if l := n.links[p.Link]; l != nil {
		l.Close(errors.New(p.Reason))
	}
}
