package crew

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A world does what a crew says, keeps books of its own, in the plainest way, and
// looks after each step whether the two agree.
type world struct {
	t      *testing.T
	r      *rand.Rand
	config Config
	crew   *Crew
	now    int64
	log    []string

	idle    []Worker  // the one that is to be next first
	waiting []Request // likewise
	hand    map[Worker]Request
	given   map[Worker]int64
	resting []Worker
	all     []Worker // that have not left

	asked  Request
	over   map[Request]bool
	tries  map[Request]int
	taken  map[Request]bool
	spans  []int64
	slow   int
	last   Worker
	counts Counts

	running  map[Slot]bool
	due      map[Slot]int64
	recruit  int // outstanding; 0: none
	closed   bool
	aborted  bool
	finished bool

	// Of this step.
	newcomer Request // that was asked; 0: none
	verdict  Effect  // what is to become of it; zero: it is taken
	ends     map[Request]Effect
}

func TestSeeds(t *testing.T) {
	for seed := range uint64(4000) {
		newWorld(t, seed).live(300)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func newWorld(t *testing.T, seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 0))
	w := &world{
		t: t, r: r,
		config: Config{
			Recruiting: 10,
			Queue:      1 + r.IntN(6),
			Slow:       1 + r.Int64N(20),
			PassRate:   1 + r.IntN(4),
			Tries:      1 + r.IntN(3),
			Recruits:   r.IntN(2) == 0,
		},
		hand: map[Worker]Request{}, given: map[Worker]int64{},
		over: map[Request]bool{}, tries: map[Request]int{}, taken: map[Request]bool{},
		running: map[Slot]bool{}, due: map[Slot]int64{},
	}
	if r.IntN(3) > 0 {
		w.config.Slots = 1 + r.IntN(4)
		w.config.StandDown = []int64{-1, 0, 4, 50}[r.IntN(4)]
	}
	var first []Effect
	w.crew, first = New(w.config)
	w.begin("begin with %+v", w.config)
	w.check(first)
	return w
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	if !w.t.Failed() {
		w.t.Errorf("%s\n%s", fmt.Sprintf(format, args...), lines(w.log))
	}
}

func lines(log []string) (all string) {
	for _, l := range log[max(0, len(log)-40):] {
		all += l + "\n"
	}
	return all
}

func (w *world) begin(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%d: ", w.now)+fmt.Sprintf(format, args...))
	w.newcomer, w.verdict, w.ends = 0, Effect{}, map[Request]Effect{}
}

// live has things happen, and then the pool end.
func (w *world) live(steps int) {
	for range steps {
		w.now += w.r.Int64N(4)
		w.happen()
		if w.t.Failed() {
			return
		}
	}
	w.close()
	for range 20 {
		w.now++
		w.happen()
	}
	w.abort()
	if !w.finished {
		w.fail("it has not finished")
	}
	for id := Request(1); id <= w.asked; id++ {
		if !w.over[id] {
			w.fail("r%d was never answered", id)
		}
	}
}

func (w *world) happen() {
	switch w.r.IntN(16) {
	case 0:
		if len(w.all) < 8 {
			w.join()
		}
	case 1:
		if a, ok := pick(w.r, w.all); ok {
			w.leave(a)
		}
	case 2, 3, 4, 5, 6:
		w.ask()
	case 7:
		w.expire(Request(1 + w.r.IntN(int(w.asked)+1)))
	case 8:
		if s, ok := pick(w.r, w.slots(true)); ok {
			w.vacate(s)
		}
	case 9:
		if s, ok := pick(w.r, w.slots(false)); ok && w.config.StandDown >= 0 && w.due[s] <= w.now {
			w.begin("s%d is due", s)
			w.check(w.crew.Due(s, w.now))
		}
	case 10:
		w.noneCame(w.recruit + w.r.IntN(2) - 1)
	case 11:
		if a, ok := pick(w.r, w.resting); ok {
			w.begin("w%d has rested", a)
			w.resting = slices.DeleteFunc(w.resting, func(b Worker) bool { return a == b })
			w.idle = append(w.idle, a)
			w.check(w.crew.Rested(a, w.now))
		}
	case 12:
		if w.r.IntN(100) == 0 {
			w.close()
		}
	default:
		if a, ok := pick(w.r, w.holders()); ok {
			w.done(a, Outcome(1+w.r.IntN(int(Unasked))))
		}
	}
}

func pick[T any](r *rand.Rand, from []T) (one T, ok bool) {
	if len(from) == 0 {
		return one, false
	}
	return from[r.IntN(len(from))], true
}

func (w *world) holders() (list []Worker) {
	for _, a := range w.all {
		if _, holds := w.hand[a]; holds {
			list = append(list, a)
		}
	}
	return list
}

func (w *world) slots(running bool) (list []Slot) {
	for s := range Slot(w.config.Slots) {
		if w.running[s] == running {
			list = append(list, s)
		}
	}
	return list
}

func (w *world) join() {
	w.last++
	w.begin("w%d joins", w.last)
	w.all = append(w.all, w.last)
	w.idle = append(w.idle, w.last)
	w.recruit = 0
	w.check(w.crew.Join(w.last, w.now))
}

func (w *world) leave(a Worker) {
	w.begin("w%d leaves", a)
	w.gone(a, true)
	w.check(w.crew.Leave(a, w.now))
}

// gone takes note that a worker is none any more.
func (w *world) gone(a Worker, taken bool) {
	not := func(b Worker) bool { return a == b }
	w.all, w.idle, w.resting = slices.DeleteFunc(w.all, not), slices.DeleteFunc(w.idle, not), slices.DeleteFunc(w.resting, not)
	if id, holds := w.hand[a]; holds {
		delete(w.hand, a)
		w.again(id, taken)
	}
}

// again takes note that a request was tried in vain.
func (w *world) again(id Request, taken bool) {
	if w.over[id] {
		return
	}
	w.tries[id]++
	w.taken[id] = w.taken[id] || taken
	if w.tries[id] == w.config.Tries {
		w.ends[id] = Effect{Kind: Refuse, Why: Tried}
	}
	w.waiting = slices.Insert(w.waiting, 0, id)
}

func (w *world) average() int64 {
	last := w.spans[max(0, len(w.spans)-32):]
	if len(last) == 0 {
		return 0
	}
	sum := int64(0)
	for _, s := range last {
		sum += s
	}
	return sum / int64(len(last))
}

// soon reports whether a slot is due within the time of a Recruit.
func (w *world) soon() bool {
	for _, s := range w.slots(false) {
		if w.config.StandDown >= 0 && w.due[s] <= w.now+w.config.Recruiting {
			return true
		}
	}
	return false
}

func (w *world) ask() {
	w.asked++
	id := w.asked
	w.begin("r%d is asked", id)
	w.newcomer = id
	switch slow := w.average() > w.config.Slow; {
	case w.closed:
		w.verdict = Effect{Why: Ending}
	case len(w.all) == 0 && w.recruit == 0 && !w.soon():
		w.verdict = Effect{Why: NoWorker}
	case len(w.waiting) >= w.config.Queue:
		w.verdict = Effect{Why: Overloaded, Number: len(w.waiting)}
	case slow && w.slow+1 < w.config.PassRate:
		w.slow++
		w.verdict = Effect{Why: Slow, Span: w.average()}
	default:
		w.slow = 0
	}
	w.waiting = append(w.waiting, id)
	if w.verdict.Why != 0 {
		w.verdict.Kind = Refuse
		w.ends[id] = w.verdict
	}
	w.counts.Requests++
	w.check(w.crew.Ask(id, w.now))
}

func (w *world) done(a Worker, outcome Outcome) {
	id := w.hand[a]
	w.begin("w%d is done with r%d: %d", a, id, outcome)
	if outcome == Gone {
		w.gone(a, false)
		w.check(w.crew.Done(a, outcome, w.now))
		return
	}
	delete(w.hand, a)
	if outcome == Untaken || outcome == Lost {
		w.resting = append(w.resting, a)
	} else {
		w.idle = append(w.idle, a)
	}
	switch {
	case w.over[id] && (outcome == Unasked || outcome == Replied):
	case outcome == Replied:
		w.spans = append(w.spans, w.now-w.given[a])
		w.ends[id] = Effect{Kind: Answer, Worker: a}
	case outcome == Unasked:
		w.ends[id] = Effect{Kind: Refuse, Why: Unwanted}
	default:
		w.again(id, outcome == Lost)
	}
	w.check(w.crew.Done(a, outcome, w.now))
}

func (w *world) expire(id Request) {
	why, over := Late, w.crew.Expire
	if w.r.IntN(3) == 0 {
		why, over = Unwanted, w.crew.Forsake
	}
	w.begin("r%d: %v", id, why)
	if id <= w.asked && !w.over[id] {
		w.ends[id] = Effect{Kind: Refuse, Why: why}
	}
	w.check(over(id, w.now))
}

func (w *world) vacate(s Slot) {
	w.begin("s%d has ended", s)
	w.running[s] = false
	w.due[s] = -1
	effects := w.crew.Vacate(s, w.r.Float64(), w.now)
	w.check(effects)
	if w.due[s] < 0 && w.config.StandDown >= 0 && !w.closed {
		w.fail("s%d is not replaced", s)
	}
}

func (w *world) noneCame(number int) {
	if number <= 0 {
		return
	}
	w.begin("none came: %d", number)
	if number == w.recruit {
		w.recruit = 0
	}
	w.check(w.crew.NoneCame(number, w.now))
}

func (w *world) close() {
	if w.closed {
		return
	}
	w.begin("close")
	w.closed, w.recruit = true, 0
	w.check(w.crew.Close(w.now))
	if len(w.waiting) > 0 {
		w.fail("%v wait", w.waiting)
	}
}

func (w *world) abort() {
	w.begin("abort")
	w.closed, w.aborted, w.recruit = true, true, 0
	w.check(w.crew.Abort(w.now))
}
