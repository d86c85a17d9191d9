package directory

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/match"
	"github.com/layer-cake/layer-cake/transport"
)

// Slice is how many names a Step works through before it puts off the rest.
const Slice = 1000

// MaxAnnounced is how many names, and how many subscriptions, one child link may
// announce. A child that announces more is refused (R17).
const MaxAnnounced = 1 << 20

// Batch is how many offers one Offered may have, so that it fits a frame.
const Batch = 256

// A Machine decides for one directory, of whatever scope: who holds a name, what
// each subscription is offered, what the parent is told. It has no clock, lock
// or randomness: the same messages give the same effects.
//
//	child link ──Claim, Seek, Unseek──▶ ┌─────────┐ ──Claim, Seek, Unseek──▶ parent link
//	           ◀──Offered, Offer, … ─── │ Machine │ ◀──Offered, Offer, … ───
//	actor ──────Publish, Subscribe, … ▶ └─────────┘ ──Published, Offered, … ▶ actor
type Machine struct {
	scope     Scope
	narrowest Scope // of a parent; zero: there will be none
	dialled   bool  // Dial was said
	most      int   // names, and subscriptions, that one child may announce
	slice     int   // names that a Step works through
	batch     int   // offers in one Offered

	parent      Party
	parentScope Scope

	own      map[ID]Name // what actors of this process published
	names    match.Names[*standing]
	patterns match.Patterns[[]*seeking]
	seekings map[ID]*seeking
	wide     map[transport.ProcessID]int // subscriptions that count against MaxWide
	parties  map[Party]*said

	work       backlog
	continuing bool
	effects    []Effect
}

// A standing is who claims one name, the oldest first: the first is the holder.
type standing struct {
	claims  []claim
	contest *contest // nil: there is nobody else, as far as is known
}

type claim struct {
	Publication
	by []Party // who said it, ascending; replaced, never changed
}

// A seeking is a subscription that is known here.
type seeking struct {
	Subscription
	by    []Party
	entry *match.Entry[[]*seeking]
}

// What a party said, for the day it is gone.
type said struct {
	alone []Party               // itself
	scope Scope                 // of a child directory; zero: an actor of this process
	names match.Names[struct{}] // in order, so that they can be taken back in turns
	seeks map[ID]struct{}

	patterns map[Pattern]struct{} // that an actor has subscribed to
}

// NewMachine returns the machine of a directory of that scope. Narrowest is the
// innermost scope that its parent could have; zero if it has none.
func NewMachine(scope, narrowest Scope) *Machine {
	return &Machine{
		scope:     scope,
		narrowest: narrowest,
		most:      MaxAnnounced,
		slice:     Slice,
		batch:     Batch,
		own:       make(map[ID]Name),
		seekings:  make(map[ID]*seeking),
		wide:      make(map[transport.ProcessID]int),
		parties:   make(map[Party]*said),
		work:      newBacklog(),
	}
}

// Step tells the machine that from said msg, and returns what must now be done,
// in order. The effects are valid until the next Step.
func (m *Machine) Step(from Party, msg Message) []Effect {
	clear(m.effects)
	m.effects = m.effects[:0]
	switch msg := msg.(type) {
	case Publish:
		m.publish(from, msg.Publication)
	case Unpublish:
		m.unpublish(from, msg.ID)
	case Subscribe:
		m.subscribe(from, msg.Subscription)
	case Unsubscribe:
		m.unsubscribe(from, msg.ID)
	case Claim:
		m.claim(from, msg)
	case Seek:
		m.seek(from, msg.Subscription)
	case Unseek:
		if m.child(from) {
			m.unseek(from, msg.ID)
		}
	case Held:
		m.held(from, msg)
	case Offered, Offer, Withdraw:
		m.relay(from, msg)
	case ChildUp:
		m.childUp(from, msg.Scope)
	case ParentUp:
		m.parentUp(from, msg.Scope)
	case Gone:
		m.gone(from)
	case Enquire:
		m.enquire(from, msg)
	case Resume:
		m.resume(msg.Full)
	}
	return m.effects
}

func (m *Machine) do(e Effect)                { m.effects = append(m.effects, e) }
func (m *Machine) send(to Party, msg Message) { m.do(Send{to, msg}) }

func (m *Machine) refuse(p Party, reason string) { m.do(Refuse{p, reason}) }

// of returns the record of a party, made at need for an actor.
func (m *Machine) of(p Party) *said {
	s := m.parties[p]
	if s == nil {
		s = &said{alone: []Party{p}, seeks: make(map[ID]struct{})}
		m.parties[p] = s
	}
	return s
}

// child reports whether p is a child link, and refuses it if it is not.
func (m *Machine) child(p Party) bool {
	if s := m.parties[p]; s != nil && s.scope != 0 {
		return true
	}
	m.refuse(p, "it is not a child of this directory")
	return false
}

func (m *Machine) childUp(p Party, scope Scope) {
	if m.scope >= Process {
		// Whoever merely connects could be one, and be told of every name here.
		m.refuse(p, "a process takes no children")
		return
	}
	if !scope.Valid() || scope <= m.scope {
		m.refuse(p, "a directory of scope "+scope.String()+" cannot be a child of one of scope "+m.scope.String())
		return
	}
	m.of(p).scope = scope
}

func (m *Machine) parentUp(p Party, scope Scope) {
	if !scope.Valid() || scope >= m.scope {
		m.refuse(p, "a directory of scope "+scope.String()+" cannot be the parent of one of scope "+m.scope.String())
		return
	}
	if m.parent != 0 {
		m.refuse(p, "there is a parent already")
		return
	}
	m.parent, m.parentScope = p, scope
	m.start(&resync{to: p, seeks: m.sortedSeekings()})
}

// wanted says Dial once there is a registration for a parent to know (R14).
func (m *Machine) wanted(s Scope) {
	if m.narrowest != 0 && !m.dialled && s.Reaches(m.narrowest) {
		m.dialled = true
		m.do(Dial{})
	}
}

// reaches reports whether the parent is there and is to know of scope s.
func (m *Machine) reaches(s Scope) bool { return m.parent != 0 && s.Reaches(m.parentScope) }

func (m *Machine) gone(p Party) {
	if p == m.parent {
		m.work.drop(p)
		m.parent, m.parentScope = 0, 0
		return
	}
	s := m.parties[p]
	if s == nil {
		return
	}
	delete(m.parties, p)
	m.work.drop(p)
	m.start(&retract{of: p, seeks: sortedIDs(s.seeks), names: &s.names})
}

// with returns by and p, ascending; without returns by but p. Both leave by as it is.
func with(by []Party, p Party) []Party {
	i, found := slices.BinarySearch(by, p)
	if found {
		return by
	}
	return slices.Insert(slices.Clip(slices.Clone(by)), i, p)
}

func without(by []Party, p Party) []Party {
	i, found := slices.BinarySearch(by, p)
	if !found {
		return by
	}
	return slices.Delete(slices.Clone(by), i, i+1)
}
