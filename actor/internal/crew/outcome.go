package crew

// An Outcome is what became of a request in the hands of a worker.
type Outcome int

const (
	Replied Outcome = iota + 1 // it was answered
	Untaken                    // the worker could not take it, and is left alone for a while
	Lost                       // so, but it may have taken it
	Unfit                      // it cannot be given to this worker, who may take others
	Gone                       // the worker has ended before it took it: it leaves
	Unasked                    // nobody waits for the answer, and it was not given
)

// Done tells what became of what a worker has in hand.
func (c *Crew) Done(id Worker, outcome Outcome, now int64) []Effect {
	c.begin()
	w := c.workers[id]
	if w == nil || w.hand == nil {
		return c.settle(now)
	}
	r := w.hand
	if outcome == Gone {
		c.remove(w, now)
		return c.settle(now)
	}
	r.taken = r.taken || outcome == Lost
	c.drop(w)
	switch {
	case r.over:
	case outcome == Replied:
		c.spans.add(now - w.given)
		c.counts.Answered++
		c.end(r, Effect{Kind: Answer, Worker: id})
	case outcome == Unasked:
		c.refuse(r, Effect{Why: Unwanted})
	default:
		c.again(r)
	}
	if outcome == Untaken || outcome == Lost {
		c.add(Effect{Kind: Rest, Worker: id})
	} else {
		c.rest(w)
	}
	return c.settle(now)
}
