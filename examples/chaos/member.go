package main

import (
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A say is what actors say to each other in a session.
type say struct {
	From string // the sender's end, see ticket
	N    int    // from 0, in that direction
}

var types = actor.Types{actor.Type[say]("chaos.say")}

// An order is what the driver tells an actor to do.
type order struct {
	verb  string
	word  string // name or pattern
	scope actor.Scope
}

// Verbs of the driver's that are no verbs of package actor.
const (
	burst  = "burst"  // say much at once
	finish = "finish" // end your life
	hush   = "hush"   // say nothing
	speak  = "speak"  // go on
)

// much is what an actor says in each session in a burst.
const much = 30

// pause is how long an actor waits before it says something more in each session.
const pause = 250 * time.Millisecond

type tick struct{}

// A member is an actor that does as it is told, talks in all of its sessions, and
// writes down everything.
type member struct {
	*actor.Self
	label string
	quiet bool // from the start
	log   *log

	seq   int
	talks map[actor.Address]*talk // also those that are over: what comes late is seen
	live  []*talk
}

// A talk is a session as one end sees it.
type talk struct {
	number int
	at     actor.Address // bound to it
	said   int
}

func (m member) run(self *actor.Self) any {
	m.Self, m.talks = self, make(map[actor.Address]*talk)
	m.note(event{What: began, Remote: self.Address().String()})
	if m.quiet {
		m.note(event{What: hushed})
	}
	m.After(pause, tick{})
	for message := range self.Messages() {
		if o, ok := message.(order); ok && o.verb == finish {
			break
		}
		m.take(message)
	}
	m.note(event{What: ended})
	return nil
}

func (m *member) note(e event) {
	m.seq++
	e.Actor, e.Seq = m.label, m.seq
	m.log.note(e)
}

func (m *member) take(message any) {
	switch x := message.(type) {
	case order:
		m.obey(x)
	case tick:
		if !m.quiet {
			for _, t := range m.live {
				m.say(t)
			}
		}
		m.After(pause, tick{})
	case say:
		t := m.talks[m.Sender()]
		if t == nil {
			t = &talk{} // of no session
		}
		m.note(event{What: got, Session: t.number, From: x.From, N: x.N, Remote: m.Sender().String()})
	case actor.Published:
		m.note(event{What: published, Name: x.Name, Scope: x.Scope})
	case actor.Unpublished:
		m.note(event{What: unpublished, Name: x.Name})
	case actor.Standby:
		m.note(event{What: standby, Name: x.Name, Scope: x.Scope})
	case actor.Promoted:
		m.note(event{What: promoted, Name: x.Name, Scope: x.Scope})
	case actor.Subscribed:
		m.note(event{What: subscribed, Pattern: x.Pattern, Scope: x.Scope})
	case actor.Unsubscribed:
		m.note(event{What: unsubscribed, Pattern: x.Pattern})
	case actor.Delivered:
		m.begin(event{What: delivered, Name: x.Name, Scope: x.Scope}, x.Subscriber)
	case actor.Available:
		m.begin(event{What: available, Name: x.Name, Pattern: x.Pattern, Scope: x.Scope}, x.Publisher)
	case actor.Dropped:
		m.drop(x)
	case actor.Undelivered:
		s, ok := x.Message.(say)
		if !ok {
			m.note(event{What: broken, Reason: fmt.Sprintf("%T came back: %s", x.Message, x.Reason)})
			return
		}
		m.note(event{What: undelivered, From: s.From, N: s.N, Reason: x.Reason})
	default:
		m.note(event{What: broken, Reason: fmt.Sprintf("a %T came", message)})
	}
}

func (m *member) obey(o order) {
	at := time.Now().UnixNano()
	verb := event{What: o.verb, At: at}
	var err error
	switch o.verb {
	case publish:
		verb.Name, verb.Scope = o.word, o.scope
		err = m.Publish(o.word, o.scope)
	case unpublish:
		verb.Name = o.word
		m.Unpublish(o.word)
	case subscribe:
		verb.Pattern, verb.Scope = o.word, o.scope
		err = m.Subscribe(o.word, o.scope)
	case unsubscribe:
		verb.Pattern = o.word
		m.Unsubscribe(o.word)
	case burst:
		for range much {
			for _, t := range m.live {
				m.say(t)
			}
		}
		return
	case hush:
		m.quiet, verb.What = true, hushed
	case speak:
		m.quiet = false
		return
	}
	if err != nil {
		verb.Reason = err.Error()
	}
	m.note(verb)
}

// begin takes note of a session and says the first word in it, which tells the
// other end who is here.
func (m *member) begin(e event, remote actor.Address) {
	t := &talk{number: len(m.talks) + 1, at: remote}
	if m.talks[remote] != nil {
		m.note(event{What: broken, Name: e.Name, Reason: fmt.Sprintf("a second %s of session %d", e.What, m.talks[remote].number)})
		return
	}
	m.talks[remote] = t
	m.live = append(m.live, t)
	e.Session, e.Remote = t.number, remote.String()
	m.note(e)
	m.say(t)
}

func (m *member) say(t *talk) {
	n := t.said
	t.said++
	m.note(event{What: sent, Session: t.number, N: n})
	if err := m.Send(t.at, say{ticket(m.label, t.number), n}); err != nil {
		m.note(event{What: refused, Session: t.number, N: n, Reason: err.Error()})
	}
}

// drop takes note of the end of a session, and tries to go on talking in it.
func (m *member) drop(x actor.Dropped) {
	t := m.talks[x.Remote]
	if t == nil {
		t = &talk{} // of no session
	}
	m.note(event{What: dropped, Name: x.Name, Pattern: x.Pattern, Scope: x.Scope,
		Session: t.number, Remote: x.Remote.String(), Reason: x.Reason})
	for i, other := range m.live {
		if other == t {
			m.live = append(m.live[:i], m.live[i+1:]...)
			break
		}
	}
	if t.number != 0 && m.Send(t.at, say{ticket(m.label, t.number), t.said}) == nil {
		m.note(event{What: leaked, Session: t.number, N: t.said})
	}
}
