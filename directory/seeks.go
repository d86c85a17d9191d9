package directory

import (
	"fmt"
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/match"
)

// Subscriptions: what each is offered (R5, R6).

// MaxWide is how many subscriptions of one process may have patterns that say
// nothing of how a name begins, as .*:red does: each is tried on every new name
// (R17). A parent takes twice as many: of a child that has a new link it may know
// still what was said over the old one.
const MaxWide = 1024

// TooWide is why a subscription beyond MaxWide is refused.
const TooWide = "this process has 1024 patterns already that begin with no fixed text: begin it with what the names begin with"

func (m *Machine) subscribe(from Party, s Subscription) {
	reason := s.Pattern.Check()
	switch {
	case reason != "":
	case !s.Scope.Valid():
		reason = "there is no scope " + s.Scope.String()
	case m.subscribed(from, s.Pattern):
		reason = "already subscribed by this actor"
	}
	var known *seeking
	if reason == "" {
		known, reason = m.learn(s, MaxWide)
	}
	if reason != "" {
		m.send(from, NotSubscribed{s.ID, s.Pattern, s.Scope, reason})
		return
	}
	said := m.of(from)
	if said.patterns == nil {
		said.patterns = make(map[Pattern]struct{})
	}
	said.patterns[s.Pattern] = struct{}{}
	m.send(from, Subscribed{s.ID, s.Pattern, s.Scope})
	m.sought(from, known)
}

// subscribed reports whether an actor has subscribed to that very pattern.
func (m *Machine) subscribed(p Party, pattern Pattern) bool {
	said := m.parties[p]
	if said == nil {
		return false
	}
	_, ok := said.patterns[pattern]
	return ok
}

func (m *Machine) unsubscribe(from Party, id ID) {
	if s := m.seekings[id]; s != nil && slices.Contains(s.by, from) {
		m.unseek(from, id)
		m.send(from, Unsubscribed{id, s.Pattern})
	}
}

// seek takes a subscription that a child says, for the first time or again.
func (m *Machine) seek(from Party, s Subscription) {
	if !m.child(from) {
		return
	}
	if !s.Scope.Valid() || !s.Scope.Reaches(m.scope) {
		m.refuse(from, "a subscription of scope "+s.Scope.String()+" does not reach a directory of scope "+m.scope.String())
		return
	}
	said := m.parties[from]
	if _, again := said.seeks[s.ID]; !again && len(said.seeks) >= m.most {
		m.refuse(from, fmt.Sprintf("it announces more than %d subscriptions", m.most))
		return
	}
	known, reason := m.learn(s, 2*MaxWide)
	if reason != "" {
		m.refuse(from, fmt.Sprintf("pattern %q: %s", string(s.Pattern), reason))
		return
	}
	m.sought(from, known)
}

// learn makes a subscription known, or says why not: its pattern is no good, or one
// that begins with no fixed text and there are too many of its process.
func (m *Machine) learn(s Subscription, wide int) (known *seeking, reason string) {
	if known = m.seekings[s.ID]; known != nil {
		return known, ""
	}
	entry, err := m.patterns.Add(string(s.Pattern))
	if err != nil {
		return nil, err.Error()
	}
	if entry.Pattern.Prefix() == "" {
		if m.wide[s.ID.Origin] >= wide {
			m.forget(entry)
			return nil, TooWide
		}
		m.wide[s.ID.Origin]++
	}
	known = &seeking{Subscription: s, entry: entry}
	at, _ := slices.BinarySearchFunc(entry.Value, s.ID, func(other *seeking, id ID) int { return other.ID.Compare(id) })
	entry.Value = slices.Insert(entry.Value, at, known)
	m.seekings[s.ID] = known
	return known, ""
}

// forget takes out a pattern that nobody asks for.
func (m *Machine) forget(e *match.Entry[[]*seeking]) {
	if len(e.Value) == 0 {
		m.patterns.Delete(e.Pattern.String())
	}
}

// sought notes that a party says a subscription, tells the parent, and answers it.
func (m *Machine) sought(from Party, known *seeking) {
	others := without(known.by, from)
	known.by = with(known.by, from)
	m.parties[from].seeks[known.ID] = struct{}{}
	// What is known counts, whatever is said later under the same identity: the
	// parent must be told to forget all that it was told.
	if m.reaches(known.Scope) {
		m.send(m.parent, Seek{known.Subscription}) // said again it is answered again, all the way up
	}
	m.wanted(known.Scope)
	m.start(&answer{to: from, seeking: known})
	m.answer(known, others)
}

// answer tells those who said a subscription before what it is offered now: that
// depends on who says it (R5), and who says it is another now.
func (m *Machine) answer(s *seeking, to []Party) {
	for _, p := range to {
		m.putOff(&answer{to: p, seeking: s})
	}
}

// unseek takes out what one party said; with the last the subscription goes.
func (m *Machine) unseek(from Party, id ID) {
	s := m.seekings[id]
	if s == nil || !slices.Contains(s.by, from) {
		return
	}
	if said := m.parties[from]; said != nil {
		delete(said.seeks, id)
		delete(said.patterns, s.Pattern)
	}
	s.by = without(s.by, from)
	if len(s.by) > 0 {
		m.answer(s, s.by)
		return
	}
	delete(m.seekings, id)
	s.entry.Value = slices.DeleteFunc(s.entry.Value, func(other *seeking) bool { return other == s })
	m.forget(s.entry)
	if s.entry.Pattern.Prefix() == "" {
		if m.wide[id.Origin]--; m.wide[id.Origin] == 0 {
			delete(m.wide, id.Origin)
		}
	}
	if m.reaches(s.Scope) {
		m.send(m.parent, Unseek{id})
	}
}

// offered reports whether c, the holder of a name that s matches, is offered to
// s: it came by another branch, and is not the same actor (R5).
func (s *seeking) offered(c claim) bool {
	if c.ID == (ID{}) || c.Actor == s.Actor {
		return false
	}
	for _, p := range c.by {
		if slices.Contains(s.by, p) {
			return false
		}
	}
	return true
}

// rematch tells the subscriptions that match a name what changes with its holder.
func (m *Machine) rematch(name Name, before, now claim) {
	if before.ID == now.ID && slices.Equal(before.by, now.by) {
		return
	}
	m.patterns.Find(string(name), func(e *match.Entry[[]*seeking]) {
		for _, s := range e.Value {
			was, is := s.offered(before), s.offered(now)
			switch {
			case is && (!was || before.ID != now.ID):
				m.tell(s, Offer{s.ID, m.scope, now.Publication})
			case was && !is:
				m.tell(s, Withdraw{s.ID, m.scope, name})
			}
		}
	})
}

func (m *Machine) tell(s *seeking, msg Message) {
	for _, p := range s.by {
		m.send(p, msg)
	}
}

// relay passes on what a wider directory offers. It must come from the parent.
func (m *Machine) relay(from Party, msg Message) {
	var id ID
	var scope Scope
	switch msg := msg.(type) {
	case Offered:
		id, scope = msg.Subscription, msg.Scope
	case Offer:
		id, scope = msg.Subscription, msg.Scope
	case Withdraw:
		id, scope = msg.Subscription, msg.Scope
	}
	if !m.fromParent(from, scope) {
		return
	}
	if s := m.seekings[id]; s != nil { // else it has gone meanwhile
		m.tell(s, msg)
	}
}

// fromParent reports whether from is the parent, and may speak for a directory of
// that scope; it is refused if not.
func (m *Machine) fromParent(from Party, scope Scope) bool {
	switch {
	case from != m.parent:
		m.refuse(from, "it is not the parent of this directory")
	case !scope.Valid() || scope > m.parentScope:
		m.refuse(from, "a word for scope "+scope.String()+" does not come from a parent of scope "+m.parentScope.String())
	default:
		return true
	}
	return false
}
