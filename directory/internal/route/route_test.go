package route

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A grade is an offer in these tests: the smaller is the better, zero is none.
type grade int

func (g grade) Compare(other grade) int { return int(g - other) }

// A witness knows the rules in plain words, and of a route only what went in and
// what came out.
type witness struct {
	route   Route[grade]
	offered map[grade]bool
	resting map[grade]bool
	failed  map[grade]int // since it last was the session
	session grade         // that is to be seen
	attempt grade
	closing bool
	ready   bool
	log     []string
	wrong   string
}

func newWitness() *witness {
	return &witness{offered: map[grade]bool{}, resting: map[grade]bool{}, failed: map[grade]int{}}
}

func (w *witness) fault(format string, args ...any) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf(format, args...)
	}
}

// usable returns the best offer that does not rest, or none.
func (w *witness) usable() grade {
	var best grade
	for g := range w.offered {
		if !w.resting[g] && (best == 0 || g < best) {
			best = g
		}
	}
	return best
}

// An outcome is what an event must bring about.
type outcome struct {
	dropped grade   // the session that is over
	rests   grade   // the attempt or session that failed, if it is still offered
	woken   []grade // whose rest ends early
}

// happened judges what the route wants done after an event.
func (w *witness) happened(event string, actions []Action[grade], must outcome) {
	w.log = append(w.log, fmt.Sprint(event, " → ", actions))
	decided := w.closing && w.ready
	for _, a := range actions {
		g := a.Offer
		switch a.Verb {
		case Open:
			if w.attempt != 0 {
				w.fault("a second attempt, at %v beside %v", g, w.attempt)
			}
			if g != w.usable() {
				w.fault("an attempt at %v, while %v is the best", g, w.usable())
			}
			if w.session != 0 && !w.closing && g >= w.session {
				w.fault("R8: the session %v is disturbed for the sake of %v", w.session, g)
			}
			w.attempt, w.ready = g, false
		case Abandon:
			if g != w.attempt || g == 0 {
				w.fault("%v is abandoned, the attempt is at %v", g, w.attempt)
			}
			if event != "end" && (decided || g == w.usable()) {
				w.fault("the attempt at %v is abandoned without a reason", g)
			}
			w.attempt, w.ready = 0, false
		case Close:
			if g != w.session || w.closing {
				w.fault("%v is closed, the session is %v, closing %v", g, w.session, w.closing)
			}
			if !w.ready || w.attempt >= w.session {
				w.fault("R8: the session %v is closed without a better one ready", w.session)
			}
			w.closing = true
		case Begin:
			if w.session != 0 {
				w.fault("R7: %v begins while %v is to be seen", g, w.session)
			}
			if g != w.attempt || !w.ready {
				w.fault("%v begins, the attempt is at %v, ready %v", g, w.attempt, w.ready)
			}
			w.session, w.attempt, w.ready = g, 0, false
			delete(w.failed, g)
		case Drop, Cut:
			if g != w.session || g == 0 {
				w.fault("R11: %v is dropped, the session is %v", g, w.session)
			}
			if event == "end" && (a.Verb == Cut) == w.closing {
				w.fault("%v is ended by %v, closing %v", g, a.Verb, w.closing)
			}
			if g != must.dropped {
				w.fault("R10: nothing happened to %v, and it is dropped", g)
			}
			w.session, w.closing, must.dropped = 0, false, 0
		case Rest:
			if !w.offered[g] || w.resting[g] || g != must.rests {
				w.fault("%v rests, that failed is %v", g, must.rests)
			}
			w.failed[g]++
			if a.Try != w.failed[g] {
				w.fault("%v rests at try %d, it has failed %d times", g, a.Try, w.failed[g])
			}
			w.resting[g], must.rests = true, 0
		case Wake:
			i := slices.Index(must.woken, g)
			if i < 0 {
				w.fault("%v is woken without a reason", g)
				break
			}
			must.woken = slices.Delete(must.woken, i, i+1)
			if a.Try != w.failed[g] {
				w.fault("%v is woken from try %d, it has failed %d times", g, a.Try, w.failed[g])
			}
			delete(w.resting, g)
		default:
			w.fault("unknown verb in %v", a)
		}
	}
	if must.dropped != 0 || must.rests != 0 || len(must.woken) > 0 {
		w.fault("R9: not done: %+v", must)
	}
	w.settled(event)
}

// settled judges the state that the route leaves behind.
func (w *witness) settled(event string) {
	want := w.usable()
	switch {
	case event == "end" || w.closing && w.ready:
		return
	case w.session != 0 && !w.closing && want >= w.session:
		want = 0
	}
	if w.attempt != want {
		w.fault("R7, R9: the attempt is at %v and should be at %v", w.attempt, want)
	}
	if w.ready && !w.closing {
		w.fault("%v is ready and waits for nothing", w.attempt)
	}
	if got := slices.Collect(w.route.Offers); !slices.IsSorted(got) || len(got) != len(w.offered) {
		w.fault("the offers are %v", got)
	}
	if empty := len(w.offered) == 0 && w.session == 0 && w.attempt == 0; w.route.Empty() != empty {
		w.fault("empty: got %v, want %v", w.route.Empty(), empty)
	}
}

// The events, told to the route and to the witness.

func (w *witness) change(gone, come grade) {
	var must outcome
	for _, g := range []grade{gone, come} {
		if w.resting[g] {
			must.woken = append(must.woken, g)
		}
	}
	delete(w.offered, gone)
	if come != 0 {
		w.offered[come] = true
	}
	w.happened(fmt.Sprintf("gone %v, come %v", gone, come), w.route.Change(gone, come), must)
	delete(w.failed, gone)
}

func (w *witness) again(g grade) {
	var must outcome
	if w.resting[g] {
		must.woken = []grade{g}
	}
	w.happened(fmt.Sprint("again ", g), w.route.Again(g), must)
}

func (w *witness) rested(g grade) {
	actions := w.route.Rested(g)
	if !w.resting[g] && len(actions) > 0 {
		w.fault("%v did not rest", g)
	}
	delete(w.resting, g)
	w.happened(fmt.Sprint("rested ", g), actions, outcome{})
}

func (w *witness) becameReady() {
	actions := w.route.Ready()
	if (w.attempt == 0 || w.ready) && len(actions) > 0 {
		w.fault("nothing became ready")
	}
	w.ready = w.attempt != 0
	w.happened("ready", actions, outcome{})
}

func (w *witness) didFail() {
	var must outcome
	if w.offered[w.attempt] {
		must.rests = w.attempt
	}
	w.attempt, w.ready = 0, false
	w.happened("failed", w.route.Failed(), must)
}

func (w *witness) wasClosed() {
	var must outcome
	if w.closing {
		must.dropped = w.session
	}
	w.happened("closed", w.route.Closed(), must)
}

func (w *witness) wasLost() {
	must := outcome{dropped: w.session}
	if w.offered[w.session] && !w.closing { // what is closing was to be over
		must.rests = w.session
	}
	w.happened("lost", w.route.Lost(), must)
}

func (w *witness) end() {
	must := outcome{dropped: w.session}
	for g := range w.resting {
		must.woken = append(must.woken, g)
	}
	w.happened("end", w.route.End(), must)
	if w.session != 0 || w.attempt != 0 || len(w.resting) > 0 || !w.route.Empty() {
		w.fault("R12: left after the end: session %v, attempt %v, resting %v", w.session, w.attempt, w.resting)
	}
}

// step lets one thing happen that random chooses.
func (w *witness) step(random *rand.Rand) {
	g := grade(random.IntN(6) + 1)
	switch random.IntN(16) {
	case 0, 1, 2:
		w.change(0, g)
	case 3, 4:
		w.change(g, 0)
	case 5:
		if h := grade(random.IntN(6) + 1); h != g {
			w.change(g, h)
		}
	case 6, 7, 8, 9:
		w.becameReady()
	case 10, 11:
		w.didFail()
	case 12:
		w.wasLost()
	case 13:
		w.wasClosed()
	case 14:
		w.rested(g)
	case 15:
		w.again(g)
	}
}

// rest lets every rest end and everything succeed until nothing more happens.
func (w *witness) rest() {
	for g := grade(1); g <= 6; g++ {
		w.rested(g)
	}
	for range 4 {
		w.becameReady()
		w.wasClosed()
	}
	switch best := w.usable(); {
	case w.attempt != 0 || w.closing:
		w.fault("R15: an attempt at %v for ever", w.attempt)
	case best != 0 && (w.session == 0 || best < w.session):
		w.fault("R15: at rest the session is %v, the best offer %v", w.session, best)
	}
}

// TestRules runs random events by seed against the plain words of R7 to R12.
func TestRules(t *testing.T) {
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		w := newWitness()
		for range 60 {
			w.step(random)
		}
		w.rest()
		if random.IntN(2) == 0 {
			for range 5 {
				w.step(random)
			}
		}
		w.end()
		if w.wrong != "" {
			t.Fatalf("seed %d: %s\n%s", seed, w.wrong, strings.Join(w.log, "\n"))
		}
	}
}

// TestUpgrade shows the one story that the package is for, word by word (R8).
func TestUpgrade(t *testing.T) {
	var r Route[grade]
	var got []string
	say := func(actions []Action[grade]) {
		for _, a := range actions {
			got = append(got, fmt.Sprintf("%v %v", a.Verb, a.Offer))
		}
		got = append(got, ".")
	}
	say(r.Change(0, 5))
	say(r.Ready())
	say(r.Change(0, 7)) // worse: nothing
	say(r.Change(0, 2)) // better: prepared
	say(r.Ready())      // then the old one is closed
	say(r.Change(5, 0)) // and what goes meanwhile
	say(r.Change(2, 1)) // changes nothing
	say(r.Closed())     // until it is over
	say(r.Lost())
	want := strings.Fields("open~5 . begin~5 . . open~2 . close~5 . . . drop~5 begin~2 open~1 . drop~2 .")
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "~", " ")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
