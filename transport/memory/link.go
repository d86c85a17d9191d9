package memory

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// An item is what travels to one end of a link: a frame, or the news that no more
// will come.
type item struct {
	kind  transport.Kind
	body  []byte
	eof   bool      // the other end is no more
	reset bool      // the network took the link away
	due   time.Time // not before; nor before what goes ahead of it
}

// An end is one end of a link. All that changes is guarded by the network's mutex.
type end struct {
	network       *Network
	way           way // from the other end to this
	other         *end
	peer          transport.Hello
	dialled       bool
	local, remote string
	limit         int           // of the other end's bytes
	wake          chan struct{} // has one when there is something to look at

	coming   []item // to this end, in order
	bytes    int    // of the frames among them
	started  bool   // the reader runs, or has
	reason   error  // given to Close, or found by the reader
	lost     bool   // the reader is at its end
	receiver transport.Receiver
}

func newEnd(n *Network, w way, limit int, peer transport.Hello, dialled bool, local, remote location) *end {
	peer.Body = slices.Clone(peer.Body)
	e := &end{
		network: n,
		way:     w,
		peer:    peer,
		dialled: dialled,
		local:   local.String(),
		remote:  remote.String(),
		limit:   cmp.Or(limit, 64<<20),
		wake:    make(chan struct{}, 1),
	}
	n.ends[e] = struct{}{}
	return e
}

func (e *end) Peer() transport.Hello { return e.peer }
func (e *end) Dialled() bool         { return e.dialled }
func (e *end) Local() string         { return e.local }
func (e *end) Remote() string        { return e.remote }

// Send copies the frame and puts it on its way.
func (e *end) Send(kind transport.Kind, body []byte) error {
	if err := wire.CheckSend(kind, len(body)); err != nil {
		return err
	}
	size := wire.HeadSize + len(body)
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	switch {
	case e.reason != nil || e.lost:
		return transport.ErrClosed
	case e.other.bytes > 0 && e.other.bytes+size > e.limit:
		return transport.ErrOverloaded
	}
	e.other.send(item{kind: kind, body: slices.Clone(body)})
	return nil
}

// Queued is how much the other end has not taken.
func (e *end) Queued() int {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	return e.other.bytes
}

// send puts an item on its way to e.
func (e *end) send(i item) {
	if e.lost || e.reason != nil {
		return // as with a socket that is closed: who sends learns it later
	}
	i.due = time.Now().Add(e.network.state(e.way).delay)
	if !i.eof && !i.reset {
		e.bytes += wire.HeadSize + len(i.body)
	}
	e.coming = append(e.coming, i)
	e.rouse()
}

func (e *end) rouse() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Lane returns the link: all that is sent over it keeps one order, which tests rely on.
func (e *end) Lane() transport.Lane { return e }

// Start begins to hand frames to r. After Close, r is only told Lost.
func (e *end) Start(r transport.Receiver) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	if e.receiver != nil {
		panic("memory: the link was started before")
	}
	e.receiver = r
	switch {
	case e.lost:
		go r.Lost(e.reason) // no longer changes
	case !e.started:
		e.started = true
		go e.read()
	}
}

// Close ends the link with the reason given; nil stands for transport.ErrClosed.
// What is under way still arrives.
func (e *end) Close(reason error) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	if e.reason != nil || e.lost {
		return
	}
	if reason == nil {
		reason = transport.ErrClosed
	}
	e.reason = reason
	e.other.send(item{kind: wire.Goodbye, body: wire.AppendGoodbye(nil, reason)})
	if !e.started {
		e.started = true
		go e.read()
	}
	e.rouse()
}

// abandon ends a link that was never handed over.
func (e *end) abandon() {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	e.finish(transport.ErrClosed)
}

// read is the reader: it hands frames over until there is a reason not to.
func (e *end) read() {
	reason := e.receive()
	e.network.mu.Lock()
	e.finish(reason)
	r := e.receiver
	e.network.mu.Unlock()
	if r != nil {
		r.Lost(e.reason)
	}
}

// finish takes the end off the network.
func (e *end) finish(reason error) {
	if e.reason == nil {
		e.reason = reason
		e.other.send(item{eof: true})
	}
	e.lost = true
	e.coming, e.bytes = nil, 0
	delete(e.network.ends, e)
}

// receive hands frames over, and returns why it does not go on.
func (e *end) receive() error {
	for {
		i, err := e.next()
		switch {
		case err != nil:
			return err
		case i.eof:
			return fmt.Errorf("closed by peer without a goodbye: %w", io.EOF)
		case i.reset:
			return errors.New("connection lost: reset by the network")
		case i.kind == wire.Goodbye:
			reason, _ := wire.ParseGoodbye(i.body) // it was made by AppendGoodbye
			return &transport.RefusedError{Reason: reason}
		}
		err = e.receiver.Received(i.kind, i.body)
		if idler, ok := e.receiver.(transport.Idler); ok {
			idler.Idle()
		}
		if err != nil {
			e.Close(err)
			return err
		}
	}
}

// next waits for the next item. The error is that of Close, or that nothing comes.
func (e *end) next() (item, error) {
	began := time.Now()
	for {
		i, ok, until, err := e.poll(began)
		if ok || err != nil {
			return i, err
		}
		var alarm <-chan time.Time
		if !until.IsZero() {
			alarm = time.After(time.Until(until))
		}
		select {
		case <-e.wake:
		case <-alarm:
		}
	}
}

// poll returns the next item if it is there, or else when to look again if nothing
// happens before; zero: never.
func (e *end) poll(began time.Time) (i item, ok bool, until time.Time, err error) {
	e.network.mu.Lock()
	defer e.network.mu.Unlock()
	if e.reason != nil {
		return item{}, false, time.Time{}, e.reason
	}
	now := time.Now()
	if s := e.network.state(e.way); s.cut {
		if s.since.After(began) {
			began = s.since
		}
		until = began.Add(3 * time.Duration(e.peer.Heartbeat) * time.Millisecond)
		if !now.Before(until) {
			err = transport.ErrSilent
		}
		return item{}, false, until, err
	}
	if len(e.coming) == 0 {
		return item{}, false, time.Time{}, nil
	}
	if i = e.coming[0]; i.due.After(now) {
		return item{}, false, i.due, nil
	}
	e.coming[0] = item{}
	e.coming = e.coming[1:]
	if !i.eof && !i.reset {
		e.bytes -= wire.HeadSize + len(i.body)
	}
	return i, true, time.Time{}, nil
}
