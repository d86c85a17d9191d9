package directory

import "github.com/layer-cake/layer-cake/directory/internal/match"

// Limit has the machine work through at most so many names in a Step, and put at
// most so many offers into one Offered, in place of Slice and Batch. With small
// ones long work is interrupted often, which is what tests want.
func (m *Machine) Limit(slice, batch int) {
	m.slice, m.batch = max(1, slice), max(1, batch)
}

// Limit has the acceptor take at most so many sessions over one link, in place of
// MaxSessions.
func (a *Acceptor) Limit(most int) { a.most = most }

// Busiest is how many sessions are open over the link that has most.
func (a *Acceptor) Busiest() (most int) {
	for _, open := range a.openers {
		most = max(most, len(open))
	}
	return most
}

// Announced is how many names, and how many subscriptions, the child has announced
// that has announced most of each.
func (m *Machine) Announced() (names, subscriptions int) {
	for _, s := range m.parties {
		if s.scope != 0 {
			names, subscriptions = max(names, s.names.Len()), max(subscriptions, len(s.seeks))
		}
	}
	return names, subscriptions
}

// The limits of a pattern (R2).
const (
	MaxPattern = match.MaxPattern // bytes
	MaxProgram = match.MaxProgram // instructions
)
