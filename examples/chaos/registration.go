package main

import (
	"regexp"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// A registration is a name or a pattern of an actor. The verbs say what it wants,
// the facts what it has been told, a while behind.
type registration struct {
	wanted bool
	scope  actor.Scope
	at     int64          // when it was published, by the clock of the machine
	names  *regexp.Regexp // of a pattern: which it matches

	known  bool                 // Published or Subscribed was told
	reach  actor.Scope          // as it was told
	stands map[actor.Scope]bool // Standby was told last
}

// of returns the registrations that an event is about, and which of them.
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
		r.names = regexp.MustCompile(`^(?:` + word + `)$`)
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
