package node

import (
	"errors"
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

// A Watcher is who watches an actor of this process from another, or one of another
// through this process.
type Watcher struct {
	link   *link
	number uint64
	actor  transport.Address
	onward *Watch // guarded by Node.watching; nil: the actor is here, or it is not passed on yet
}

// watch takes a Watch.
func (l *link) watch(body []byte) error {
	head, err := wire.ParseWatch(body)
	if err != nil {
		return err
	}
	n := l.n
	w := &Watcher{link: l, number: head.Number, actor: head.Actor}
	here := head.Actor.Process == n.self
	var refused error
	n.watching.Lock()
	ws := &l.watches
	switch {
	case ws.others[head.Number] != nil:
		n.watching.Unlock()
		return &transport.FrameError{Kind: wire.Watch, Reason: fmt.Sprintf("number %d is in use", head.Number)}
	case len(ws.others) >= maxWatches:
		refused = errManyWatches
	case !here && ws.passed >= maxWatchesPassed:
		refused = errManyPassed
	}
	if refused != nil {
		n.watching.Unlock()
		w.say(refused.Error(), nil, nil)
		return nil
	}
	if ws.others == nil {
		ws.others = make(map[uint64]*Watcher)
	}
	ws.others[head.Number] = w
	if !here {
		ws.passed++
	}
	n.watching.Unlock()

	switch {
	case !here:
		refused = w.passOn(head)
	case !n.Mint.Made(head.Actor):
		refused = errNoAddress
	default:
		refused = n.Actors.Watch(head.Actor, w)
	}
	if refused != nil {
		w.end(refused.Error(), nil, nil)
	}
	return nil
}

// passOn watches for another process.
func (w *Watcher) passOn(head wire.WatchHead) error {
	next := w.link.onward(head.Actor.Process)
	switch {
	case next == nil:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errTooFar
	}
	onward := &Watch{node: w.link.n, actor: head.Actor, hops: head.Hops + 1, told: w.passBack}
	if err := onward.say(next); err != nil {
		return err
	}
	n := w.link.n
	n.watching.Lock()
	w.onward = onward // the reader's own: it takes Unwatch, and the end of the link, later
	n.watching.Unlock()
	return nil
}

// passBack passes an Ended on that came over l. Only the number of its type changes.
func (w *Watcher) passBack(l *link, head wire.EndedHead, body []byte) {
	var t transport.Type
	if head.Type != 0 {
		t = l.known.get(head.Type)
		wire.Addresses(body, l.passed)
	}
	w.end(head.Reason, t, body)
}

// unwatch takes an Unwatch.
func (l *link) unwatch(body []byte) error {
	number, err := wire.ParseUnwatch(body)
	if err != nil {
		return err
	}
	l.n.watching.Lock()
	w := l.watches.others[number]
	if w != nil {
		w.remove()
	}
	l.n.watching.Unlock()
	if w != nil {
		w.forget()
	}
	return nil
}

// End tells the watcher that the actor has ended, with its result if that is an error
// which may travel. It may be called again, and when nobody watches any more.
func (w *Watcher) End(value any) {
	if _, fault := value.(error); !fault {
		w.end("", nil, nil)
		return
	}
	b := idleBuffers.Get().(*buffer)
	defer b.free()
	body, t, err := w.link.n.Codec.Append(b.b[:0], value)
	if err == nil {
		b.b = body
	}
	if err == nil && len(body) > maxGivenBack {
		err = errors.New(tooLong(len(body)))
	}
	if err != nil {
		w.link.n.log.Debug("the error of an actor is not told to who watches it", "actor", w.actor, "reason", err)
		t, body = nil, nil
	}
	w.end("", t, body)
}

// end says Ended, once.
func (w *Watcher) end(reason string, t transport.Type, body []byte) {
	l := w.link
	l.n.watching.Lock()
	live := l.watches.others[w.number] == w
	if live {
		w.remove()
	}
	l.n.watching.Unlock()
	if live {
		w.say(reason, t, body)
	}
}

// say says Ended. A nil type is that of no value.
func (w *Watcher) say(reason string, t transport.Type, body []byte) {
	l := w.link
	head := wire.EndedHead{Number: w.number, Reason: reason}
	if t != nil {
		var err error
		if head.Type, err = l.numberUpTo(maxRelayed, t); err != nil {
			body = nil // that it has ended matters more
		}
	}
	frame := append(wire.AppendEnded(nil, head), body...)
	if err := l.out.follow(l, wire.Ended, frame); err != nil && err != transport.ErrClosed && err != transport.ErrEnded {
		l.Close(err) // so the other end is told
	}
}

// remove takes a watcher out of its link. Node.watching is held, and it is there.
func (w *Watcher) remove() {
	ws := &w.link.watches
	delete(ws.others, w.number)
	if w.actor.Process != w.link.n.self {
		ws.passed--
	}
}

// forget has a watcher, which was removed, watch no more.
func (w *Watcher) forget() {
	n := w.link.n
	if w.actor.Process == n.self {
		n.Actors.Unwatch(w.actor, w)
		return
	}
	n.watching.Lock()
	onward := w.onward
	n.watching.Unlock()
	if onward != nil {
		onward.Cancel()
	}
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
