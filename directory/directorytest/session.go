package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
)

// A session is what its two ends are of. It outlives them, so that what comes
// late is seen to be of it.
type session struct {
	id           directory.SessionID
	subscriber   *life
	subscription directory.ID
	name         directory.Name
	scope        directory.Scope
	publication  directory.Publication
	ends         [2]*sessionEnd // the subscriber's, the publisher's; nil: never made
}

// A sessionEnd is one end, with its gate.
type sessionEnd struct {
	*session
	life  *life
	key   directory.SessionKey
	link  *end        // nil: not yet, or inside the process
	other *sessionEnd // inside the process

	began, over bool // its actor was told
	released    bool
	silent      bool // no more may be sent
	held        []*letter
	sent        int
	taken       int
	heardClosed bool // nothing more comes from the publisher
}

// A letter is a message in a session: the nth of its sender.
type letter struct {
	from *sessionEnd
	n    int
}

// A want is what a subscriber has a session for.
type want struct {
	subscription directory.ID
	name         directory.Name
}

// post sends the next message of an end to the other.
func (s *sessionEnd) post() bool {
	if s.silent || s.over || !s.began {
		return false
	}
	s.sent++
	m := &letter{s, s.sent}
	switch {
	case s.other != nil:
		s.other.take(m)
	case s.link == nil:
		return false
	case !s.link.cut:
		s.link.far.in = append(s.link.far.in, frame{data: m})
	}
	return true
}

// deliver takes a message that came over a link to the session it is in: the one
// that was opened by this process or by the other, with the number that it has.
func (e *end) deliver(m *letter) {
	key := directory.SessionKey{ID: m.from.id}
	if m.from.key.Opener == 0 {
		key.Opener = e.party
	}
	if s := e.life.sessions[key]; s != nil && s.link == e {
		s.take(m)
	} // else it is given back
}

// take lets a message in, or holds it while the gate is shut (R11).
func (s *sessionEnd) take(m *letter) {
	switch {
	case m.from.session != s.session:
		s.life.w.fault("R11", "%s takes in %v what was sent in %v", s.life.site.name, s.session, m.from.session)
	case s.over || s.released: // it is given back
	case !s.began:
		s.held = append(s.held, m)
	default:
		s.taken++
		s.life.w.taken++
		if m.n != s.taken {
			s.life.w.fault("R11", "%s takes the message %d of %v, the next one is %d", s.life.site.name, m.n, s.session, s.taken)
		}
	}
}

// open lets in what was held, once the actor was told of the session.
func (s *sessionEnd) open() {
	s.began = true
	held := s.held
	s.held = nil
	for _, m := range held {
		s.take(m)
	}
}

func (l *life) connect(c directory.Connect) {
	key := directory.SessionKey{ID: c.Open.Session}
	s := &sessionEnd{life: l, key: key, session: &session{
		id: c.Open.Session, subscriber: l, name: c.Publication.Name, scope: c.Open.Scope, publication: c.Publication,
	}}
	s.ends[0] = s
	l.given[c.Open.Session] = s.session
	if l.sessions[key] != nil {
		l.w.fault("R7", "%s: %v, and there is such an end", l.site.name, c)
	}
	l.sessions[key] = s
	process := c.Publication.ID.Origin
	if process == l.id {
		l.do(l.acceptor.Step(directory.Self, directory.Opening{Open: c.Open, Reach: directory.Process}))
		return
	}
	if e := l.routeTo(process); e != nil {
		s.openOver(e, c)
		return
	}
	l.awaitLink(c)
}

func (s *sessionEnd) openOver(e *end, c directory.Connect) {
	s.link = e
	e.say(c.Open)
}

func (l *life) prepare(p directory.Prepare) {
	if l.sessions[p.Key] != nil {
		l.w.fault("R7", "%s: %v, and there is such an end", l.site.name, p)
	}
	s := &sessionEnd{life: l, key: p.Key}
	if p.Key.Opener == directory.Self {
		s.other = l.sessions[directory.SessionKey{ID: p.Key.ID}]
		if s.other == nil {
			l.w.fault("R7", "%s: %v, and there is no other end", l.site.name, p)
			return
		}
		s.other.other = s
		s.session = s.other.session
	} else {
		s.link = l.end(p.Key.Opener)
		if s.link == nil {
			l.w.fault("R7", "%s: %v, and there is no such link", l.site.name, p)
			return
		}
		s.session = s.link.opened(p.Key.ID)
	}
	s.ends[1] = s
	l.sessions[p.Key] = s
}

// opened returns the session that the other end of the link opened with that number.
func (e *end) opened(id directory.SessionID) *session {
	return e.far.life.given[id]
}

func (l *life) say(e directory.Say) {
	if e.Key.ID != e.Message.ID() {
		l.w.fault("R7", "%s: %v names another session", l.site.name, e)
	}
	s := l.sessions[e.Key]
	if _, ends := e.Message.(directory.Close); ends && s != nil {
		s.silent = true
	}
	switch {
	case e.Key.Opener == directory.Self:
		if own := l.sessions[directory.SessionKey{ID: e.Key.ID}]; own != nil {
			own.answered(e.Message)
		}
		l.do(l.resolver.Step(directory.Self, e.Message))
	case e.Key.Opener != 0:
		if link := l.end(e.Key.Opener); link != nil {
			link.say(e.Message)
		}
	case s == nil:
		l.w.fault("R7", "%s: %v, and there is no such end", l.site.name, e)
	case s.link != nil:
		s.link.say(e.Message)
	case s.other != nil:
		l.do(l.acceptor.Step(directory.Self, e.Message))
	}
}

// answered notes what the publisher's side says.
func (s *sessionEnd) answered(m directory.Message) {
	if _, ok := m.(directory.Closed); ok {
		s.heardClosed = true
	}
}

// release forgets an end of a session.
func (l *life) release(key directory.SessionKey) {
	s := l.sessions[key]
	if s == nil {
		l.w.fault("R7", "%s: %v is released, and there is no such end", l.site.name, key)
		return
	}
	s.silent, s.released = true, true
	delete(l.sessions, key)
}

// openedOver returns the sessions that this process opened over a link, in order.
func (l *life) openedOver(e *end) []directory.SessionID {
	var ids []directory.SessionID
	for key, s := range l.sessions {
		if s.link == e && key.Opener == 0 {
			ids = append(ids, key.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// using returns the sessions that live on a link.
func (l *life) using(e *end) []*sessionEnd {
	var list []*sessionEnd
	for _, s := range l.sessions {
		if s.link == e {
			list = append(list, s)
		}
	}
	return list
}
