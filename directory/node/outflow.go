package node

import (
	"sync"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// An outflow is what this process sends in a session, or over a link in none (R17).
// Within the credit that the other end gave frames go into the link's queue; beyond
// it they wait here, up to a bound, and then Send is refused.
type outflow struct {
	mu      sync.Mutex
	window  int32
	credit  int32          // guarded by mu; bytes that may be sent; overdrawn by one frame
	silent  bool           // guarded by mu; the last word was said, or there is nobody to hear
	retries bool           // guarded by mu; a timer pumps again: the link's queue was full
	lane    transport.Lane // guarded by mu; nil until something is sent
	backlog *backlog       // guarded by mu; nil: nothing waits
	room    room           // guarded by mu
}

// cost is what a frame with a body of that many bytes takes of a window.
func cost(body int) int { return wire.HeadSize + body + wire.Overhead }

func (o *outflow) open(window int32) { o.window, o.credit = window, window }

// send sends a frame over l, or keeps a copy of it until there is credit. The error
// is transport.ErrEnded behind the last word, ErrOverloaded or ErrClosed.
func (o *outflow) send(l *link, kind transport.Kind, body []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.silent {
		return transport.ErrEnded
	}
	if o.lane == nil {
		o.lane = l.Lane()
	}
	if o.backlog != nil || o.credit <= 0 || len(body) > wire.PartSize {
		return o.hold(l, kind, body)
	}
	err := o.lane.Send(kind, body)
	if err == nil {
		o.credit -= int32(cost(len(body)))
	}
	return err
}

// hold puts a frame behind those that wait. One always has room, as far as its
// session is concerned.
func (o *outflow) hold(l *link, kind transport.Kind, body []byte) error {
	size := cost(len(body))
	if o.backlog != nil && o.backlog.size+size > wire.MaxPending {
		return transport.ErrOverloaded
	}
	if !l.reserve(size) {
		return transport.ErrOverloaded
	}
	if o.backlog == nil {
		o.backlog = idleBacklogs.Get().(*backlog)
	}
	o.backlog.add(kind, body)
	return o.pump(l)
}

// follow sends a frame behind all that was sent, however much waits: the other end
// bounds how many there are.
func (o *outflow) follow(l *link, kind transport.Kind, body []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.silent {
		return transport.ErrEnded
	}
	if o.lane == nil {
		o.lane = l.Lane()
	}
	if o.backlog == nil && o.credit > 0 {
		err := o.lane.Send(kind, body)
		if err == nil {
			o.credit -= int32(cost(len(body)))
		}
		if err != transport.ErrOverloaded {
			return err
		}
	}
	if o.backlog == nil {
		o.backlog = idleBacklogs.Get().(*backlog)
	}
	l.reserved.Add(int64(cost(len(body))))
	o.backlog.add(kind, body)
	return o.pump(l)
}

// pump sends what waits, as far as the credit goes; behind silence, all. What the link
// has no room for waits on. The error is ErrClosed.
func (o *outflow) pump(l *link) error {
	b := o.backlog
	for b != nil && !b.empty() && (o.credit > 0 || o.silent) {
		took, left, err := b.send(l, o.lane)
		if err == transport.ErrOverloaded {
			o.retry(l)
			return nil
		}
		if err != nil {
			o.drop(l)
			return err
		}
		o.credit -= int32(took)
		l.reserved.Add(-int64(left))
	}
	if b != nil && b.empty() {
		b.free()
		o.backlog, b = nil, nil
	}
	if b == nil || b.size <= wire.MaxPending/2 {
		o.room.open()
	}
	return nil
}

// retry pumps again in a while.
func (o *outflow) retry(l *link) {
	if o.retries {
		return
	}
	o.retries = true
	time.AfterFunc(fullPause, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.retries = false
		o.pump(l)
	})
}

// give adds to the credit. It reports false if the other end gives more than it can
// have taken.
func (o *outflow) give(l *link, bytes uint64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if bytes > uint64(o.window-o.credit) {
		return false
	}
	o.credit += int32(bytes)
	o.pump(l)
	return true
}

// finish says this side's last word, behind all that waits. When it returns nothing
// else will be sent. Where the link has no room, what waits and the word go as there is,
// also when the end is released.
func (o *outflow) finish(l *link, kind transport.Kind, body []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.silent = true
	o.room.open()
	if o.lane == nil {
		return l.Send(kind, body)
	}
	if o.backlog == nil {
		if err := o.lane.Send(kind, body); err != transport.ErrOverloaded {
			return err
		}
		o.backlog = idleBacklogs.Get().(*backlog)
	}
	l.reserved.Add(int64(cost(len(body)))) // it is never refused
	o.backlog.add(kind, body)
	o.backlog.finished = true
	return o.pump(l)
}

// drop forgets what waits: there is nobody to send it to.
func (o *outflow) drop(l *link) {
	o.silent = true
	if b := o.backlog; b != nil {
		messages := 0
		for _, p := range b.frames[b.next:] {
			if p.kind != wire.Ended { // who watches is told by the end of the link
				messages++
			}
		}
		if b.finished {
			messages-- // the word is none
		}
		l.abandoned(messages)
		l.reserved.Add(-int64(b.size))
		o.backlog = nil
	}
	o.room.open()
}

// lost is drop for who does not hold the mutex, when the link is.
func (o *outflow) lost(l *link) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop(l)
}

// abandon is drop for who does not hold the mutex. What goes ahead of a last word, and
// that, is tried until it is said or the link is lost.
func (o *outflow) abandon(l *link) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.backlog == nil || !o.backlog.finished {
		o.drop(l)
	}
}

// roomy returns a channel that is closed when it is worth trying again after
// ErrOverloaded. If it was the link that was full, that is after a while.
func (o *outflow) roomy() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.silent:
		return closed()
	case o.backlog == nil || o.backlog.size <= wire.MaxPending/2:
		later := make(chan struct{})
		time.AfterFunc(fullPause, func() { close(later) })
		return later
	}
	return o.room.wait()
}

// reserve makes room for a frame that waits. One has room always: the first.
func (l *link) reserve(size int) bool {
	if now := l.reserved.Add(int64(size)); now > int64(l.n.limits.LinkBytes) && now > int64(size) {
		l.reserved.Add(-int64(size))
		return false
	}
	return true
}
