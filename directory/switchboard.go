package directory

import (
	"fmt"
	"maps"
	"slices"

	"github.com/layer-cake/layer-cake/transport"
)

// A Switchboard is the machine of a process that decides on connections: those that its
// actors call for, and those of others who call its actors. Which listener a link came
// in at says whom it is for, and no other link brings anybody there (R16).
//
// It must be told Listen, Unlisten, Call, HangUp and Gone of the actors; LinkIn, LinkOut,
// Join, Joined, NotOpened, Close, Closed, Heard and Lost of links; Unreached, ListenerLost, and
// Fired of its own timers.
type Switchboard struct {
	listeners map[ListenerID]*doorway
	calls     map[CallID]*caller // that have not been answered
	links     map[Party]*connection
	actors    map[Party]*plugs
	last      CallID
	most      int // calls at once
	effects   []Effect
}

// A doorway is a listener of an actor.
type doorway struct {
	Listen
	party Party
}

// A caller is an actor that waits for a connection.
type caller struct {
	Call
	id    CallID
	party Party
	link  Party // zero: it is being made
}

// plugs are what an actor has at the switchboard.
type plugs struct {
	listeners map[ListenerID]struct{}
	calls     map[CallID]struct{}
	links     map[Party]struct{}
}

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

// The words that people read.
const (
	hungUpHere   = "this actor has closed the connection"
	hungUpThere  = "the other actor has closed the connection"
	actorEnded   = "the other actor has ended"
	noLongerOpen = "nobody listens there any more"
	notAnswered  = "no answer in time"
	partedWell   = "the connection is over"
)

// NewSwitchboard returns a switchboard without connections.
func NewSwitchboard() *Switchboard {
	return &Switchboard{
		listeners: map[ListenerID]*doorway{},
		calls:     map[CallID]*caller{},
		links:     map[Party]*connection{},
		actors:    map[Party]*plugs{},
		most:      MaxCalls,
	}
}

// Step tells the switchboard that from said m, and returns what must now be done, in
// order.
func (s *Switchboard) Step(from Party, m Message) []Effect {
	switch m := m.(type) {
	case Listen:
		s.listen(from, m)
	case Unlisten:
		s.unlisten(s.listeners[m.Listener])
	case ListenerLost:
		s.listenerLost(s.listeners[m.Listener], m.Reason)
	case Call:
		s.call(from, m)
	case HangUp:
		if c := s.links[m.Link]; c != nil && c.party == from && c.state == talks {
			s.end(c, hungUpThere, hungUpHere)
		}
	case Gone:
		s.gone(from)
	case LinkIn:
		s.linkIn(from, s.listeners[m.Listener])
	case LinkOut:
		s.linkOut(from, s.calls[m.Call])
	case Unreached:
		if c := s.calls[m.Call]; c != nil {
			s.notConnected(c, m.Reason)
		}
	case Join:
		s.join(from, m)
	case Joined:
		s.joined(s.links[from], m)
	case NotOpened:
		s.notOpened(s.links[from], m)
	case Close:
		s.lastWord(s.links[from], false, m.Session, m.Reason)
	case Closed:
		s.lastWord(s.links[from], true, m.Session, m.Reason)
	case Heard:
		if c := s.links[from]; c != nil && c.state == parts && m.Session == c.session {
			c.known = true
			s.partIfDone(c)
		}
	case Lost:
		s.lost(s.links[from], m.Reason)
	case Fired:
		s.fired(m.Timer)
	}
	effects := s.effects
	s.effects = nil
	return effects
}

// Calls is how many connections are being made.
func (s *Switchboard) Calls() int { return len(s.calls) }

func (s *Switchboard) do(e ...Effect) { s.effects = append(s.effects, e...) }

// of returns what an actor has, to be added to.
func (s *Switchboard) of(actor Party) *plugs {
	p := s.actors[actor]
	if p == nil {
		p = &plugs{map[ListenerID]struct{}{}, map[CallID]struct{}{}, map[Party]struct{}{}}
		s.actors[actor] = p
	}
	return p
}

// tidy forgets an actor that has nothing any more.
func (s *Switchboard) tidy(actor Party) {
	if p := s.actors[actor]; p != nil && len(p.listeners)+len(p.calls)+len(p.links) == 0 {
		delete(s.actors, actor)
	}
}

func (s *Switchboard) listen(from Party, m Listen) {
	s.listeners[m.Listener] = &doorway{m, from}
	s.of(from).listeners[m.Listener] = struct{}{}
	s.do(Send{from, Listening{m.Listener, m.Requested, m.Address}})
}

// unlisten forgets a listener. Connections that came in there live on.
func (s *Switchboard) unlisten(d *doorway) {
	if d == nil {
		return
	}
	delete(s.listeners, d.Listener)
	if p := s.actors[d.party]; p != nil {
		delete(p.listeners, d.Listener)
	}
	s.tidy(d.party)
}

func (s *Switchboard) listenerLost(d *doorway, reason string) {
	if d != nil {
		s.unlisten(d)
		s.do(Send{d.party, NotListening{d.Listener, d.Requested, reason}})
	}
}

func (s *Switchboard) call(from Party, m Call) {
	if len(s.calls) >= s.most {
		s.do(Send{from, NotConnected{m.Requested, fmt.Sprintf("overloaded: %d connections are being made already, no more are allowed", s.most)}})
		return
	}
	s.last++
	s.calls[s.last] = &caller{Call: m, id: s.last, party: from}
	s.of(from).calls[s.last] = struct{}{}
	s.do(Start{Timer{Kind: TimerCall, ID: uint64(s.last)}}, Ring{s.last, m.Address})
}

// answered forgets a call.
func (s *Switchboard) answered(c *caller) {
	delete(s.calls, c.id)
	if p := s.actors[c.party]; p != nil {
		delete(p.calls, c.id)
	}
	s.do(Cancel{Timer{Kind: TimerCall, ID: uint64(c.id)}})
}

func (s *Switchboard) notConnected(c *caller, reason string) {
	s.answered(c)
	s.tidy(c.party)
	s.do(Send{c.party, NotConnected{c.Requested, reason}})
}

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

// gone ends all that an actor had, and tells it nothing more (R12).
func (s *Switchboard) gone(actor Party) {
	p := s.actors[actor]
	if p == nil {
		return
	}
	delete(s.actors, actor)
	for id := range p.listeners {
		delete(s.listeners, id)
	}
	for _, id := range slices.Sorted(maps.Keys(p.calls)) {
		call := s.calls[id]
		if c := s.links[call.link]; c != nil {
			c.party = 0
			s.end(c, actorEnded, "")
			continue
		}
		s.answered(call)
	}
	for _, link := range slices.Sorted(maps.Keys(p.links)) {
		c := s.links[link]
		c.party = 0
		s.end(c, actorEnded, "")
	}
}

// fired gives up what took too long.
func (s *Switchboard) fired(t Timer) {
	link := Party(t.ID)
	switch t.Kind {
	case TimerCall:
		call := s.calls[CallID(t.ID)]
		switch {
		case call == nil:
		case call.link == 0:
			s.notConnected(call, notAnswered)
		default:
			s.end(s.links[call.link], "it was answered too late", notAnswered)
		}
	case TimerJoin:
		if c := s.links[link]; c != nil && c.state == expected {
			s.parted(c, "no connection was asked for in time")
		}
	case TimerPart:
		if c := s.links[link]; c != nil && c.state == parts {
			s.parted(c, "no last word in time")
		}
	}
}

func timerJoin(link Party) Timer { return Timer{Kind: TimerJoin, ID: uint64(link)} }
func timerPart(link Party) Timer { return Timer{Kind: TimerPart, ID: uint64(link)} }
