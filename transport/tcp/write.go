package tcp

import (
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Send queues one frame ahead of those of all lanes, or writes it if it is alone. The
// error is transport.ErrOverloaded, transport.ErrClosed, or a *transport.FrameError
// if the body is longer than wire.MaxBody or the kind is the link's own.
func (l *link) Send(kind transport.Kind, body []byte) error { return l.send(nil, kind, body) }

// controlShare is which part of the queue lanes leave to control: what they fill does not
// keep a link from giving credit, or from saying what its node has to.
const controlShare = 8

func (l *link) send(to *lane, kind transport.Kind, body []byte) error {
	if err := wire.CheckSend(kind, len(body)); err != nil {
		return err
	}
	size := wire.HeadSize + len(body)
	limit := l.limit
	if to != nil {
		limit -= limit / controlShare
	}
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return transport.ErrClosed
	case l.queue.size > 0 && l.queue.size+size > limit:
		l.mu.Unlock()
		return transport.ErrOverloaded
	case l.owner != nobody: // who will come upon it
		l.queue.add(to, kind, body)
	case l.attempt == nil || l.clock()-l.last < lone:
		l.queue.add(to, kind, body)
		l.handOver()
	default:
		l.queue.alone(kind, body)
		l.writeNow()
	}
	l.mu.Unlock()
	return nil
}

// Queued is how much is not written, the system's own buffers left aside.
func (l *link) Queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue.size
}

// writeNow makes the caller owner for one attempt. The lock is held before and
// after, not meanwhile: others may queue.
func (l *link) writeNow() {
	l.owner = sender
	b := l.queue.first()
	l.mu.Unlock()
	n := l.attempt(b)
	l.mu.Lock()
	l.wrote(n)
	if l.more() {
		l.handOver()
	} else {
		l.owner = nobody
	}
}

// wrote notes that n bytes of that have been written.
func (l *link) wrote(n int) {
	l.last = l.clock()
	l.queue.wrote(n)
}

// handOver makes the writer the owner.
func (l *link) handOver() {
	l.owner = writer
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

// write is the writer.
func (l *link) write() {
	defer close(l.written)
	beat := time.NewTimer(l.interval)
	defer beat.Stop()
	for {
		select {
		case <-l.wake:
		case <-beat.C:
			beat.Reset(l.beat())
		case <-l.over:
			return
		}
		if !l.drain() {
			return
		}
	}
}

// beat queues a heartbeat if one is due, and returns when to look again.
func (l *link) beat() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if quiet := l.clock() - l.last; quiet < l.interval {
		return l.interval - quiet
	}
	if l.owner == nobody && !l.closed {
		l.queue.chunks.shrink() // an idle link holds little
		l.queue.alone(wire.Heartbeat, nil)
		l.owner = writer
	}
	return l.interval
}

// drain writes until nothing is queued, if that is the writer's to do. It reports
// whether there may be more later.
func (l *link) drain() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner != writer {
		return true
	}
	for l.more() {
		b := l.queue.first()
		l.mu.Unlock()
		n, err := l.conn.Write(b[:min(len(b), piece)])
		l.mu.Lock()
		l.wrote(n)
		if err != nil {
			l.fail(err) // and stays owner: nobody else need try
			return false
		}
	}
	if l.reason != nil { // the Goodbye is out
		finish(l.conn)
		return false
	}
	l.owner = nobody
	return true
}

// more reports whether there is something to write. When nothing else is, and the
// link was closed, that is the Goodbye.
func (l *link) more() bool {
	if l.queue.size == 0 && l.reason != nil && !l.said {
		l.said = true
		l.queue.alone(wire.Goodbye, wire.AppendGoodbye(nil, l.reason))
	}
	return l.queue.size > 0
}

// fail ends a link that cannot be written to. The reader has a second to find the
// peer's Goodbye, which says more than err.
func (l *link) fail(err error) {
	l.closed = true
	l.failed = err
	l.source.end(time.Now().Add(linger))
}

func (l *link) clock() time.Duration { return time.Since(l.born) }
