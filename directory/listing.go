package directory

import (
	"iter"
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/match"
)

// A lister answers one enquiry. It waits its turn behind what is to be done for
// the same link, and while there is no room on it.
type lister struct {
	to Party
	Enquire
}

// enquire puts an enquiry off until its turn.
func (m *Machine) enquire(to Party, q Enquire) {
	if len(m.work.tasks[to]) >= MaxEnquiries {
		m.send(to, Found{Route: q.Route, Number: q.Number, Reason: "too many enquiries wait there already"})
		return
	}
	m.work.push(&lister{to, q})
	m.goOn(false)
}

func (l *lister) party() Party   { return l.to }
func (l *lister) key() taskKey   { return taskKey{} }
func (l *lister) outlives() bool { return false }

func (l *lister) run(m *Machine) bool {
	found := Found{Route: l.Route, Number: l.Number}
	switch l.Topic {
	case TopicNames:
		l.names(m, &found)
	case TopicSubscriptions:
		l.subscriptions(m, &found)
	case TopicOffers:
		l.offers(m, &found)
	case TopicSessions:
		if m.scope < Process {
			found.Reason = "it is no process: it has no sessions"
			break
		}
		m.do(Inspect{l.to, l.Enquire})
		return false
	case TopicUsage:
		m.do(Measure{l.to, l.Enquire})
		return false
	default:
		found.Reason = "it does not know the topic"
	}
	m.send(l.to, found)
	return false
}

// names lists who claims the names from the mark on.
func (l *lister) names(m *Machine, found *Found) {
	visit := func(name string, s *standing) {
		for i, c := range s.claims {
			switch {
			case Name(name) == l.After.Name && l.After.ID != (ID{}) && !l.After.before(c):
			case len(found.Claimants) == Page:
				last := found.Claimants[Page-1]
				found.Next = Mark{last.Name, last.Stamp, last.ID}
				return
			default:
				found.Claimants = append(found.Claimants,
					Claimant{c.Name, c.ID, c.Scope, c.Stamp, c.Actor.Actor, i == 0})
			}
		}
	}
	next, more := "", false
	if l.Name != "" {
		if s, ok := m.names.Get(string(l.Name)); ok {
			visit(string(l.Name), s)
		}
	} else {
		next, more = m.names.Range(string(l.After.Name), Page, visit)
	}
	if more && found.Next == (Mark{}) {
		found.Next.Name = Name(next)
	}
}

// before reports whether c comes after the mark among those who claim its name.
func (k Mark) before(c claim) bool { return age{k.Stamp, k.ID}.before(c.age()) }

// subscriptions lists those with identities after the mark's.
func (l *lister) subscriptions(m *Machine, found *Found) {
	for _, id := range least(Page, ID.Compare, l.interests(m)) {
		s := m.seekings[id]
		found.Subscriptions = append(found.Subscriptions, Interest{s.Pattern, s.ID, s.Scope, s.Actor.Actor})
	}
	if n := len(found.Subscriptions); n == Page {
		found.Next.ID = found.Subscriptions[n-1].ID
	}
}

func (l *lister) interests(m *Machine) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		if l.Pattern == "" {
			for id := range m.seekings {
				if l.After.ID.Less(id) && !yield(id) {
					return
				}
			}
		} else if e := m.patterns.Get(string(l.Pattern)); e != nil {
			for _, s := range e.Value {
				if l.After.ID.Less(s.ID) && !yield(s.ID) {
					return
				}
			}
		}
	}
}

// offers lists what this directory offers: the names in order, of each the
// subscriptions by identity.
func (l *lister) offers(m *Machine, found *Found) {
	visit := func(name string, s *standing) {
		holder := s.holder()
		if found.Next != (Mark{}) {
			return
		}
		room := Page - len(found.Offers)
		ids := least(room+1, ID.Compare, func(yield func(ID) bool) {
			m.patterns.Find(name, func(e *match.Entry[[]*seeking]) {
				if l.Pattern != "" && e.Pattern.String() != string(l.Pattern) {
					return
				}
				for _, s := range e.Value {
					if s.offered(holder) && (Name(name) != l.After.Name || l.After.ID.Less(s.ID)) {
						yield(s.ID)
					}
				}
			})
		})
		for _, id := range ids[:min(room, len(ids))] {
			found.Offers = append(found.Offers, Pairing{Name(name), holder.ID, id})
		}
		if len(ids) > room {
			last := found.Offers[Page-1]
			found.Next = Mark{Name: last.Name, ID: last.Subscription}
		}
	}
	next, more := "", false
	switch {
	case l.Name != "":
		if s, ok := m.names.Get(string(l.Name)); ok {
			visit(string(l.Name), s)
		}
	case l.Pattern != "":
		if e := m.patterns.Get(string(l.Pattern)); e != nil {
			next, more = m.names.Scan(e.Pattern, string(l.After.Name), Page, visit)
		}
	default:
		next, more = m.names.Range(string(l.After.Name), Page, visit)
	}
	if more && found.Next == (Mark{}) {
		found.Next.Name = Name(next)
	}
}

// least returns the first n of all, in order. All is walked once, so that a
// listing needs neither an order that is kept nor one that is made anew.
func least[K any](n int, compare func(a, b K) int, all iter.Seq[K]) []K {
	var list []K
	for k := range all {
		if len(list) == n {
			if compare(k, list[n-1]) >= 0 {
				continue
			}
			list = list[:n-1]
		}
		i, _ := slices.BinarySearchFunc(list, k, compare)
		list = slices.Insert(list, i, k)
	}
	return list
}
