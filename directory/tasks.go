package directory

import (
	"cmp"
	"maps"
	"slices"
)

// A task is work that may be long. It is done a slice at a time, so that
// neither a pattern nor a lost link stops the shop for the others.
type task interface {
	// run does about Slice units and reports whether more is left.
	run(m *Machine) (more bool)
}

// start runs the first slice of t at once and puts off the rest.
func (m *Machine) start(t task) {
	m.work = slices.DeleteFunc(m.work, func(old task) bool { return sameAnswer(old, t) })
	if t.run(m) {
		m.work = append(m.work, t)
		m.goOn()
	}
}

// goOn asks for Resume, once.
func (m *Machine) goOn() {
	if !m.continuing {
		m.continuing = true
		m.do(Continue{})
	}
}

// resume runs a slice of the oldest task and puts it last.
func (m *Machine) resume() {
	m.continuing = false
	if len(m.work) == 0 {
		return
	}
	t := m.work[0]
	m.work = append(m.work[:0], m.work[1:]...)
	if t.run(m) {
		m.work = append(m.work, t)
	}
	if len(m.work) > 0 {
		m.goOn()
	}
}

// An answer says to one party what this directory offers one subscription.
type answer struct {
	to      Party
	seeking *seeking
	from    string // the first name not yet looked at
	begun   bool
	offers  []Publication
}

// sameAnswer reports whether t answers anew what old was answering.
func sameAnswer(old, t task) bool {
	a, ok := old.(*answer)
	b, also := t.(*answer)
	return ok && also && a.to == b.to && a.seeking.ID == b.seeking.ID
}

func (a *answer) run(m *Machine) bool {
	s := a.seeking
	if m.seekings[s.ID] != s || !slices.Contains(s.by, a.to) {
		return false // it has gone meanwhile
	}
	next, more := m.names.Scan(s.entry.Pattern, a.from, Slice, func(_ string, st *standing) {
		if c := st.holder(); s.offered(c) {
			a.offers = append(a.offers, c.Publication)
		}
	})
	a.from = next
	for len(a.offers) > batch {
		a.say(m, a.offers[:batch], false)
		a.offers = a.offers[batch:]
	}
	if !more || len(a.offers) > 0 {
		a.say(m, a.offers, !more)
		a.offers = nil
	}
	return more
}

func (a *answer) say(m *Machine, offers []Publication, last bool) {
	m.send(a.to, Offered{a.seeking.ID, m.scope, !a.begun, last, slices.Clip(offers)})
	a.begun = true
}

// A resync says everything to a parent that has come up (R14).
type resync struct {
	to    Party
	seeks []ID
	from  string
}

func (r *resync) run(m *Machine) bool {
	if m.parent != r.to {
		return false
	}
	n := min(len(r.seeks), Slice)
	for _, id := range r.seeks[:n] {
		if s := m.seekings[id]; s != nil && m.reaches(s.Scope) {
			m.send(r.to, Seek{s.Subscription})
		}
	}
	r.seeks = r.seeks[n:]
	if len(r.seeks) > 0 {
		return true
	}
	next, more := m.names.Range(r.from, Slice, func(name string, s *standing) {
		if list := s.upward(m.parentScope); len(list) > 0 {
			m.send(r.to, Claim{Name(name), list})
		}
	})
	r.from = next
	return more
}

// A retract takes back what a party said that is gone (R12).
type retract struct {
	of    Party
	seeks []ID
	names []Name
}

func (r *retract) run(m *Machine) bool {
	n := min(len(r.seeks), Slice)
	for _, id := range r.seeks[:n] {
		m.unseek(r.of, id)
	}
	r.seeks = r.seeks[n:]
	if len(r.seeks) > 0 {
		return true
	}
	n = min(len(r.names), Slice)
	for _, name := range r.names[:n] {
		if c := m.ownClaim(name); c != nil && c.by[0] == r.of {
			delete(m.own, c.ID)
		}
		m.change(name, func(s *standing) { s.remove(func(claim) bool { return false }, r.of) })
	}
	r.names = r.names[n:]
	return len(r.names) > 0
}

func (m *Machine) sortedSeekings() []ID {
	return slices.SortedFunc(maps.Keys(m.seekings), compareIDs)
}

func sortedIDs(set map[ID]struct{}) []ID { return slices.SortedFunc(maps.Keys(set), compareIDs) }

func sortedNames(set map[Name]struct{}) []Name {
	return slices.SortedFunc(maps.Keys(set), cmp.Compare[Name])
}

func compareIDs(a, b ID) int {
	switch {
	case a == b:
		return 0
	case a.Less(b):
		return -1
	}
	return 1
}
