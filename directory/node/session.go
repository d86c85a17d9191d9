package node

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// maxHeld is how many messages wait at an end whose gate is still shut.
const maxHeld = 1024

// A Session is one end of a session, in the process of its actor. The gate keeps
// R11: nothing is taken before the actor was told of the session, and nothing
// after it was told of the end.
//
//	shut ──begin──▶ open ──end──▶ ended
//	  └─────────────end─────────────▲
type Session struct {
	n        *Node
	key      directory.SessionKey
	over     directory.Party // of a connection: its link; else zero
	local    transport.Address
	remote   transport.Address
	silent   atomic.Bool // no more may be sent
	released atomic.Bool // it is not among the link's ends any more
	out      outflow
	in       inflow

	mu   sync.Mutex
	gate gate       // guarded by mu
	held []Delivery // guarded by mu; came before the gate was opened

	// Set by who runs the node alone, under mu once others know the session:
	// who runs it reads them as they are, others under mu.
	link  *link    // nil: not yet, or inside the process
	other *Session // the other end, inside the process; nil: not yet, or elsewhere

	room room // guarded by mu; opens when the gate does, or is shut for good

	opening opening // the node's
}

type gate uint8

const (
	gateShut gate = iota
	gateOpen
	gateEnded
)

// Local is the actor of this end.
func (s *Session) Local() transport.Address { return s.local }

// Remote is the actor of the other end.
func (s *Session) Remote() transport.Address { return s.remote }

// LinkLost reports whether the link that the session used is lost.
func (s *Session) LinkLost() bool {
	s.mu.Lock()
	l := s.link
	s.mu.Unlock()
	return l != nil && l.lost.Load()
}

// Send sends a message to the other end, in the session. From is its sender,
// usually Local. The error is transport.ErrEnded after the session ended,
// ErrOverloaded, or the codec's.
func (s *Session) Send(from transport.Address, message any) error {
	if s.silent.Load() {
		return transport.ErrEnded
	}
	s.mu.Lock()
	link, other := s.link, s.other
	s.mu.Unlock()
	switch {
	case other != nil:
		return other.take(from, message, Due{}, nil)
	case link != nil:
		return link.sendData(s, from, message)
	}
	return transport.ErrEnded
}

// Room returns a channel that is closed when it is worth sending again after
// transport.ErrOverloaded. It is nil if the other end is inside the process and its
// gate is open: it was the mailbox that was full.
func (s *Session) Room() <-chan struct{} {
	s.mu.Lock()
	link, other := s.link, s.other
	s.mu.Unlock()
	switch {
	case other != nil:
		return other.gateRoom()
	case link != nil:
		return s.out.roomy()
	}
	return closed()
}

func (s *Session) gateRoom() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gate != gateShut {
		return nil
	}
	return s.room.wait()
}

// take lets a message in, or holds it while the gate is shut. What came from another
// process its window bounds.
func (s *Session) take(from transport.Address, message any, due Due, wakers *[]Waker) error {
	d := Delivery{To: s.local, From: from, Message: message, Due: due}
	if from == s.remote {
		d.Session = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.gate == gateOpen:
		d.Wakers = wakers
		return s.n.Actors.Deliver(d)
	case s.gate == gateEnded:
		return transport.ErrEnded
	case len(s.held) >= maxHeld && due.IsZero():
		return transport.ErrOverloaded
	}
	s.held = append(s.held, d)
	return nil
}

// begin tells the actor of the session and opens the gate.
func (n *Node) begin(key directory.SessionKey, fact directory.Message) {
	n.beginIn(n.sessions[key], fact)
}

func (n *Node) beginIn(s *Session, fact directory.Message) {
	if s == nil {
		return
	}
	s.mu.Lock()
	n.Actors.Tell(s.local.Actor, fact, s)
	var refused []Delivery
	for _, d := range s.held {
		if n.Actors.Deliver(d) != nil {
			refused = append(refused, d)
		}
	}
	s.gate, s.held = gateOpen, nil
	s.room.open()
	s.mu.Unlock()
	n.opened(s)
	n.giveBack(s, refused, "the mailbox is full, or the actor has ended")
}

// end tells the actor of the end and shuts the gate for good. The fact is nil
// for a session that was never begun.
func (n *Node) end(key directory.SessionKey, fact directory.Message) {
	n.endIn(n.sessions[key], fact)
}

func (n *Node) endIn(s *Session, fact directory.Message) {
	if s == nil {
		return
	}
	s.silent.Store(true)
	s.mu.Lock()
	held, ended := s.held, s.gate == gateEnded
	s.gate, s.held = gateEnded, nil
	s.room.open()
	if fact != nil && !ended {
		n.Actors.Tell(s.local.Actor, fact, s)
	}
	s.mu.Unlock()
	n.giveBack(s, held, "the session has ended")
}

// giveBack tells the other end of messages that it sent and that were not taken.
func (n *Node) giveBack(s *Session, list []Delivery, reason string) {
	for _, d := range list {
		d.Due.Settle()
		if s.link != nil {
			n.counts.undelivered.Add(1)
			s.link.giveBack(d.From, d.To, reason, d.Message)
		} else {
			n.Actors.Undelivered(Undelivered{d.From, d.To, d.Message, reason})
		}
	}
}

// connect makes the subscriber's end of a session and says Open to the
// publisher's process, over the link there is or one that is dialled now.
func (n *Node) connect(c directory.Connect) {
	key := directory.SessionKey{ID: c.Open.Session}
	s := &Session{n: n, key: key, local: c.Open.Subscriber, remote: c.Publication.Actor}
	n.sessions[key] = s
	process := c.Publication.ID.Origin
	if process == n.self {
		n.do(n.acceptor.Step(directory.Self, directory.Opening{Open: c.Open, Reach: directory.Process}))
		return
	}
	if l := n.routes.opens(process, c.Publication.Scope); l != nil {
		n.openOver(l, s, c)
		return
	}
	n.awaitLink(c)
}

func (n *Node) openOver(l *link, s *Session, c directory.Connect) {
	s.goesOver(l)
	l.sessions.add(s)
	n.sayOpen(l, s, c)
}

// goesOver binds a session to a link, before anybody sends in it.
func (s *Session) goesOver(l *link) {
	side := wire.ToSubscriber
	if s.key.Opener != 0 {
		side = wire.ToPublisher
	}
	s.out.open(wire.SessionWindow)
	s.in.link, s.in.side, s.in.session = l, side, uint64(s.key.ID)
	s.mu.Lock()
	s.link = l
	s.mu.Unlock()
}

// prepare makes the publisher's end of a session.
func (n *Node) prepare(p directory.Prepare) {
	actor, _ := p.Publisher.Actor()
	s := &Session{n: n, key: p.Key, local: n.Mint.Address(actor), remote: p.Subscriber}
	if p.Key.Opener == directory.Self {
		s.other = n.sessions[directory.SessionKey{ID: p.Key.ID}]
		if s.other != nil {
			s.other.mu.Lock()
			s.other.other = s
			s.other.mu.Unlock()
		}
	} else if l := n.links[p.Key.Opener]; l != nil {
		s.goesOver(l)
		l.sessions.add(s)
	}
	n.sessions[p.Key] = s
}

// say passes what one machine says about a session to the other: of this
// process, or over the session's link.
func (n *Node) say(e directory.Say) {
	if _, ends := e.Message.(directory.Close); ends {
		if s := n.sessions[e.Key]; s != nil {
			s.silent.Store(true)
		}
	}
	switch {
	case e.Key.Opener == directory.Self: // the acceptor, to our own resolver
		n.do(n.resolver.Step(directory.Self, e.Message))
	case e.Key.Opener != 0: // the acceptor, to a subscriber's process
		if l := n.links[e.Key.Opener]; l != nil {
			l.say(e.Message)
		}
	default: // the resolver, to a publisher's process
		s := n.sessions[e.Key]
		if s == nil {
			return
		}
		switch {
		case s.link != nil:
			s.link.say(e.Message)
		case s.other != nil:
			n.do(n.acceptor.Step(directory.Self, e.Message))
		}
	}
}

// release forgets an end of a session.
func (n *Node) release(key directory.SessionKey) {
	s := n.sessions[key]
	if s == nil {
		return
	}
	delete(n.sessions, key)
	n.forget(s)
}

// forget is the end of an end of a session.
func (n *Node) forget(s *Session) {
	n.endIn(s, nil)
	n.opened(s)
	if s.link != nil {
		s.out.abandon(s.link)
		s.link.sessions.remove(s)
		n.retire(s.link)
	}
}

// retire closes a second link to a process (R14) once it has had no session for
// a while: until then the other end may still use it. Who dialled it closes it.
func (n *Node) retire(l *link) {
	if n.spare(l) && !l.retiring {
		l.retiring = true
		n.after(retireTime, func() {
			l.retiring = false
			if n.spare(l) {
				l.Close(errSecond)
			}
		})
	}
}

// spare reports whether nobody needs l.
func (n *Node) spare(l *link) bool {
	return l.relation == toPeer && l.Dialled() && l.sessions.empty() && n.routes.to(l.process()) != l
}

// retireTime is how long a second link is kept: longer than an attempt lives.
const retireTime = 2 * openTime

var errSecond = errors.New("another link to this process stays")
