package directory

import (
	"maps"
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/match"
)

// A task is work that may be long. It is done a slice at a time, so that
// neither a pattern nor a lost link stops the shop for the others.
type task interface {
	// run does about a slice of it and reports whether more is left.
	run(m *Machine) (more bool)
	// party is for whom it is done.
	party() Party
	// key is the same for a task that begins this one anew; the zero key, if none does.
	key() taskKey
	// outlives reports whether it is still to be done when its party is gone.
	outlives() bool
}

type taskKey struct {
	to           Party
	subscription ID
}

// waiting is the place of a task in its party's list.
type waiting struct{ task }

// backlog is the work that was put off. Parties take turns, whatever each has
// asked for: who asks for much waits for it alone.
type backlog struct {
	turns []Party              // who has tasks, the next one first
	tasks map[Party][]*waiting // in the order in which they were put off
	keyed map[taskKey]*waiting // those of them that may be begun anew
}

func newBacklog() backlog {
	return backlog{tasks: make(map[Party][]*waiting), keyed: make(map[taskKey]*waiting)}
}

func (b *backlog) push(t task) {
	p := t.party()
	if len(b.tasks[p]) == 0 {
		b.turns = append(b.turns, p)
	}
	w := &waiting{t}
	b.tasks[p] = append(b.tasks[p], w)
	if key := t.key(); key != (taskKey{}) {
		b.keyed[key] = w
	}
}

// replace puts t in the place of the task that it begins anew, if one waits.
func (b *backlog) replace(t task) bool {
	old := b.keyed[t.key()]
	if old != nil {
		old.task = t
	}
	return old != nil
}

// next takes out the task whose turn it is, of those who are not full; nil if
// there is none.
func (b *backlog) next(full []Party) task {
	at := slices.IndexFunc(b.turns, func(p Party) bool { return !slices.Contains(full, p) })
	if at < 0 {
		return nil
	}
	p := b.turns[at]
	if at == 0 {
		b.turns = b.turns[1:]
	} else {
		b.turns = slices.Delete(b.turns, at, at+1)
	}
	w := b.tasks[p][0]
	b.tasks[p][0] = nil // let go of it
	b.tasks[p] = b.tasks[p][1:]
	if key := w.key(); b.keyed[key] == w {
		delete(b.keyed, key)
	}
	if len(b.tasks[p]) == 0 {
		delete(b.tasks, p)
	} else {
		b.turns = append(b.turns, p)
	}
	return w.task
}

// drop forgets what was to be said to a party that is gone. What is still to be
// taken back is not forgotten: an actor may end, begin anew, and end again.
func (b *backlog) drop(p Party) {
	var kept []*waiting
	for _, w := range b.tasks[p] {
		if w.outlives() {
			kept = append(kept, w)
		} else {
			delete(b.keyed, w.key())
		}
	}
	if len(kept) > 0 {
		b.tasks[p] = kept
		return
	}
	delete(b.tasks, p)
	b.turns = slices.DeleteFunc(b.turns, func(other Party) bool { return other == p })
}

// start runs the first slice of t at once and puts off the rest. Where work for its
// party waits already it is all put off: who asks again and again waits for it alone.
func (m *Machine) start(t task) {
	switch {
	case len(m.work.tasks[t.party()]) > 0:
		m.putOff(t)
	case t.run(m):
		m.work.push(t)
		m.goOn(false)
	}
}

// putOff leaves all of a task to its party's turn: one step may ask for many, of
// who has no room for them now.
func (m *Machine) putOff(t task) {
	if !m.work.replace(t) {
		m.work.push(t)
		m.goOn(false)
	}
}

// goOn asks for Resume, once; if full, when there is room.
func (m *Machine) goOn(full bool) {
	if !m.continuing {
		m.continuing = !full // work for others that comes meanwhile asks again
		m.do(Continue{Full: full})
	}
}

// resume runs a slice of the task whose turn it is and puts it last. Who is full
// keeps its turn.
func (m *Machine) resume(full []Party) {
	m.continuing = false
	t := m.work.next(full)
	if t != nil && t.run(m) {
		m.work.push(t)
	}
	if len(m.work.turns) > 0 {
		m.goOn(t == nil)
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

func (a *answer) party() Party   { return a.to }
func (a *answer) key() taskKey   { return taskKey{a.to, a.seeking.ID} }
func (a *answer) outlives() bool { return false }

func (a *answer) run(m *Machine) bool {
	s := a.seeking
	if m.seekings[s.ID] != s || !slices.Contains(s.by, a.to) {
		return false // it has gone meanwhile
	}
	next, more := m.names.Scan(s.entry.Pattern, a.from, m.slice, func(_ string, st *standing) {
		if c := st.holder(); s.offered(c) {
			a.offers = append(a.offers, c.Publication)
		}
	})
	a.from = next
	for len(a.offers) > m.batch {
		a.say(m, a.offers[:m.batch], false)
		a.offers = a.offers[m.batch:]
	}
	// First is said at once, even of nothing: changes that are told between two
	// slices come after it.
	if !more || len(a.offers) > 0 || !a.begun {
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

func (r *resync) party() Party   { return r.to }
func (r *resync) key() taskKey   { return taskKey{} }
func (r *resync) outlives() bool { return false }

func (r *resync) run(m *Machine) bool {
	if m.parent != r.to {
		return false
	}
	n := min(len(r.seeks), m.slice)
	for _, id := range r.seeks[:n] {
		if s := m.seekings[id]; s != nil && m.reaches(s.Scope) {
			m.send(r.to, Seek{s.Subscription})
		}
	}
	r.seeks = r.seeks[n:]
	if len(r.seeks) > 0 {
		return true
	}
	next, more := m.names.Range(r.from, m.slice, func(name string, s *standing) {
		s.anew()
		if u := s.upward(m.parentScope); u.count > 0 {
			m.send(r.to, s.claim(Name(name), u))
		}
	})
	r.from = next
	return more
}

// A retract takes back what a party said that is gone (R12).
type retract struct {
	of    Party
	seeks []ID
	names *match.Names[struct{}]
	from  string // the first name not yet taken back
}

func (r *retract) party() Party   { return r.of }
func (r *retract) key() taskKey   { return taskKey{} }
func (r *retract) outlives() bool { return true }

func (r *retract) run(m *Machine) bool {
	n := min(len(r.seeks), m.slice)
	for _, id := range r.seeks[:n] {
		m.unseek(r.of, id)
	}
	r.seeks = r.seeks[n:]
	if len(r.seeks) > 0 {
		return true
	}
	next, more := r.names.Range(r.from, m.slice, func(name string, _ struct{}) {
		if !m.says(r.of, Name(name)) { // else it was said anew
			m.takeBack(r.of, Name(name))
		}
	})
	r.from = next
	return more
}

func (m *Machine) sortedSeekings() []ID {
	return slices.SortedFunc(maps.Keys(m.seekings), ID.Compare)
}

func sortedIDs(set map[ID]struct{}) []ID { return slices.SortedFunc(maps.Keys(set), ID.Compare) }
