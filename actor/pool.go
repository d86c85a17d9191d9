package actor

import (
	"fmt"
	"math"
	"time"
)

// A Pool gives each message sent to it to one of its workers and the worker's
// reply to whoever sent it. A worker has one message at a time; the one that has
// been idle longest is next. Spawn its Run:
//
//	workers := self.Spawn(actor.Pool{Of: worker, Size: 8}.Run, actor.Named("workers"))
//	self.Forward(workers, order) // the reply goes to whoever sent the order here
//
// # Workers
//
// The workers are Size children of its own, or those published under Pattern, or
// those that join by [JoinPool], until [LeavePool]; an actor that ends has left.
//
// Children are named after the pool, workers-0, workers-1, or after Of if it has no
// name. A child that ends, however, is replaced after StandDown, a quarter more or
// less, so that those that ended together are not back together, and gets the name
// again.
//
// With Of and Pattern, the children are given nothing themselves: they are run, and
// the workers are what they publish. So they may be processes:
//
//	work := func(self *actor.Self) any {
//		return process.Func(process.Config{Path: path, Role: self.Name()})(self)
//	}
//	actor.Pool{Of: work, Size: 4, Pattern: `shop:worker:.*`, Scope: actor.Group}
//
// # Answers
//
// Each message is answered once, also one that another actor forwarded:
//
//   - by a worker, with a value or an error;
//   - [Overloaded] when so many messages wait as Queue says;
//   - [Busy] when the workers took longer than Responsiveness for their last 32
//     answers, on average, what was never answered in time aside. One message in
//     PassRate is taken all the same, so that it is seen when they are quicker;
//   - [Unavailable] when there is no worker, and none has come for a second. While a
//     child is soon replaced, or workers may come from elsewhere, messages wait for
//     them so long;
//   - [Undelivered], or what Send returned, when three workers in turn could not take
//     it or ended over it, or there are no others to try;
//   - [TimedOut] when it was not answered within Timeout of its coming;
//   - [Unavailable] when the pool ends.
//
// What a worker has in hand when it leaves or ends is given to another at once,
// before all that wait. It may so be worked on twice. A worker that has not answered
// in time may still be at work: it is given nothing more until it answers, leaves or
// ends. What an actor of this process has asked and does not wait for any more is
// not given to anybody.
//
// # The end
//
// A pool that is stopped refuses what waits and what comes, and goes on until its
// workers have answered what they have in hand, as far as anybody waits for it. After
// three quarters of the time between Stop and force ([Options.Grace]) it refuses that
// too. Then its children are stopped, and have what is left of that time.
//
// # Figures
//
// A pool replies to [DescribePool] with its [PoolFigures], however busy it is.
type Pool struct {
	Of        Func          // the children; nil: there are none. See [Func] about what they share
	Size      int           // how many, up to 65536; zero: 8
	StandDown time.Duration // between the end of a child and the next, about; zero: 30 s; negative: it is not replaced, and the pool ends when its last worker has gone

	Pattern string // subscribed to for workers; empty: not
	Scope   Scope  // of the subscription; zero: Host

	Queue          int           // messages that may wait for a worker; zero: 1024
	Responsiveness time.Duration // average above which Busy is the reply; zero: 5 s
	PassRate       int           // one in so many is taken when busy; zero: 10; 1: all are
	Timeout        time.Duration // for an answer, since the message came; zero: five times Responsiveness
}

const (
	maxPoolSize = 65536
	recruiting  = time.Second            // how long a pool without workers waits for one
	resting     = 100 * time.Millisecond // how long a worker is left alone that could not take a message
	maxTries    = 3                      // workers that a message is tried on
)

// Run is the Func of the pool. Its result is Aborted when it was stopped; a Faulted
// that names the field when one has a value it cannot have; NotSubscribed when
// Pattern or Scope was refused, or the subscription was lost; Unavailable when its
// children are not replaced and there is no worker left.
func (p Pool) Run(self *Self) any {
	if err := p.check(); err != nil {
		self.Log().Error("a pool cannot be", "err", err) // what is sent to it comes back without that reason
		return err
	}
	return p.complete().run(self)
}

// check returns a Faulted if a field has a value that it cannot have.
func (p Pool) check() error {
	reason := ""
	switch {
	case p.Size < 0 || p.Size > maxPoolSize:
		reason = fmt.Sprintf("Size is %d: it is a number of children, up to %d", p.Size, maxPoolSize)
	case p.Size > 0 && p.Of == nil:
		reason = fmt.Sprintf("Size is %d and Of is nil: there is nothing to run", p.Size)
	case p.StandDown != 0 && p.Of == nil:
		reason = fmt.Sprintf("StandDown is %v and Of is nil: there is nothing to replace", p.StandDown)
	case p.Scope != 0 && p.Pattern == "":
		reason = fmt.Sprintf("Scope is %v and Pattern is empty: there is nothing to subscribe to", p.Scope)
	case p.Queue < 0:
		reason = fmt.Sprintf("Queue is %d: it is how many messages may wait", p.Queue)
	case p.Responsiveness < 0:
		reason = fmt.Sprintf("Responsiveness is %v: it is the time that an answer may take", p.Responsiveness)
	case p.PassRate < 0:
		reason = fmt.Sprintf("PassRate is %d: one in so many messages is taken when the pool is busy", p.PassRate)
	case p.Timeout < 0:
		reason = fmt.Sprintf("Timeout is %v: it is the time after which there is no answer", p.Timeout)
	default:
		return nil
	}
	return Faulted{"pool refused", reason}
}

// complete returns the pool with the defaults in the places that are zero.
func (p Pool) complete() Pool {
	or := func(d *time.Duration, instead time.Duration) {
		if *d == 0 {
			*d = instead
		}
	}
	or(&p.StandDown, 30*time.Second)
	or(&p.Responsiveness, 5*time.Second)
	if p.Responsiveness > math.MaxInt64/5 {
		or(&p.Timeout, math.MaxInt64)
	}
	or(&p.Timeout, 5*p.Responsiveness)
	if p.Size == 0 && p.Of != nil {
		p.Size = 8
	}
	if p.Queue == 0 {
		p.Queue = 1024
	}
	if p.PassRate == 0 {
		p.PassRate = 10
	}
	return p
}
