package crew

import (
	"cmp"
	"slices"
)

// Counts are numbers of requests: of all that came, and of those that are over by
// how they ended.
type Counts struct {
	Requests uint64
	Answered uint64
	Refused  uint64
	Tried    uint64 // on workers, and not done
	Late     uint64
	Unwanted uint64 // nobody waited any more
}

// Figures are what there is now, and what there was.
type Figures struct {
	Workers      int // the sum of the next four
	Idle         int
	Busy         int
	Late         int
	Resting      int
	StandingDown int // slots that are empty until their actor is replaced
	Waiting      int // requests in the queue
	Average      int64
	Counts
}

// Figures returns the figures of this moment.
func (c *Crew) Figures() Figures {
	f := Figures{
		Workers: len(c.workers),
		Idle:    c.idle.Len(),
		Busy:    c.hands,
		Waiting: c.queue.Len(),
		Average: c.spans.average(),
		Counts:  c.counts,
	}
	for _, w := range c.workers {
		switch {
		case w.hand != nil && w.hand.over:
			f.Late++
		case w.hand == nil && w.place == nil:
			f.Resting++
		}
	}
	if c.config.StandDown >= 0 {
		f.StandingDown = len(c.slots) - c.running
	}
	return f
}

// sortRequests puts the oldest first.
func sortRequests(rs []*request) {
	slices.SortFunc(rs, func(a, b *request) int { return cmp.Compare(a.id, b.id) })
}
