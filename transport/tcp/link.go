package tcp

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

const (
	// linger is how long a link that is closed may take to say what is queued.
	linger = time.Second
	// lone is how long nothing was written before a frame counts as alone, and
	// its sender writes it. Shorter than a round trip, longer than the gap
	// between two frames of somebody who has more.
	lone = 20 * time.Microsecond
	// piece is how much of a long frame the writer writes at once, after which it
	// makes room in the queue.
	piece = 256 << 10
)

// An owner says who may write to the connection.
type owner uint8

const (
	nobody owner = iota
	sender       // who called Send
	writer       // the goroutine
)

// A link is one end of a connection after the hellos.
type link struct {
	conn     net.Conn
	source   *source
	reader   *wire.Reader
	peer     transport.Hello
	dialled  bool
	interval time.Duration    // between two heartbeats of this end
	limit    int              // of the queue, in bytes
	attempt  func([]byte) int // writes once without blocking; nil: only the writer writes
	born     time.Time        // what clock counts from
	wake     chan struct{}    // has one if the writer was made owner
	over     chan struct{}    // closed by the reader: nothing more is written
	written  chan struct{}    // closed by the writer, at its end
	closing  atomic.Bool      // reason is there; the reader asks after each frame
	ended    func()           // called when the connection is closed; nil: nobody asks

	mu       sync.Mutex
	owner    owner
	queue    schedule           // frames that are not written
	last     time.Duration      // when something was written
	started  bool               // the reader runs, or has
	closed   bool               // nothing more may be sent
	reason   error              // given to Close, or found by the reader
	said     bool               // the Goodbye is queued, behind all else
	failed   error              // of a write
	receiver transport.Receiver // nil before Start
	lost     bool               // the reader is at its end
}

// link makes the link of a connection whose peer has said its hello.
func (t Transport) link(s *source, r *wire.Reader, hello, peer transport.Hello, dialled bool) *link {
	s.silence = 3 * time.Duration(peer.Heartbeat) * time.Millisecond
	return &link{
		conn:     s.conn,
		source:   s,
		reader:   r,
		peer:     peer,
		dialled:  dialled,
		interval: time.Duration(hello.Heartbeat) * time.Millisecond,
		limit:    cmp.Or(t.QueueBytes, DefaultQueueBytes),
		attempt:  newAttempt(s.conn),
		born:     time.Now(),
		wake:     make(chan struct{}, 1),
		over:     make(chan struct{}),
		written:  make(chan struct{}),
	}
}

// run starts the writer, which ends after Close or when the reader does.
func (l *link) run() { go l.write() }

func (l *link) Peer() transport.Hello { return l.peer }
func (l *link) Dialled() bool         { return l.dialled }
func (l *link) Local() string         { return l.conn.LocalAddr().String() }
func (l *link) Remote() string        { return l.conn.RemoteAddr().String() }

// Start begins to hand frames to r. After Close, r is only told Lost.
func (l *link) Start(r transport.Receiver) {
	l.mu.Lock()
	if l.receiver != nil {
		l.mu.Unlock()
		panic("tcp: the link was started before")
	}
	l.receiver = r
	lost, started := l.lost, l.started
	l.started = true
	l.mu.Unlock()
	switch {
	case lost:
		go r.Lost(l.reason) // no longer changes
	case !started:
		go l.read()
	}
}

// Close ends the link with the reason given; nil stands for transport.ErrClosed.
func (l *link) Close(reason error) {
	l.mu.Lock()
	if l.reason != nil || l.lost {
		l.mu.Unlock()
		return
	}
	l.closed = true
	l.reason = reason
	if reason == nil {
		l.reason = transport.ErrClosed
	}
	l.closing.Store(true)
	if l.owner == nobody {
		l.handOver()
	}
	if !l.started { // somebody must wait for the peer
		l.started = true
		go l.read()
	}
	l.mu.Unlock()
	end := time.Now().Add(linger)
	l.conn.SetWriteDeadline(end)
	l.source.end(end)
}

// read is the reader: it hands frames over until there is a reason not to, and
// then ends the link.
func (l *link) read() {
	reason, polite := l.receive()
	if polite {
		l.Close(reason)
		io.Copy(io.Discard, l.conn) // until the peer has gone, or a second has
		<-l.written                 // the peer may be half gone, and still listen
	}
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.conn.Close()
	close(l.over)
	<-l.written
	l.mu.Lock()
	if l.reason == nil {
		l.reason = reason
	}
	l.lost = true
	r := l.receiver
	l.mu.Unlock()
	if l.ended != nil {
		l.ended()
	}
	if r != nil {
		r.Lost(l.reason)
	}
}

// receive hands frames over. It returns why it does not go on, and whether the
// peer must be told. Whether this end was closed is asked after each frame, not
// whether a write failed: what the peer said before, and why it went, is still to
// be read then.
func (l *link) receive() (reason error, polite bool) {
	l.mu.Lock()
	r := l.receiver // nil only if the link is closed already
	l.mu.Unlock()
	idler, _ := r.(transport.Idler)
	if idler != nil {
		defer idler.Idle() // Lost may come a second later
	}
	for {
		if idler != nil && !l.reader.Ready() {
			idler.Idle()
		}
		kind, body, err := l.reader.Next(wire.MaxFrame)
		if l.closing.Load() {
			return nil, true
		}
		if err != nil {
			return l.stopped(err)
		}
		switch {
		case wire.Carried(kind):
			if err := r.Received(kind, body); err != nil {
				return err, true
			}
		case kind == wire.Heartbeat: // nothing was said for an interval
			l.reader.Rest()
		case kind == wire.Goodbye:
			err := goodbye(body)
			return err, errors.Is(err, transport.ErrProtocol)
		case kind == wire.Hello:
			return &transport.FrameError{Kind: kind, Reason: "a second hello"}, true
		default:
			return &transport.FrameError{Kind: kind, Reason: "the kind is unknown"}, true
		}
	}
}

// stopped returns what receive does when there is no next frame.
func (l *link) stopped(err error) (reason error, polite bool) {
	l.mu.Lock()
	failed := l.failed
	l.mu.Unlock()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("closed by peer without a goodbye: %w", err), false
	case errors.Is(err, transport.ErrProtocol):
		return err, true
	case failed != nil:
		return fmt.Errorf("connection lost: %w", failed), false
	}
	return err, false
}
