package node

import (
	"errors"
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

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
