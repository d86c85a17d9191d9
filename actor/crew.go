package actor

import (
	"container/list"
	"errors"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// A crew is the workers of a pool and what they are given to do. After each of
// its methods there is no worker idle while a request waits.
type crew struct {
	self     *Self
	limit    int           // requests in queue
	patience time.Duration // for a reply
	recruits bool          // workers may join

	workers map[workerKey]*worker
	idle    list.List // of *worker, the one that has been idle longest first
	queue   list.List // of *request, the next one first
	hiring  bool      // there is no worker, but one may join in time
	clock   Timer     // of hiring
}

// A workerKey is an actor, whatever session its address is bound to.
type workerKey = transport.Address

// A worker is in one of four conditions:
//
//	idle ──► busy ──(reply)──► idle
//	           └──(could not take it)──► resting ──► idle
//	any ──► gone
type worker struct {
	at    Address              // where requests go
	names map[Address]struct{} // the addresses under which it joined
	place *list.Element        // in idle; nil: it is not idle
	hand  *request             // what it works on; nil: nothing
	ask   *ask                 // of hand
	gone  bool
}

// A request is in the queue, in a worker's hand, or over.
type request struct {
	client  Address
	message any
	tries   int           // workers that could not take it or ended over it
	place   *list.Element // in queue
	clock   Timer
	over    bool // it was answered
}

// request takes a message that somebody wants a reply to.
func (c *crew) request(client Address, message any) {
	r := &request{client: client, message: message}
	switch {
	case len(c.workers) == 0 && !c.hiring:
		c.answer(r, Unavailable{"there is no worker"})
		return
	case c.queue.Len() >= c.limit:
		c.answer(r, Overloaded{c.queue.Len()})
		return
	}
	r.clock = c.self.AfterFunc(c.patience, func() { c.expire(r) })
	r.place = c.queue.PushBack(r)
	c.work()
}

// work gives what waits to who is idle.
func (c *crew) work() {
	for c.idle.Len() > 0 && c.queue.Len() > 0 {
		w := c.idle.Remove(c.idle.Front()).(*worker)
		r := c.queue.Remove(c.queue.Front()).(*request)
		w.place, r.place = nil, nil
		w.hand = r
		w.ask = c.self.askWithin(0, w.at, r.message, func(reply any, err error) { c.replied(w, r, reply, err) })
	}
}

// replied takes what became of r in the hands of w, which has not left meanwhile.
func (c *crew) replied(w *worker, r *request, reply any, err error) {
	w.hand, w.ask = nil, nil
	switch {
	case err != nil && c.self.Sender().IsZero(): // it did not get its request; else the error is its reply
		c.again(r, err)
		if errors.Is(err, ErrEnded) {
			c.remove(w, nil)
			break
		}
		c.self.AfterFunc(resting, func() {
			c.rest(w)
			c.work()
		})
	case err != nil:
		c.answer(r, err)
		c.rest(w)
	default:
		c.answer(r, reply)
		c.rest(w)
	}
	c.work()
}

// rest makes w idle.
func (c *crew) rest(w *worker) {
	if !w.gone {
		w.place = c.idle.PushBack(w)
	}
}

// again puts r before all that waits, unless it was tried often enough.
func (c *crew) again(r *request, reason error) {
	switch {
	case r.over:
		return
	case reason != nil:
		r.tries++
		if r.tries == maxTries {
			c.answer(r, reason)
			return
		}
	}
	r.place = c.queue.PushFront(r)
}

// expire ends a request whose time is up. A worker that has it in hand is not
// given another.
func (c *crew) expire(r *request) {
	if r.place != nil {
		c.queue.Remove(r.place)
	}
	c.answer(r, TimedOut{c.patience})
	for _, w := range c.workers {
		if w.hand == r && w.at.at.Process == c.self.sys.process && c.self.sys.find(w.at) == nil {
			c.remove(w, nil) // it has ended and nobody said so
			break
		}
	}
	c.work()
}

// answer ends a request, once.
func (c *crew) answer(r *request, reply any) {
	if r.over {
		return
	}
	r.over, r.place = true, nil
	r.clock.Cancel()
	if r.client.IsZero() {
		return
	}
	if err := c.self.Send(r.client, reply); err != nil {
		c.self.Log().Debug("a reply cannot be sent", "client", r.client, "err", err)
	}
}

// join adds a worker, or another address of one.
func (c *crew) join(at Address) {
	if at.IsZero() || at.at == c.self.at {
		c.self.Log().Warn("no worker for a pool", "address", at)
		return
	}
	w := c.workers[at.at]
	if w == nil {
		w = &worker{at: at, names: make(map[Address]struct{})}
		c.workers[at.at] = w
		c.rest(w)
	}
	w.names[at] = struct{}{}
	if at.in != nil {
		w.at = at
	}
	c.hiring = false
	c.clock.Cancel()
	c.work()
}

// leave takes one address of a worker away, and with the last the worker.
func (c *crew) leave(at Address, reason error) {
	w := c.workers[at.at]
	if w == nil {
		return
	}
	if _, ok := w.names[at]; !ok {
		return
	}
	delete(w.names, at)
	if len(w.names) == 0 {
		c.remove(w, reason)
		return
	}
	if w.at == at {
		for w.at = range w.names {
			break // any that is left
		}
	}
}

// ended takes notice that a child has ended.
func (c *crew) ended(m Returned) {
	w := c.workers[m.Child.at]
	if w == nil {
		return
	}
	if err, ok := m.Value.(error); ok {
		c.self.Log().Warn("a worker has ended", "worker", m.Name, "address", m.Child, "err", err)
	}
	c.remove(w, Undelivered{To: m.Child, Reason: "the worker has ended"})
}

// remove takes a worker out. What it has in hand is another's; the reason, if
// there is one, counts against it.
func (c *crew) remove(w *worker, reason error) {
	w.gone = true
	delete(c.workers, w.at.at)
	if w.place != nil {
		c.idle.Remove(w.place)
	}
	if w.hand != nil {
		c.self.forget(w.ask)
		if u, ok := reason.(Undelivered); ok {
			u.Message = w.hand.message
			reason = u
		}
		c.again(w.hand, reason)
	}
	if len(c.workers) == 0 {
		c.recruit()
	}
	c.work()
}

// recruit waits a while for a worker if there is none.
func (c *crew) recruit() {
	if len(c.workers) > 0 {
		return
	}
	if !c.recruits {
		c.dismiss("all workers have ended")
		return
	}
	c.hiring = true
	c.clock = c.self.AfterFunc(recruiting, func() {
		c.hiring = false
		c.dismiss("there is no worker, and none has joined")
	})
}

// dismiss answers all requests.
func (c *crew) dismiss(reason string) {
	for c.queue.Len() > 0 {
		c.answer(c.queue.Remove(c.queue.Front()).(*request), Unavailable{reason})
	}
	for _, w := range c.workers {
		if w.hand != nil {
			c.answer(w.hand, Unavailable{reason})
		}
	}
}
