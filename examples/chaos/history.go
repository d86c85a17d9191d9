package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// A history is what every actor did and was told, as far as rules need it: what it
// may be told next (R11), what it has registered, which sessions it has. Events of
// one actor come in its order; those of two in any.
type history struct {
	actors  map[string]*told
	tickets map[string]*session // by the ticket of the other end, once heard

	begun, over, messages int
	cuts                  int // sessions that ended with their link
}

func newHistory() *history {
	return &history{actors: make(map[string]*told), tickets: make(map[string]*session)}
}

// A told is one actor's life so far.
type told struct {
	label    string
	process  string // the process it lives in
	seq      int
	ended    bool
	quiet    bool
	names    map[string]*registration
	patterns map[string]*registration
	sessions map[int]*session
	last     int // session that there has been
	recent   []event
}

// A registration is a name or a pattern of an actor. The verbs say what it wants,
// the facts what it has been told, a while behind.
type registration struct {
	wanted bool
	scope  actor.Scope
	at     int64          // when it was published, by the clock of the machine
	order  *regexp.Regexp // of a pattern

	known  bool                 // Published or Subscribed was told
	reach  actor.Scope          // as it was told
	stands map[actor.Scope]bool // Standby was told last
}

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

// A violation is a rule that was broken.
type violation struct {
	what string
	ends []string // labels of the actors whose last events tell more
}

func (v *violation) Error() string { return v.what }

func broke(format string, args ...any) error {
	return &violation{what: fmt.Sprintf(format, args...)}
}

// recentEvents is how many events of an actor are kept for a report.
const recentEvents = 60

// take adds an event of a process. The error is a *violation.
func (h *history) take(process string, e event) error {
	a := h.actors[e.Actor]
	if a == nil {
		a = &told{
			label:    e.Actor,
			process:  process,
			names:    make(map[string]*registration),
			patterns: make(map[string]*registration),
			sessions: make(map[int]*session),
		}
		h.actors[e.Actor] = a
	}
	if len(a.recent) == recentEvents {
		a.recent = slices.Delete(a.recent, 0, 1)
	}
	a.recent = append(a.recent, e)
	a.seq++
	err := h.judge(a, e)
	if err == nil && a.seq != e.Seq {
		err = broke("the history of %s has a gap: event %d follows %d", a.label, e.Seq, a.seq-1)
	}
	if v, ok := err.(*violation); ok {
		v.what = fmt.Sprintf("%s\n    at %v", v.what, e)
		v.ends = append(v.ends, a.label)
		if s := a.sessions[e.Session]; s != nil && s.other != "" {
			v.ends = append(v.ends, labelOf(s.other))
		}
		if e.From != "" {
			v.ends = append(v.ends, labelOf(e.From))
		}
	}
	return err
}

func labelOf(ticket string) string {
	label, _, _ := strings.Cut(ticket, "#")
	return label
}

func (h *history) judge(a *told, e event) error {
	if a.ended {
		return broke("an actor that has ended goes on")
	}
	switch e.What {
	case began:
		return nil
	case ended:
		h.end(a)
	case hushed:
		a.quiet = true
	case publish, subscribe:
		return a.register(e)
	case unpublish, unsubscribe:
		a.retract(e)
	case published, subscribed:
		return a.learn(e)
	case unpublished, unsubscribed:
		return a.forget(e)
	case standby, promoted:
		return a.stand(e)
	case available, delivered:
		return h.begin(a, e)
	case dropped:
		return h.drop(a, e)
	case sent, refused, got, leaked:
		return h.message(a, e)
	case undelivered:
		return h.cameBack(a, e)
	default: // broken, and whatever there is no rule for
		return broke("%s: %s", e.What, e.Reason)
	}
	return nil
}

// end ends the life of an actor, and with it its sessions (R12).
func (h *history) end(a *told) {
	a.ended = true
	for _, s := range a.sessions {
		if !s.over {
			s.over, s.reason = true, "the actor has ended"
			h.over++
		}
	}
	a.names, a.patterns = nil, nil
}

// died ends the lives of all actors of a process.
func (h *history) died(process string) {
	for _, a := range h.actors {
		if a.process == process && !a.ended {
			h.end(a)
		}
	}
}

func (a *told) of(e event) (map[string]*registration, string) {
	if e.Name != "" && e.Pattern == "" {
		return a.names, e.Name
	}
	return a.patterns, e.Pattern
}

// register takes note of a verb. It is refused only to who has it already.
func (a *told) register(e event) error {
	all, word := a.of(e)
	r := all[word]
	if e.Reason != "" {
		if !strings.Contains(e.Reason, "already") {
			return broke("R2: %s of %q is refused without need", e.What, word)
		}
		return nil
	}
	if r == nil {
		r = &registration{}
		all[word] = r
	}
	if r.wanted {
		return broke("R4: the same actor can %s %q twice", e.What, word)
	}
	r.wanted, r.scope, r.at = true, e.Scope, e.At
	if e.What == subscribe {
		r.order = regexp.MustCompile(`^(?:` + word + `)$`)
	}
	return nil
}

func (a *told) retract(e event) {
	all, word := a.of(e)
	if r := all[word]; r != nil {
		r.wanted = false
	}
}

func (a *told) learn(e event) error {
	all, word := a.of(e)
	r := all[word]
	switch {
	case r == nil:
		return broke("R4: %s of %q, which it never asked for", e.What, word)
	case r.known:
		return broke("R4: %s of %q a second time", e.What, word)
	}
	r.known, r.reach, r.stands = true, e.Scope, make(map[actor.Scope]bool)
	return nil
}

// forget takes note of the last word about a name or a pattern.
func (a *told) forget(e event) error {
	all, word := a.of(e)
	r := all[word]
	if r == nil || !r.known {
		return broke("R4: %s of %q, which it does not have", e.What, word)
	}
	for _, s := range a.sessions {
		if !s.over && (s.publisher && s.name == e.Name || !s.publisher && s.pattern == e.Pattern) {
			return broke("R11: %s of %q while session %d is not Dropped", e.What, word, s.number)
		}
	}
	if r.known = false; !r.wanted {
		delete(all, word)
	}
	return nil
}

// stand takes note of Standby and Promoted, which alternate (R4).
func (a *told) stand(e event) error {
	r := a.names[e.Name]
	if r == nil || !r.known {
		return broke("R4: %s of %q, which is not published", e.What, e.Name)
	}
	if r.stands[e.Scope] == (e.What == standby) {
		return broke("R4: %s of %q at %v, and it was so already", e.What, e.Name, e.Scope)
	}
	r.stands[e.Scope] = e.What == standby
	return nil
}

func (h *history) begin(a *told, e event) error {
	all, word := a.of(e)
	r := all[word]
	s := &session{of: a, number: e.Session, publisher: e.What == delivered, name: e.Name, pattern: e.Pattern, scope: e.Scope,
		lost: make(map[int]bool), skipped: make(map[int]bool)}
	switch {
	case r == nil || !r.known:
		return broke("R11: %s for %q, which it has not registered", e.What, word)
	case !s.publisher && !r.order.MatchString(e.Name):
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
