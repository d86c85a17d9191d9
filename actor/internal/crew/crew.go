package crew

import (
	"container/list"
)

// Config is what a crew goes by. All is set, but for Slots and Recruits.
type Config struct {
	Slots      int   // places for actors that the pool runs
	StandDown  int64 // before the actor of a slot is replaced, ±25 %; negative: it is not
	Recruits   bool  // workers come from elsewhere
	Recruiting int64 // how long requests wait for a worker when there is none
	Queue      int   // requests that may wait
	Slow       int64 // average span above which requests are refused
	PassRate   int   // one in so many is taken all the same
	Tries      int   // workers that a request is tried on
}

// A Crew is the machine. Its methods are the things that happen; what they return
// is valid until the next call.
type Crew struct {
	config Config
	out    []Effect

	workers  map[Worker]*worker
	requests map[Request]*request // that are not over
	idle     list.List            // of *worker, the one that has been idle longest first
	queue    list.List            // of *request, the next one first
	hands    int                  // that have a request which is not over
	spans    spans
	slow     int // requests that came while the crew was slow

	slots    []slot
	running  int // slots that have an actor
	hiring   bool
	hired    int // generation of hiring
	closed   bool
	finished bool

	counts Counts
}

// A worker is in one of five conditions:
//
//	idle ──► busy ──(replied)──► idle
//	          ├──(time is up)──► late ──(replied)──► idle
//	          └──(could not take it)──► resting ──► idle
//	any ──► gone
type worker struct {
	id    Worker
	place *list.Element // in idle; nil: it is not idle
	hand  *request      // what it works on; nil: nothing
	given int64         // when it got that
}

// A request is in the queue, in a hand, or over.
type request struct {
	id    Request
	tries int           // workers that could not take it, or left over it
	taken bool          // one of them may have taken it
	place *list.Element // in queue
	over  bool
}

// A slot has an actor, or is empty until another is due; or for ever.
type slot struct {
	running bool
	due     int64 // if it is not
}

// New returns a crew, and what is to be done first.
func New(config Config) (*Crew, []Effect) {
	c := &Crew{
		config:   config,
		workers:  make(map[Worker]*worker),
		requests: make(map[Request]*request),
		slots:    make([]slot, config.Slots),
		running:  config.Slots,
	}
	for i := range c.slots {
		c.slots[i].running = true
		c.add(Effect{Kind: Run, Slot: Slot(i)})
	}
	if config.Recruits {
		c.hire()
	}
	return c, c.out
}

// Join adds a worker.
func (c *Crew) Join(id Worker, now int64) []Effect {
	c.begin()
	w := &worker{id: id}
	c.workers[id] = w
	c.rest(w)
	c.hiring = false
	return c.settle(now)
}

// Leave takes a worker out, of which nothing more is to be told. What it has in hand
// is another's, before all that waits.
func (c *Crew) Leave(id Worker, now int64) []Effect {
	c.begin()
	if w := c.workers[id]; w != nil {
		if w.hand != nil {
			w.hand.taken = true
		}
		c.remove(w, now)
	}
	return c.settle(now)
}

// Ask takes a request.
func (c *Crew) Ask(id Request, now int64) []Effect {
	c.begin()
	c.counts.Requests++
	r := &request{id: id}
	c.requests[id] = r
	if len(c.workers) == 0 && !c.hiring && !c.closed && c.prospect(now) {
		c.hire()
	}
	switch {
	case c.closed:
		c.refuse(r, Effect{Why: Ending})
	case len(c.workers) == 0 && !c.hiring:
		c.refuse(r, Effect{Why: NoWorker})
	case c.queue.Len() >= c.config.Queue && c.idle.Len() == 0:
		c.refuse(r, Effect{Why: Overloaded, Number: c.queue.Len()})
	case !c.passes():
		c.refuse(r, Effect{Why: Slow, Span: c.spans.average()})
	default:
		r.place = c.queue.PushBack(r)
	}
	return c.settle(now)
}

// passes reports whether a request is taken: if the crew is slow, one in some.
func (c *Crew) passes() bool {
	if c.spans.average() <= c.config.Slow {
		c.slow = 0
		return true
	}
	c.slow++
	if c.slow < c.config.PassRate {
		return false
	}
	c.slow = 0
	return true
}

// Rested makes a worker idle that was left alone.
func (c *Crew) Rested(id Worker, now int64) []Effect {
	c.begin()
	if w := c.workers[id]; w != nil {
		c.rest(w)
	}
	return c.settle(now)
}

// Expire ends a request whose time is up. A worker that has it in hand is not
// given another before it replies.
func (c *Crew) Expire(id Request, now int64) []Effect { return c.over(id, Late, now) }

// Forsake ends likewise a request whose answer nobody waits for any more.
func (c *Crew) Forsake(id Request, now int64) []Effect { return c.over(id, Unwanted, now) }

func (c *Crew) over(id Request, why Why, now int64) []Effect {
	c.begin()
	if r := c.requests[id]; r != nil {
		if r.place != nil {
			c.queue.Remove(r.place)
		} else {
			c.hands--
		}
		c.refuse(r, Effect{Why: why})
	}
	return c.settle(now)
}

// Close takes no more requests and refuses those that wait. Finish comes when
// those in hand are over.
func (c *Crew) Close(now int64) []Effect {
	c.begin()
	if !c.closed {
		c.closed, c.hiring = true, false
		c.dismiss(Ending)
	}
	return c.settle(now)
}

// Abort refuses all that is in hand.
func (c *Crew) Abort(now int64) []Effect {
	c.begin()
	c.closed, c.hiring = true, false
	c.dismiss(Ending)
	var held []*request
	for _, r := range c.requests {
		held = append(held, r)
	}
	sortRequests(held)
	for _, r := range held {
		c.hands--
		c.refuse(r, Effect{Why: Ending})
	}
	return c.settle(now)
}

func (c *Crew) begin() { c.out = c.out[:0] }

func (c *Crew) add(e Effect) { c.out = append(c.out, e) }

// settle gives what waits to who is idle, looks whether there is anybody at all,
// and returns what is to be done.
func (c *Crew) settle(now int64) []Effect {
	for c.idle.Len() > 0 && c.queue.Len() > 0 {
		w := c.idle.Remove(c.idle.Front()).(*worker)
		r := c.queue.Remove(c.queue.Front()).(*request)
		w.place, r.place = nil, nil
		w.hand, w.given = r, now
		c.hands++
		c.add(Effect{Kind: Give, Worker: w.id, Request: r.id})
	}
	if c.finished {
		return c.out
	}
	if c.spent() {
		c.closed, c.hiring = true, false
		c.dismiss(AllEnded)
	}
	if c.closed && c.hands == 0 && c.queue.Len() == 0 {
		c.finished = true
		c.add(Effect{Kind: Finish})
	}
	return c.out
}

// spent reports whether there is no worker and will be none.
func (c *Crew) spent() bool {
	return c.config.Slots > 0 && c.config.StandDown < 0 && c.running == 0 && len(c.workers) == 0
}

// rest makes a worker idle.
func (c *Crew) rest(w *worker) { w.place = c.idle.PushBack(w) }

// drop empties a worker's hand.
func (c *Crew) drop(w *worker) {
	if w.hand != nil && !w.hand.over {
		c.hands--
	}
	w.hand = nil
}

// again puts r before all that waits, unless it was tried often enough.
func (c *Crew) again(r *request) {
	if r.over {
		return
	}
	r.tries++
	if r.tries >= c.config.Tries {
		c.refuse(r, Effect{Why: Tried})
		return
	}
	r.place = c.queue.PushFront(r)
}

// remove takes a worker out.
func (c *Crew) remove(w *worker, now int64) {
	delete(c.workers, w.id)
	if w.place != nil {
		c.idle.Remove(w.place)
	}
	if r := w.hand; r != nil {
		c.drop(w)
		c.again(r)
	}
	switch {
	case len(c.workers) > 0 || c.spent():
	case c.closed:
		c.dismiss(Ending)
	case c.config.Recruits || c.prospect(now):
		c.hire()
	default:
		c.dismiss(AllEnded)
	}
}

// dismiss refuses all that waits.
func (c *Crew) dismiss(why Why) {
	for c.queue.Len() > 0 {
		r := c.queue.Remove(c.queue.Front()).(*request)
		if r.taken {
			c.refuse(r, Effect{Why: Tried}) // that is the better reason: somebody may have worked on it
		} else {
			c.refuse(r, Effect{Why: why})
		}
	}
}

// refuse ends a request without an answer.
func (c *Crew) refuse(r *request, e Effect) {
	switch e.Why {
	case Late:
		c.counts.Late++
	case Tried:
		c.counts.Tried++
	case Unwanted:
		c.counts.Unwanted++
	default:
		c.counts.Refused++
	}
	e.Kind = Refuse
	c.end(r, e)
}

// end ends a request.
func (c *Crew) end(r *request, e Effect) {
	r.over, r.place = true, nil
	delete(c.requests, r.id)
	e.Request = r.id
	c.add(e)
}
