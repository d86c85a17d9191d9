package actor

import (
	"slices"
	"time"
)

// A Match accepts or declines a message.
type Match func(message any) bool

// Is accepts messages of type T: self.Select(actor.Is[actor.Returned]).
func Is[T any](message any) bool {
	_, ok := message.(T)
	return ok
}

// Select returns the first message that one of the matches accepts. Others stay in
// the mailbox, in order, for the next Select or Input; they count against its bound, so
// that a Select that nothing ends has those who send told ErrOverloaded. Stop is
// always accepted, so look at what came. What a match panics on is taken. Like Input it runs callbacks meanwhile, ends
// the goroutine when Options.Grace is over, and panics in a State or a callback.
func (s *Self) Select(match ...Match) any {
	s.mine("Select")
	s.mayWait("Select")
	m, _ := s.selects(nil, match)
	return m
}

// SelectWithin is Select with a limit. It returns false when the time is up.
func (s *Self) SelectWithin(d time.Duration, match ...Match) (any, bool) {
	s.mine("SelectWithin")
	s.mayWait("SelectWithin")
	limit := time.NewTimer(d)
	defer limit.Stop()
	return s.selects(limit.C, match)
}

func (s *Self) selects(limit <-chan time.Time, match []Match) (any, bool) {
	if s.box.killed.Load() {
		return s.forced(), true
	}
	for i := 0; s.aside != nil && i < len(s.again); {
		it := s.again[i]
		m, ok := s.open(&it)
		switch {
		case !ok:
			s.again = slices.Delete(s.again, i, i+1)
		case accepts(match, m):
			s.again = slices.Delete(s.again, i, i+1)
			s.hand(&it, m)
			s.box.accept(&it)
			return m, true
		default:
			i++
		}
	}
	var it *item
	defer func() {
		if it != nil {
			s.box.accept(it) // a match panicked on it, or a callback
		}
	}()
	for {
		var over bool
		switch it, over = s.await(limit, false); {
		case over:
			return s.forced(), true
		case it == nil:
			return nil, false
		}
		m, ok := s.open(it)
		switch {
		case !ok:
			s.box.accept(it)
		case accepts(match, m):
			s.hand(it, m)
			return m, true
		default:
			kept := s.setAside(it)
			s.again = append(s.again, kept)
		}
	}
}

// An aside is what an actor has that has set messages aside.
type aside struct {
	saved []item // until the state changes
	again []item // to be taken before the mailbox
}

// setAside returns an item as it is kept for later.
func (s *Self) setAside(it *item) item {
	if s.aside == nil {
		s.aside = new(aside)
	}
	if t, ok := it.message.(*timer); ok {
		t.waits = true
	}
	return s.box.hold(it)
}

// accepts reports whether one of the matches does, or all do: Stop.
func accepts(match []Match, m any) bool {
	if _, stop := m.(Stop); stop {
		return true
	}
	return slices.ContainsFunc(match, func(f Match) bool { return f(m) })
}
