package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// A session is one end of one.
type session struct {
	of        *told
	number    int
	publisher bool // of is
	name      string
	pattern   string      // empty at the publisher
	scope     actor.Scope // of the directory that matched
	reach     actor.Scope // of its registration
	over      bool
	reason    string

	sent    int          // messages
	lost    map[int]bool // those of them that were refused, or came back
	other   string       // the ticket of the other end
	got     int          // the number of the message that is expected next
	skipped map[int]bool // numbers before it that did not come
}

func (s *session) ticket() string { return ticket(s.of.label, s.number) }

func (s *session) String() string {
	side := fmt.Sprintf("subscribed to %q, has %q", s.pattern, s.name)
	if s.publisher {
		side = fmt.Sprintf("publishes %q", s.name)
	}
	state := "live"
	if s.over {
		state = fmt.Sprintf("over (%s)", s.reason)
	}
	return fmt.Sprintf("%s: %s at %v with %s, %s, sent %d, got %d", s.ticket(), side, s.scope, s.other, state, s.sent, s.got)
}

func (h *history) begin(a *told, e event) error {
	all, word := a.of(e)
	r := all[word]
	s := &session{of: a, number: e.Session, publisher: e.What == delivered, name: e.Name, pattern: e.Pattern, scope: e.Scope,
		lost: make(map[int]bool), skipped: make(map[int]bool)}
	switch {
	case r == nil || !r.known:
		return broke("R11: %s for %q, which it has not registered", e.What, word)
	case !s.publisher && !r.names.MatchString(e.Name):
		return broke("R2: %s of %q for the pattern %q", e.What, e.Name, e.Pattern)
	case e.Session != a.last+1:
		return broke("R11: session %d begins after session %d", e.Session, a.last)
	}
	for _, other := range a.sessions {
		if !other.over && !s.publisher && other.pattern == s.pattern && other.name == s.name {
			return broke("R11: a second session for %q while session %d is not Dropped", e.Name, other.number)
		}
	}
	s.reach = r.reach
	a.last = e.Session
	a.sessions[e.Session] = s
	h.begun++
	return nil
}

func (h *history) drop(a *told, e event) error {
	s := a.sessions[e.Session]
	switch {
	case s == nil || s.over:
		return broke("R11: Dropped for no session that there is")
	case s.name != e.Name || s.pattern != e.Pattern || s.scope != e.Scope:
		return broke("R11: Dropped of another name or scope than %v", s)
	}
	s.over, s.reason = true, e.Reason
	h.over++
	if strings.HasPrefix(e.Reason, "link lost") {
		h.cuts++
	}
	return nil
}

// message takes note of one that an actor sends in a session or takes from it.
func (h *history) message(a *told, e event) error {
	s := a.sessions[e.Session]
	if s == nil {
		return broke("R11: a message of no session that there is")
	}
	switch e.What {
	case sent:
		if e.N != s.sent {
			return broke("the actor miscounts: message %d follows %d", e.N, s.sent-1)
		}
		s.sent++
	case refused:
		s.lost[e.N] = true
	case leaked:
		return broke("R11: Send takes a message for a session that was Dropped")
	case got:
		return h.got(s, e)
	}
	return nil
}

func (h *history) got(s *session, e event) error {
	switch t := h.tickets[e.From]; {
	case s.over:
		return broke("R11: a message after Dropped")
	case s.other != "" && s.other != e.From || t != nil && t != s:
		return broke("R11: a message of another session: this is %v", s)
	case e.N < s.got && s.skipped[e.N]:
		return broke("R11: message %d comes out of order", e.N)
	case e.N < s.got:
		return broke("R11: message %d comes twice", e.N)
	}
	s.other = e.From
	h.tickets[e.From] = s
	for ; s.got < e.N; s.got++ {
		s.skipped[s.got] = true
	}
	s.got++
	h.messages++
	return nil
}

// cameBack takes note of Undelivered.
func (h *history) cameBack(a *told, e event) error {
	_, number, _ := strings.Cut(e.From, "#")
	n, err := strconv.Atoi(number)
	if err != nil || labelOf(e.From) != a.label || n < 1 || n > a.last {
		return broke("Undelivered: what it never sent")
	}
	s := a.sessions[n]
	switch {
	case s == nil:
		return nil // it is long over, and forgotten
	case e.N >= s.sent:
		return broke("Undelivered: what it never sent")
	case s.lost[e.N]:
		return broke("Undelivered: what was given back before")
	}
	s.lost[e.N] = true
	return nil
}
