package node

import (
	"fmt"
	"maps"
	"slices"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A process may be told of the end of an actor in another: it says Watch, and one
// Ended follows, unless it says Unwatch before. Who passes a watch on watches for
// another; so each link that is lost on the way is known to those at its ends, and
// everybody who watched beyond it is told, and everybody who was watched forgets.
//
//	watcher's process          process between          watched process
//	   Watch  ──── number 7 ───▶  Watcher 7 = Watch 4  ─── number 4 ───▶  Watcher 4

// The most that one link may have watched, and of that in other processes: who has
// this process watch for him leaves room for others there.
const (
	maxWatches       = 1 << 16
	maxWatchesPassed = 1 << 12
)

var (
	errManyWatches = fmt.Errorf("%w: over one link %d actors may be watched", transport.ErrOverloaded, maxWatches)
	errManyPassed  = fmt.Errorf("%w: over one link %d actors of other processes may be watched", transport.ErrOverloaded, maxWatchesPassed)
)

// watches are those of one link.
type watches struct {
	own    map[uint64]*Watch   // what this end has said, by number; nil: nothing
	others map[uint64]*Watcher // what the other end has; likewise
	last   uint64              // number of own
	passed int                 // of the others: how many are passed on
	shut   bool                // the link is lost
}

// A Watch is of an actor in another process, by an actor of this one or for a third.
type Watch struct {
	node  *Node
	actor transport.Address
	hops  uint8
	told  func(l *link, head wire.EndedHead, body []byte) // once, unless it is cancelled

	// Guarded by Node.watching.
	link      *link // over which it was said
	number    uint64
	said      bool // the frame is queued
	cancelled bool
}

// Watch has told called, once, when an actor of another process has ended, with its
// result if that is an error; or with the reason why nothing can be known of it. It is
// called on any goroutine and must not block. If there is an error it is not.
func (n *Node) Watch(actor transport.Address, told func(value any, reason string)) (*Watch, error) {
	l := n.routes.towards(actor.Process)
	if l == nil {
		return nil, transport.ErrUnreachable
	}
	w := &Watch{node: n, actor: actor, told: func(l *link, head wire.EndedHead, body []byte) {
		value, reason := l.valueOf(head, body)
		told(value, reason)
	}}
	if err := w.say(l); err != nil {
		return nil, err
	}
	return w, nil
}

// say says a watch over l.
func (w *Watch) say(l *link) error {
	n := w.node
	n.watching.Lock()
	if l.watches.shut {
		n.watching.Unlock()
		return transport.ErrUnreachable
	}
	if w.cancelled {
		n.watching.Unlock()
		return nil
	}
	l.watches.last++
	number := l.watches.last
	w.link, w.number, w.said = l, number, false
	if l.watches.own == nil {
		l.watches.own = make(map[uint64]*Watch)
	}
	l.watches.own[number] = w
	n.watching.Unlock()

	err := l.Send(wire.Watch, wire.AppendWatch(nil, wire.WatchHead{Number: number, Hops: w.hops, Actor: w.actor}))

	n.watching.Lock()
	still := l.watches.own[number] == w
	if still {
		w.said = true
		if err != nil {
			delete(l.watches.own, number)
		}
	}
	n.watching.Unlock()
	switch {
	case still:
		return sendError(err)
	case err == nil:
		l.sayUnwatch(number) // it was cancelled meanwhile; if it has ended this does no harm
	}
	return nil
}

// Cancel has nobody told any more.
func (w *Watch) Cancel() {
	n := w.node
	n.watching.Lock()
	w.cancelled = true
	l, number, said := w.link, w.number, w.said
	live := l.watches.own[number] == w
	if live {
		delete(l.watches.own, number)
	}
	n.watching.Unlock()
	if live && said {
		l.sayUnwatch(number)
	}
}

// sayUnwatch tells the other end. If it could not be told it would tell of an end that
// nobody waits for, and have less room.
func (l *link) sayUnwatch(number uint64) {
	if err := l.Send(wire.Unwatch, wire.AppendUnwatch(nil, number)); err != nil && err != transport.ErrClosed {
		l.Close(err)
	}
}

// ended takes an Ended. One that was cancelled meanwhile nobody waits for.
func (l *link) ended(body []byte) error {
	size := cost(len(body))
	if err := l.in.receive(wire.Ended, size); err != nil {
		return err
	}
	Due{&l.in, int32(size)}.Settle()
	head, body, err := wire.ParseEnded(body)
	if err != nil {
		return err
	}
	if head.Type != 0 {
		if _, err := l.typeOf(wire.Ended, head.Type); err != nil {
			return err
		}
		if err := wire.Check(body); err != nil {
			return &transport.FrameError{Kind: wire.Ended, Reason: err.Error()}
		}
		if len(body) > maxGivenBack { // no honest peer says as much
			return &transport.FrameError{Kind: wire.Ended, Reason: fmt.Sprintf("a value of %d bytes, at most %d are allowed", len(body), maxGivenBack)}
		}
	}
	l.n.watching.Lock()
	w := l.watches.own[head.Number]
	delete(l.watches.own, head.Number)
	l.n.watching.Unlock()
	if w == nil {
		return nil
	}
	l.sleepers.wake() // what came before is seen first
	w.told(l, head, body)
	return nil
}

// valueOf returns the value of an Ended that came over l, or why there is none.
func (l *link) valueOf(head wire.EndedHead, body []byte) (value any, reason string) {
	if head.Reason != "" || head.Type == 0 {
		return nil, head.Reason
	}
	t := l.known.get(head.Type)
	value, err := t.Decode(body, l.passed)
	if err != nil {
		return nil, fmt.Sprintf("it has ended, and its %s cannot be read: %v", t.Name(), err)
	}
	return value, ""
}

// endWatches ends the watches of a link that is lost. What this process has said over
// one of two links it says over the other.
func (l *link) endWatches() {
	l.n.watching.Lock()
	own, others := l.watches.own, l.watches.others
	l.watches = watches{shut: true}
	l.n.watching.Unlock()
	for _, number := range slices.Sorted(maps.Keys(others)) {
		others[number].forget()
	}
	if len(own) == 0 {
		return
	}
	var other *link
	reason := lostLink(l.reason)
	if lost, instead, _ := l.way.Lost(); lost && instead != nil {
		other = instead.link
	}
	for _, number := range slices.Sorted(maps.Keys(own)) {
		w := own[number]
		if other != nil {
			err := w.say(other)
			if err == nil {
				continue
			}
			reason = err.Error()
		}
		w.told(l, wire.EndedHead{Reason: reason}, nil)
	}
}
