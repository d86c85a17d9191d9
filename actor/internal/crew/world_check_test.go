package crew

import (
	"maps"
	"slices"
)

// check does what the crew says and holds it against the books.
func (w *world) check(effects []Effect) {
	if w.config.Slots > 0 && w.config.StandDown < 0 && len(w.all) == 0 && !slices.ContainsFunc(slices.Collect(maps.Values(w.running)), func(runs bool) bool { return runs }) && len(w.running) > 0 {
		w.closed, w.recruit = true, 0 // there will be no worker any more
	}
	for _, e := range effects {
		w.log = append(w.log, "    "+e.String())
		switch e.Kind {
		case Give:
			if len(w.idle) == 0 || w.idle[0] != e.Worker || len(w.waiting) == 0 || w.waiting[0] != e.Request {
				w.fail("%v, but %v are idle and %v wait", e, w.idle, w.waiting)
				return
			}
			w.idle, w.waiting = w.idle[1:], w.waiting[1:]
			w.hand[e.Worker], w.given[e.Worker] = e.Request, w.now
		case Answer, Refuse:
			w.checkEnd(e)
		case Rest:
			if !slices.Contains(w.resting, e.Worker) {
				w.fail("%v, which is not resting", e)
			}
		case Run:
			if w.running[e.Slot] || w.closed {
				w.fail("%v, but it runs, or the pool ends", e)
			}
			w.running[e.Slot] = true
		case StandDown:
			if low, high := w.config.StandDown*3/4, w.config.StandDown*5/4; e.Span < low || e.Span > high || w.closed {
				w.fail("%v, want %d to %d and the pool not to end", e, low, high)
			}
			w.due[e.Slot] = w.now + e.Span
		case Recruit:
			if len(w.all) > 0 || w.closed || !w.config.Recruits && !w.soon() {
				w.fail("%v, but %v are there, or the pool ends, or none can come", e, w.all)
			}
			w.recruit = e.Number
		case Finish:
			if w.finished || !w.closed {
				w.fail("%v again, or too soon", e)
			}
			w.finished = true
		}
	}
	w.checkBooks()
}

// checkEnd takes note of the end of a request, which must be one that is due.
func (w *world) checkEnd(e Effect) {
	if w.over[e.Request] || e.Request == 0 || e.Request > w.asked {
		w.fail("%v, which is over or was not asked", e)
		return
	}
	want, due := w.ends[e.Request]
	want.Request = e.Request
	if !due {
		switch {
		case e.Why == Tried && w.taken[e.Request] && (w.closed || len(w.all) == 0):
		case w.taken[e.Request] && !w.aborted:
			w.fail("%v, but it was tried", e)
		case e.Why == Ending && w.closed:
		case e.Why == NoneCame && len(w.all) == 0 && w.recruit == 0:
		case e.Why == AllEnded && len(w.all) == 0 && !w.config.Recruits && !w.soon():
		case e.Why == AllEnded && len(w.all) == 0 && w.closed:
		default:
			w.fail("%v, for no reason", e)
		}
	} else if want != e {
		w.fail("%v, want %v", e, want)
	}
	delete(w.ends, e.Request)
	w.over[e.Request] = true
	w.waiting = slices.DeleteFunc(w.waiting, func(id Request) bool { return id == e.Request })
	switch {
	case e.Kind == Answer:
		w.counts.Answered++
	case e.Why == Late:
		w.counts.Late++
	case e.Why == Tried:
		w.counts.Tried++
	case e.Why == Unwanted:
		w.counts.Unwanted++
	default:
		w.counts.Refused++
	}
}

// checkBooks looks at what must hold after each step.
func (w *world) checkBooks() {
	if len(w.ends) > 0 {
		w.fail("requests have not ended: %v", w.ends)
	}
	if len(w.idle) > 0 && len(w.waiting) > 0 {
		w.fail("%v are idle while %v wait", w.idle, w.waiting)
	}
	if len(w.waiting) > w.config.Queue+8 {
		w.fail("%d wait", len(w.waiting))
	}
	if len(w.waiting) > 0 && len(w.all) == 0 && w.recruit == 0 {
		w.fail("%v wait for nobody", w.waiting)
	}
	busy, late := 0, 0
	seen := map[Request]bool{}
	for _, id := range w.hand {
		if seen[id] {
			w.fail("r%d is in two hands", id)
		}
		seen[id] = true
		if w.over[id] {
			late++
		} else {
			busy++
		}
	}
	open := 0
	for id := Request(1); id <= w.asked; id++ {
		if !w.over[id] {
			open++
		}
	}
	if open != busy+len(w.waiting) {
		w.fail("%d requests are open, but %d in hand and %d wait", open, busy, len(w.waiting))
	}
	if w.closed && open == 0 != w.finished {
		w.fail("finished: %v, but %d are open", w.finished, open)
	}
	want := Figures{
		Workers: len(w.all), Idle: len(w.idle), Busy: busy, Late: late, Resting: len(w.resting),
		Waiting: len(w.waiting), Average: w.average(), Counts: w.counts,
	}
	if w.config.StandDown >= 0 {
		want.StandingDown = len(w.slots(false))
	}
	if got := w.crew.Figures(); got != want {
		w.fail("figures: got %+v, want %+v", got, want)
	}
	if want.Workers != want.Idle+want.Busy+want.Late+want.Resting {
		w.fail("workers are not the sum: %+v", want)
	}
}
