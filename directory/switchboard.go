package directory

import (
	"fmt"
	"maps"
	"slices"
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
