package directorytest

import (
	"math/rand/v2"

	"github.com/layer-cake/layer-cake/directory"
)

// most is how many things may happen before a world must have come to rest.
const most = 50_000

// rest repairs all: daemons that died are started, who is frozen goes on, every
// parent that is wanted is called. Then nothing is under way any more, and what
// there is must be what R15 says.
func (w *world) rest(random *rand.Rand) {
	for _, s := range w.sites {
		if s.now == nil && s.scope < directory.Process {
			w.start(s)
		}
		if s.now != nil {
			s.now.frozen = false
		}
	}
	w.comeToRest(random, true)
	if w.wrong == nil {
		w.checkRest()
	}
}

// quiet lets everything happen that waits, and repairs nothing.
func (w *world) quiet(random *rand.Rand) {
	w.comeToRest(random, false)
	if w.wrong == nil {
		w.checkQuiet()
	}
}

func (w *world) comeToRest(random *rand.Rand, repair bool) {
	for l := range w.alive {
		for _, e := range l.ends {
			e.unclog()
		}
	}
	end := w.steps + most
	w.hopeful = true
	for w.wrong == nil {
		w.drain(random, repair, end)
		if w.steps >= end {
			w.fault("R15", "it never comes to rest")
			return
		}
		if w.late(repair) {
			continue
		}
		if !w.hopeful || !w.retry() {
			return
		}
	}
}

// drain lets things happen until nothing waits.
func (w *world) drain(random *rand.Rand, repair bool, end int) {
	for w.wrong == nil && w.steps < end {
		list := w.pending()
		if repair {
			list = w.callable(list)
		}
		if len(list) == 0 {
			return
		}
		w.happen(list[random.IntN(len(list))])
	}
}

// late lets the time be up of those who still wait for an answer, and reports
// whether there are any. Where all is repaired nobody may.
func (w *world) late(repaired bool) bool {
	late := false
	for l := range w.alive {
		if l.frozen {
			continue
		}
		for _, kind := range []directory.TimerKind{directory.TimerOpen, directory.TimerClose, directory.TimerCommit} {
			for l.fire(kind, 0) {
				late = true
				if repaired {
					w.fault("R9", "%s still waits for an answer, of kind %v", l.site.name, kind)
				}
			}
		}
	}
	return late
}

// retry lets every failed offer be tried again, and reports whether there is one.
// Whether that is worthwhile is seen from what comes of it.
func (w *world) retry() bool {
	tried := false
	w.hopeful = false
	for l := range w.alive {
		for !l.frozen && l.fire(directory.TimerRetry, 0) {
			tried = true
		}
	}
	return tried
}
