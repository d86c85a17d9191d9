package node

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/layer-cake/layer-cake/directory"
)

// How long the timers take (R8, R9, R17).
const (
	openTime      = time.Second
	closeTime     = time.Second
	commitTime    = 4 * time.Second
	partTime      = 30 * time.Second // what waits to be sent leaves meanwhile
	retryFirst    = 100 * time.Millisecond
	retryMost     = 2 * time.Second
	retryJitter   = 0.2
	retryDoubling = 5 // 100 ms doubled so often is beyond retryMost
)

// timers are those of a node: a heap of alarms, the next one first, and one timer
// of the system for all of them. A session opened starts a timer and stops it
// again, so both are cheap: the system's timer is left as it is if it is early
// enough, and finds nothing then.
type timers struct {
	byKey map[directory.Timer]*alarm // the machines'
	heap  alarms
	ring  *time.Timer
	set   time.Time // what ring is set to; zero: nothing
}

// An alarm is one timer that runs.
type alarm struct {
	at    time.Time
	place int // in the heap
	timer directory.Timer
	do    func() // nil: the machine is told of timer
}

// alarms are a heap for container/heap.
type alarms []*alarm

// initTimers must be called before any is started. The system's timer costs a
// goroutine when it rings, which waits if the inbox is full; it is set anew only
// after that.
func (n *Node) initTimers() {
	n.timers.byKey = make(map[directory.Timer]*alarm)
	n.timers.ring = time.AfterFunc(time.Hour, func() { n.post(n.rung) })
	n.timers.ring.Stop()
}

func (n *Node) startTimer(t directory.Timer) {
	n.stopTimer(t)
	a := &alarm{timer: t}
	n.timers.byKey[t] = a
	n.timers.start(a, n.duration(t))
}

func (n *Node) stopTimer(t directory.Timer) {
	if a := n.timers.byKey[t]; a != nil {
		delete(n.timers.byKey, t)
		n.timers.remove(a)
	}
}

// after has f done by whoever runs the node, in a while.
func (n *Node) after(d time.Duration, f func()) { n.timers.start(&alarm{do: f}, d) }

// rungAtOnce is how many timers are done before others have their turn.
const rungAtOnce = 256

// rung does what is due; if that is much, the rest when its turn comes again.
func (n *Node) rung() {
	t := &n.timers
	t.set = time.Time{}
	now := time.Now()
	for left := rungAtOnce; left > 0 && len(t.heap) > 0 && !t.heap[0].at.After(now); left-- {
		a := t.heap[0]
		t.remove(a)
		if a.do != nil {
			a.do()
			continue
		}
		delete(t.byKey, a.timer)
		n.fired(a.timer)
		n.settle()
	}
	t.wind()
}

// fired tells the machine whose timer it is.
func (n *Node) fired(t directory.Timer) {
	switch t.Kind {
	case directory.TimerCommit:
		n.do(n.acceptor.Step(0, directory.Fired{Timer: t}))
		return
	case directory.TimerCall, directory.TimerJoin, directory.TimerPart:
		n.do(n.switchboard.Step(0, directory.Fired{Timer: t}))
		return
	}
	n.do(n.resolver.Step(0, directory.Fired{Timer: t}))
}

func (t *timers) start(a *alarm, d time.Duration) {
	a.at = time.Now().Add(d)
	heap.Push(&t.heap, a)
	t.wind()
}

func (t *timers) remove(a *alarm) { heap.Remove(&t.heap, a.place) }

// wind sets the system's timer if it would ring too late.
func (t *timers) wind() {
	if len(t.heap) == 0 {
		return
	}
	if first := t.heap[0].at; t.set.IsZero() || first.Before(t.set) {
		t.set = first
		t.ring.Reset(time.Until(first))
	}
}

func (h alarms) Len() int           { return len(h) }
func (h alarms) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *alarms) Push(a any) {
	a.(*alarm).place = len(*h)
	*h = append(*h, a.(*alarm))
}

func (h *alarms) Pop() any {
	last := len(*h) - 1
	a := (*h)[last]
	(*h)[last] = nil // let go of it
	*h = (*h)[:last]
	return a
}

func (n *Node) duration(t directory.Timer) time.Duration {
	switch t.Kind {
	case directory.TimerOpen:
		return openTime
	case directory.TimerClose:
		return closeTime
	case directory.TimerCommit, directory.TimerJoin:
		return commitTime
	case directory.TimerPart:
		return partTime
	case directory.TimerCall:
		return n.ConnectTime
	}
	d := min(retryFirst<<min(max(t.Try-1, 0), retryDoubling), retryMost)
	return d + time.Duration(float64(d)*retryJitter*(2*rand.Float64()-1))
}
