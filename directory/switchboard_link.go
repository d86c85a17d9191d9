package directory

import "github.com/layer-cake/layer-cake/transport"

// A connection is this process's end of one, from the time that its link is there.
//
//	LinkIn ──► expected ──Join──► talks ──► parts     HangUp, the other side's last
//	LinkOut ──► joining ──Joined──► talks             word, the end of the actor
//	                 └──NotOpened, Fired──► parts
//
// Each side says a last word, as in any session, and Heard when the other's has come. So
// nothing that is under way, or is given back, is lost with the link, also where the two
// last words cross. Lost ends it in whatever state.
type connection struct {
	link    Party
	own     bool // an actor here called
	session SessionID
	party   Party // the actor; zero: it has ended, or is not known yet
	remote  transport.Address
	call    *caller  // while it is joining
	door    *doorway // while it is expected
	state   phase
	heard   bool // the other side's last word
	known   bool // that the other side has heard ours
}

// A phase is how far a connection is.
type phase uint8

const (
	expected phase = iota
	joining
	talks
	parts
)

func (s *Switchboard) linkIn(link Party, d *doorway) {
	if d == nil {
		s.do(Part{link, noLongerOpen})
		return
	}
	s.links[link] = &connection{link: link, door: d}
	s.do(Start{timerJoin(link)})
}

// theSession is the number of the session on a link: there is but one.
const theSession = SessionID(1)

func (s *Switchboard) linkOut(link Party, call *caller) {
	if call == nil { // not wanted any more
		s.do(Part{link, notAnswered})
		return
	}
	call.link = link
	s.links[link] = &connection{link: link, own: true, session: theSession, party: call.party, call: call, state: joining}
	s.do(
		Bind{Link: link, Session: theSession, Actor: call.party, Own: true},
		Send{link, Join{theSession, call.Actor}},
	)
}

// join accepts who calls. A link has one connection in its life: who wants another
// breaks the rules, and loses the one he has.
func (s *Switchboard) join(link Party, m Join) {
	c := s.links[link]
	if c == nil || c.own || c.state != expected {
		s.do(Refuse{link, "it asks for more than the connection that the link is for"})
		return
	}
	s.do(Cancel{timerJoin(link)})
	c.session = m.Session
	if s.listeners[c.door.Listener] != c.door {
		s.do(Send{link, NotOpened{m.Session, noLongerOpen}})
		s.part(c)
		return
	}
	c.party, c.remote, c.state = c.door.party, m.Actor, talks
	s.of(c.party).links[link] = struct{}{}
	s.do(
		Bind{Link: link, Session: m.Session, Actor: c.party, Remote: m.Actor},
		Send{link, Joined{m.Session, c.door.Actor}},
		Send{c.party, Accepted{c.door.Address, m.Actor, link}},
	)
	c.door = nil
}

func (s *Switchboard) joined(c *connection, m Joined) {
	if c == nil || c.state != joining || m.Session != c.session {
		return // it was given up meanwhile
	}
	c.remote, c.state = m.Actor, talks
	s.of(c.party).links[c.link] = struct{}{}
	s.answered(c.call)
	s.do(Send{c.party, Connected{c.call.Requested, m.Actor, c.link}})
	c.call = nil
}

func (s *Switchboard) notOpened(c *connection, m NotOpened) {
	switch {
	case c == nil || !c.own || m.Session != c.session:
	case c.state == joining:
		s.notConnected(c.call, m.Reason)
		s.do(Unbind{c.link})
		s.parted(c, partedWell)
	case c.state == parts:
		s.parted(c, partedWell)
	}
}

// lastWord hears the other side's. Own says that it is about a session of ours.
func (s *Switchboard) lastWord(c *connection, own bool, id SessionID, reason string) {
	if c == nil || c.own != own || c.session != id || c.heard || c.state == expected {
		return
	}
	if c.state != parts {
		s.end(c, hungUpThere, reason)
	}
	c.heard = true
	s.do(Send{c.link, Heard{id}})
	s.partIfDone(c)
}

// partIfDone closes the link if neither side owes the other anything.
func (s *Switchboard) partIfDone(c *connection) {
	if c.heard && c.known {
		s.parted(c, partedWell)
	}
}

// end says this side's last word, and tells the actor, if it lives, why.
func (s *Switchboard) end(c *connection, said, told string) {
	if c.own {
		s.do(Send{c.link, Close{c.session, said}})
	} else {
		s.do(Send{c.link, Closed{c.session, said}})
	}
	s.tell(c, told)
	s.do(Unbind{c.link})
	s.part(c)
}

// tell tells the actor of the end. An actor that has ended is told nothing.
func (s *Switchboard) tell(c *connection, reason string) {
	switch {
	case c.state == joining && c.party != 0:
		s.notConnected(c.call, reason)
	case c.state == joining:
		s.answered(c.call)
	case c.state == talks && c.party != 0:
		s.do(Send{c.party, HungUp{c.remote, c.link, reason}})
	}
	if p := s.actors[c.party]; p != nil {
		delete(p.links, c.link)
	}
	s.tidy(c.party)
	c.call = nil
}

// part waits for the other side, which has a while.
func (s *Switchboard) part(c *connection) {
	c.state, c.party, c.door = parts, 0, nil
	s.do(Start{timerPart(c.link)})
}

// parted is the end of the link, when both sides have said all or one took too long.
func (s *Switchboard) parted(c *connection, reason string) {
	if c.state == parts {
		s.do(Cancel{timerPart(c.link)})
	}
	delete(s.links, c.link)
	s.do(Part{c.link, reason})
}

func (s *Switchboard) lost(c *connection, reason string) {
	if c == nil {
		return
	}
	delete(s.links, c.link)
	switch c.state {
	case expected:
		s.do(Cancel{timerJoin(c.link)})
	case parts:
		s.do(Cancel{timerPart(c.link)})
	default:
		s.tell(c, reason)
		s.do(Unbind{c.link})
	}
}

func timerJoin(link Party) Timer { return Timer{Kind: TimerJoin, ID: uint64(link)} }
func timerPart(link Party) Timer { return Timer{Kind: TimerPart, ID: uint64(link)} }
