package transport

import (
	"context"
	"errors"
	"fmt"
)

// Kind is the first byte of a frame and says what its body is. 0–31 are the
// transport's own, 32–127 the directory's; package wire and package
// directory/wire have the tables.
type Kind uint8

// A Hello is what each end of a link says first.
type Hello struct {
	Process   ProcessID
	Heartbeat uint32 // milliseconds between two heartbeats of this end
	Body      []byte // what the node says of itself; opaque here
}

// A Link is an ordered, two-way stream of frames between two processes. Its
// methods may be called from any goroutine.
type Link interface {
	// Peer is what the other end said first.
	Peer() Hello
	// Dialled reports whether this end dialled.
	Dialled() bool
	// Local and Remote are the network addresses of the two ends.
	Local() string
	Remote() string

	// Start begins to hand frames to r. It is called once. A link that is
	// neither started nor closed is never given back.
	Start(r Receiver)
	// Send queues one frame. It never blocks and keeps no reference to body.
	// It returns ErrOverloaded when the queue is full, ErrClosed after the link
	// is closed or lost, and a *FrameError for a frame that no link carries: a
	// body that is too long, a kind that is the link's own. The frame is then
	// not sent.
	Send(kind Kind, body []byte) error
	// Lane returns a new lane of the link.
	Lane() Lane
	// Queued is how many bytes wait to be written, frames whole: who has much to
	// say can say it as the other end reads.
	Queued() int
	// Close ends the link and tells the other end why, as far as it listens.
	// What was queued before is sent first, within a second. The receiver of
	// this end gets Lost too, once that is done. Closing again does nothing.
	Close(reason error)
}

// A Lane is a part of a link with an order of its own. Frames of one lane arrive in
// the order in which they were sent; those of different lanes need not, except that
// what was sent by Link.Send arrives before what is sent in a lane afterwards. Lanes
// share the link fairly, and one that seldom says something goes before those that
// always do. A lane needs no end.
type Lane interface {
	// Send is like that of the link.
	Send(kind Kind, body []byte) error
}

// A Receiver takes what comes over a link, on a goroutine of the link.
type Receiver interface {
	// Received is called for each frame but the link's own, in order. The body
	// is valid until it returns. An error closes the link with that reason.
	Received(kind Kind, body []byte) error
	// Lost is called once, when nothing more will come or go. It is the last
	// that the goroutines of the link do.
	Lost(reason error)
}

// An Idler is a Receiver that puts off what can be done for several frames at once.
type Idler interface {
	Receiver
	// Idle is called when the frames that have arrived are all handed over, before
	// the link waits for more, and when no more will be, on the goroutine that calls
	// Received.
	Idle()
}

// A Transport makes links.
type Transport interface {
	// Dial connects to address and exchanges hellos. It gives up when ctx ends,
	// and after a second by itself. The error matches ErrUnreachable if nobody
	// answers there, ErrProtocol if who answers makes no sense, and is a
	// *RefusedError if it refuses.
	Dial(ctx context.Context, address string, hello Hello) (Link, error)
	// Listen takes links at address and hands each to accept once hellos were
	// exchanged, on a goroutine of its own.
	Listen(address string, hello Hello, accept func(Link)) (Listener, error)
}

// A Listener takes links until it is closed. Links that it took live on.
type Listener interface {
	// Address is where it listens, with the port it got.
	Address() string
	// Counts is what it has to do with connections.
	Counts() Counts
	// Lost has the reason, once, if no link can be taken any more though nobody has
	// closed it.
	Lost() <-chan error
	// Close stops it and waits until it has let go of the address. It does not
	// wait for calls of accept: a link may be handed over while it returns.
	Close() error
}

// Counts are what a listener has to do with.
type Counts struct {
	Unproven    int    // connections that have not said their hello
	MaxUnproven int    // beyond which one makes room for another; zero: there is no limit
	Links       int    // that it took and that live
	MaxLinks    int    // beyond which one is refused; zero: there is no limit
	Refused     uint64 // connections that were refused so far
}

// The reasons for which a frame or a message is not sent, and a link ends.
var (
	ErrOverloaded  = errors.New("overloaded")
	ErrEnded       = errors.New("ended")
	ErrUnreachable = errors.New("unreachable")
	ErrTooLarge    = errors.New("too large")
	ErrClosed      = errors.New("link closed")
	ErrSilent      = errors.New("no sign of life within three heartbeats")
	ErrProtocol    = errors.New("protocol error")
)

// RefusedError is the reason of a link that the other end closed on purpose.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "closed by peer: " + e.Reason }

// A FrameError is a frame that was not as it should be. It matches ErrProtocol.
type FrameError struct {
	Kind   Kind
	Reason string
}

func (e *FrameError) Error() string { return fmt.Sprintf("frame of kind %d: %s", e.Kind, e.Reason) }

// Is reports whether target is ErrProtocol.
func (e *FrameError) Is(target error) bool { return target == ErrProtocol }
