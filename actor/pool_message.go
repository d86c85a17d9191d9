package actor

import (
	"fmt"
	"time"
)

// To a pool, inside a process.
type (
	// JoinPool adds a worker.
	JoinPool struct{ Worker Address }
	// LeavePool takes it out. What it has in hand is given to another.
	LeavePool struct{ Worker Address }
	// DescribePool asks a pool for its PoolFigures.
	DescribePool struct{}
)

// PoolFigures are what a pool has at this moment, and how many requests had which
// end since it began. A pool replies with them to DescribePool.
//
//	figures, err := actor.Ask[actor.PoolFigures](ctx, sys, workers, actor.DescribePool{})
type PoolFigures struct {
	Workers int // Idle + Busy + Late + Resting
	Idle    int
	Busy    int // have a request in hand
	Late    int // have one whose time is up, and are given no other until they reply
	Resting int // could not take one, and are left alone for a moment

	StandingDown int // children that have ended and will be replaced
	Waiting      int // requests in the queue

	// All requests that came: Waiting + Busy + the other counts.
	Requests  uint64
	Answered  uint64 // by a worker, be it with an error
	Refused   uint64 // with Overloaded, Busy or Unavailable
	Failed    uint64 // with the reason why the workers they were tried on could not
	TimedOut  uint64
	Abandoned uint64 // nobody waited for the answer any more

	Average time.Duration // that workers took for the last 32 answers; zero: there were none
}

// Busy is the reply of a pool whose workers answer too slowly. Average is what they
// took for their last answers.
type Busy struct{ Average time.Duration }

// Error says how slow they are.
func (m Busy) Error() string { return fmt.Sprintf("busy: an answer takes %v", m.Average) }
