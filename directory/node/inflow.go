package node

import (
	"sync/atomic"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// An inflow is what came in a session, or over a link in none, and was not taken.
// Who sends it has credit for a window, and is given more as messages are taken, half
// a window at a time.
type inflow struct {
	link     *link
	side     wire.Side
	session  uint64
	parent   *inflow      // of a message that came in parts: that of its session
	received int64        // bytes of the window, in all; the reader's
	settled  atomic.Int64 // of them, those that are taken
	granted  atomic.Int64 // of these, those that the sender was told of
}

func (f *inflow) window() int64 {
	if f.side == wire.OutsideSessions {
		return wire.LinkWindow
	}
	return wire.SessionWindow
}

// receive notes a frame that came. Who exceeds his window, and what may come ahead of
// a last word, and a part that is under way, breaks the rules.
func (f *inflow) receive(kind transport.Kind, bytes int) error {
	f.received += int64(bytes)
	if f.received-f.settled.Load() > 3*f.window() {
		return &transport.FrameError{Kind: kind, Reason: "it is beyond the window"}
	}
	f.link.held.Add(int64(bytes))
	return nil
}

// free is how much of the window is free.
func (f *inflow) free() int64 { return f.window() - f.received + f.settled.Load() }

// settle notes that so many bytes of the window were taken.
func (f *inflow) settle(bytes int64) {
	settled := f.settled.Add(bytes)
	granted := f.granted.Load()
	if settled-granted >= f.window()/2 && f.granted.CompareAndSwap(granted, settled) {
		f.link.grant(f.side, f.session, settled-granted)
	}
}

// grant tells the other end that it may send more.
func (l *link) grant(side wire.Side, session uint64, bytes int64) {
	var b [2*wire.MaxUvarint + 1]byte
	body := wire.AppendCredit(b[:0], wire.CreditHead{Side: side, Session: session, Bytes: uint64(bytes)})
	if err := l.Send(wire.Credit, body); err != nil && err != transport.ErrClosed {
		l.Close(err) // else it would wait for ever
	}
}

// A Due is what a message that came from another process takes of its sender's
// window. Who was given the message settles it, once, when the message is taken or
// thrown away. The zero Due is that of a message from this process.
type Due struct {
	flow  *inflow
	bytes int32
}

// Settle gives the sender room for as much.
func (d Due) Settle() {
	f := d.flow
	if f == nil {
		return
	}
	f.link.release(int64(d.bytes))
	if f.parent != nil {
		f.parent.settle(f.received)
		return
	}
	f.settle(int64(d.bytes))
}

// Merge adds e to d, and reports whether that was done: it is if both are of one
// sender's window, and of little of it.
func (d *Due) Merge(e Due) bool {
	if d.flow != e.flow || d.bytes+e.bytes > maxMerged {
		return false
	}
	d.bytes += e.bytes
	return true
}

// Large reports whether it is more than may be merged.
func (d Due) Large() bool { return d.Bytes() > maxMerged }

// maxMerged is far from half a window, which is what the sender is told of at once.
const maxMerged = wire.SessionWindow / 16

// Bytes is how much of the window it is.
func (d Due) Bytes() int {
	if d.flow != nil && d.flow.parent != nil {
		return int(d.flow.received)
	}
	return int(d.bytes)
}

// Outside reports whether it came in no session.
func (d Due) Outside() bool { return d.flow != nil && d.flow.side == wire.OutsideSessions }

// IsZero reports whether nothing is due.
func (d Due) IsZero() bool { return d.flow == nil }

// release notes that the process does not hold so many bytes any more.
func (l *link) release(bytes int64) {
	l.held.Add(-bytes)
	l.report()
}

// reportAt is how far a link's figure and what the process knows of it may differ.
const reportAt = 64 << 10

// report tells the process how much came over l and was not taken. Of a lost link that
// is exact: nobody comes later to make good what is left over.
func (l *link) report() {
	for {
		held, reported := l.held.Load(), l.reported.Load()
		d := held - reported
		if d == 0 || d < reportAt && d > -reportAt && !l.lost.Load() {
			return
		}
		if l.reported.CompareAndSwap(reported, held) {
			l.n.held.Add(d)
		}
	}
}

// crowded reports whether no more messages can be taken in: they are given back.
func (l *link) crowded() bool {
	l.report()
	return l.held.Load() > int64(l.n.limits.LinkBytes) || l.n.held.Load() > int64(l.n.limits.ProcessBytes)
}
