package actor

import "time"

// A Pool gives each message sent to it to one of its workers and the worker's
// reply to whoever sent it. A worker has one message at a time; the one that has
// been idle longest is next. Spawn its Run:
//
//	workers := self.Spawn(actor.Pool{Of: worker, Size: 8}.Run)
//
// The workers are Size children of its own, or the actors published under
// Pattern, or those that join by JoinPool; the three may be mixed. A child that
// ends is not replaced.
//
// A message is answered once: by a worker; by Overloaded when the queue is full;
// by TimedOut after Options.AskTimeout; by Unavailable when there is no worker
// and none has joined for a second; by the reason when three workers in turn
// could not take it, or ended over it; by Unavailable when the pool ends. What a
// worker has in hand when it leaves is given to another, before all that wait.
// It may so be worked on twice.
//
// A worker that has not answered in time may still be at work: it gets nothing
// more until it answers or leaves.
type Pool struct {
	Of      Func   // the workers that are children; nil: there are none
	Size    int    // how many; zero: 8
	Pattern string // subscribed to for workers; empty: not
	Scope   Scope  // of the subscription; zero: Host
	Queue   int    // messages that may wait for a worker; zero: 1024
}

// Run is the Func of the pool. Its result is Aborted, or why it could not go on.
func (p Pool) Run(self *Self) any {
	c := &crew{self: self, limit: p.Queue, recruits: p.Of == nil || p.Pattern != ""}
	if c.limit <= 0 {
		c.limit = 1024
	}
	c.workers = make(map[workerKey]*worker)
	c.patience = self.sys.askTimeout
	if p.Of != nil {
		size := p.Size
		if size <= 0 {
			size = 8
		}
		for range size {
			c.join(self.Spawn(p.Of))
		}
	}
	if p.Pattern != "" {
		if err := self.Subscribe(p.Pattern, p.Scope); err != nil {
			return err
		}
	}
	c.recruit()
	defer c.dismiss("the pool has ended")
	for m := range self.Messages() {
		switch m := m.(type) {
		case JoinPool:
			c.join(m.Worker)
		case LeavePool:
			c.leave(m.Worker, nil)
		case Available:
			c.join(m.Publisher)
		case Dropped:
			c.leave(m.Remote, nil)
		case Returned:
			c.ended(m)
		case NotSubscribed:
			return m
		case Subscribed, Unsubscribed, Published, Unpublished, Delivered:
		case Undelivered:
			self.Log().Debug("a reply has not arrived", "client", m.To, "reason", m.Reason)
		default:
			c.request(self.Sender(), m)
		}
	}
	return Aborted{}
}

const (
	recruiting = time.Second            // how long a pool without workers waits for one to join
	resting    = 100 * time.Millisecond // how long a worker is left alone that could not take a message
	maxTries   = 3                      // workers that a message is tried on
)
