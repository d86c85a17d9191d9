package main

import (
	"fmt"
	"slices"
	"strings"
)

// A difference is what is not yet as it must be at rest, with the actors whose
// last events tell more.
type difference = violation

// A rest compares what all actors were told with what the oracle says.
type rest struct {
	*history
	where  func(process string) *place
	gentle bool
	oracle *oracle
	found  []*difference
}

// differences returns what must still happen before all is at rest. It is empty
// if nothing must. After a gentle time, in which no link was lost and no process
// killed, every message must have come or have been given back, also in sessions
// that are over.
func (h *history) differences(where func(process string) *place, gentle bool) []*difference {
	r := &rest{history: h, where: where, gentle: gentle, oracle: newOracle(h, where)}
	for _, a := range h.actors {
		for _, s := range a.sessions {
			r.pair(s)
		}
		if a.ended {
			continue
		}
		if !a.quiet {
			r.differ(a.label, nil, "it does not say that it is quiet")
		}
		r.registrations(a.label, a.names)
		r.registrations(a.label, a.patterns)
	}
	names := r.oracle.names()
	for _, s := range r.oracle.subscriptions {
		for name := range names {
			if s.names.MatchString(name) {
				r.subscription(s, name)
			}
		}
	}
	for _, p := range r.oracle.publications {
		r.publication(p)
	}
	slices.SortFunc(r.found, func(a, b *difference) int { return strings.Compare(a.what, b.what) })
	return r.found
}

func (r *rest) differ(label string, s *session, format string, args ...any) {
	d := &difference{what: label + ": " + fmt.Sprintf(format, args...), ends: []string{label}}
	if s != nil {
		d.what += "\n    " + s.String()
		if peer := r.peer(s); peer != nil {
			d.what += "\n    " + peer.String()
			d.ends = append(d.ends, peer.of.label)
		}
	}
	r.found = append(r.found, d)
}

// peer returns the other end of a session, as far as messages have told; nil if
// it is not known, or forgotten.
func (h *history) peer(s *session) *session {
	if p := h.tickets[s.ticket()]; p != nil {
		return p
	}
	if s.other == "" {
		return nil
	}
	a := h.actors[labelOf(s.other)]
	if a == nil {
		return nil
	}
	for _, p := range a.sessions {
		if p.ticket() == s.other {
			return p
		}
	}
	return nil
}

func (r *rest) registrations(label string, all map[string]*registration) {
	for word, g := range all {
		if g.wanted != g.known || g.known && g.reach != g.scope {
			r.differ(label, nil, "R4: %q is registered: %v, it was told: %v", word, g.wanted, g.known)
		}
	}
}

// pair compares the two ends of a session.
func (r *rest) pair(s *session) {
	label := s.of.label
	p := r.peer(s)
	switch {
	case p == nil && s.over: // it may have ended before the other end was told
		r.whole(s)
		return
	case p == nil:
		r.differ(label, s, "R15: the other end of a session says nothing")
		return
	case p.publisher == s.publisher || p.name != s.name || p.scope != s.scope:
		r.differ(label, s, "R11: two ends that do not belong together")
		return
	case p.other != "" && p.other != s.ticket() || s.other != "" && s.other != p.ticket():
		r.differ(label, s, "R11: an end with two others")
		return
	case !r.common(s, p):
		r.differ(label, s, "R1: a session beyond the scope of %v and %v", s.reach, p.reach)
	case !s.over && p.over:
		r.differ(label, s, "R15: a session lives at one end only")
	}
	for n := range p.lost {
		if n < s.got && !s.skipped[n] {
			r.differ(label, s, "R11: message %d was taken, and was given back", n)
		}
	}
	for n := range s.skipped {
		if !p.lost[n] {
			r.differ(label, s, "R11: message %d is missing, and was not given back", n)
		}
	}
	if s.got > p.sent {
		r.differ(label, s, "R11: of %d messages the last is number %d", p.sent, s.got-1)
	}
	for n := s.got; n < p.sent; n++ {
		if !p.lost[n] && (!s.over && !p.over || r.gentle && !p.of.ended) {
			r.differ(label, s, "R11: message %d has not come, and was not given back", n)
			return
		}
	}
}

// whole says what is missing of the messages to an end that nobody knows.
func (r *rest) whole(s *session) {
	for n := 0; n < s.sent && r.gentle && !s.of.ended; n++ {
		if !s.lost[n] {
			r.differ(s.of.label, s, "R11: message %d was not given back", n)
			return
		}
	}
}

// common reports whether a directory of the session's scope knows both ends (R1).
func (r *rest) common(s, p *session) bool {
	for _, d := range r.where(s.of.process).path() {
		if d.scope == s.scope && d.knows(r.where(s.of.process), s.reach) && d.knows(r.where(p.of.process), p.reach) {
			return slices.Contains(r.where(p.of.process).path(), d)
		}
	}
	return false
}

// subscription compares the session for a name with what the oracle says.
func (r *rest) subscription(s *registered, name string) {
	want, scope := r.oracle.session(s, name)
	var has *session
	for _, other := range s.of.sessions {
		if !other.over && other.pattern == s.word && other.name == name && !other.publisher {
			has = other
		}
	}
	itself := s.of.names[name] != nil && s.of.names[name].wanted
	switch {
	case want == nil && has == nil:
		return
	case want == nil && itself:
		return // it may keep a session that it had
	case want == nil:
		r.differ(s.of.label, has, "R15: a session for %q that nobody offers", name)
	case has == nil:
		r.differ(s.of.label, nil, "R15: no session for %q of %q; that of %s at %v is to be had", name, s.word, want.of.label, scope)
	case itself && has.scope > scope:
		return // it keeps a session that it had: this one is no better
	case has.scope != scope:
		r.differ(s.of.label, has, "R15: a session for %q; that of %s at %v is better", name, want.of.label, scope)
	default:
		if p := r.peer(has); p == nil || p.of != want.of {
			r.differ(s.of.label, has, "R15: a session for %q; it should be with %s at %v", name, want.of.label, scope)
		}
	}
}

// publication compares what a publication was told last with who is used (R4).
func (r *rest) publication(p *registered) {
	for _, d := range p.at.path() {
		if d == p.at || !d.knows(p.at, p.scope) {
			continue
		}
		if want, has := r.oracle.stands(p, d), p.stands[d.scope]; want != has {
			r.differ(p.of.label, nil, "R4: %q stands by at %v: %v, it was told: %v", p.word, d.scope, want, has)
		}
	}
}

// prune forgets sessions that are over at both ends, and actors that have ended.
// It is called at rest, when all of them were looked at.
func (h *history) prune() {
	for label, a := range h.actors {
		for n, s := range a.sessions {
			if p := h.peer(s); s.over && (p == nil || p.over) {
				delete(a.sessions, n)
				delete(h.tickets, s.other)
				if p != nil {
					delete(p.of.sessions, p.number)
					delete(h.tickets, p.other)
				}
			}
		}
		if a.ended && len(a.sessions) == 0 {
			delete(h.actors, label)
		}
	}
}
