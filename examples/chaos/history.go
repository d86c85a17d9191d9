package main

import (
	"fmt"
	"slices"
	"strings"
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
