package tcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// The settings of a Transport that is zero.
const (
	DefaultDialTimeout  = time.Second
	DefaultHelloTimeout = 2 * time.Second
	DefaultQueueBytes   = 64 << 20
	DefaultMaxUnproven  = 256
	DefaultMaxLinks     = 4096
)

// A Transport makes links over TCP. Addresses are host:port. It must not be
// changed once it is used.
type Transport struct {
	// Logger gets what has no link to be told to: connections that are refused,
	// and a listener that cannot accept. Nil: nobody.
	Logger *slog.Logger
	// DialTimeout is how long Dial may take, hello included. Zero: one second.
	DialTimeout time.Duration
	// HelloTimeout is how long a connection that was accepted may take over its
	// hello. Zero: two seconds.
	HelloTimeout time.Duration
	// QueueBytes is how much a link queues, frames whole, before Send returns
	// transport.ErrOverloaded. One frame always has room. Zero: 64 MiB.
	QueueBytes int
	// MaxUnproven is how many connections of one listener may be before their
	// hello. One that comes when they are so many takes the place of one that has
	// said nothing. Zero: 256.
	MaxUnproven int
	// MaxLinks is how many links a listener has at once. Who dials when they are so
	// many gets a *transport.RefusedError. Zero: 4096.
	MaxLinks int
}

var _ transport.Transport = Transport{}

// Dial connects to address. The error matches transport.ErrUnreachable if nobody
// answers there in time, is a *transport.RefusedError if the other end refused,
// and matches transport.ErrProtocol if it is no Layer Cake process.
//
// The link must be started or closed.
func (t Transport) Dial(ctx context.Context, address string, hello transport.Hello) (transport.Link, error) {
	l, err := t.dial(ctx, address, hello)
	if err != nil {
		return nil, fmt.Errorf("tcp.Dial: %s: %w", address, err)
	}
	return l, nil
}

func (t Transport) dial(ctx context.Context, address string, hello transport.Hello) (*link, error) {
	frame, err := helloFrame(hello)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(t.DialTimeout, DefaultDialTimeout))
	defer cancel()
	conn, err := (&net.Dialer{KeepAlive: -1, Control: limitBuffers}).DialContext(ctx, "tcp", address) // heartbeats keep it alive
	if err != nil {
		return nil, unreachable(err)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	l, err := t.greet(conn, hello, frame)
	if !stop() && err == nil {
		err = ctx.Err() // the deadline stands, or is about to
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w: no hello came: %w", transport.ErrUnreachable, ctx.Err())
		}
		return nil, err
	}
	l.run()
	return l, nil
}

// greet says our hello and takes the answer.
func (t Transport) greet(conn net.Conn, hello transport.Hello, frame []byte) (*link, error) {
	if _, err := conn.Write(frame); err != nil {
		return nil, unreachable(err)
	}
	s := &source{conn: conn}
	r := wire.NewReader(s)
	peer, err := readHello(r)
	if err != nil {
		return nil, err
	}
	return t.link(s, r, hello, peer, true), nil
}

// Listen takes links at address. Close does not wait for calls of accept; one
// that is under way then may still hand over its link. Each link must be started
// or closed.
func (t Transport) Listen(address string, hello transport.Hello, accept func(transport.Link)) (transport.Listener, error) {
	frame, err := helloFrame(hello)
	if err != nil {
		return nil, fmt.Errorf("tcp.Listen: %s: %w", address, err)
	}
	config := net.ListenConfig{KeepAlive: -1, Control: limitBuffers}
	socket, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("tcp.Listen: %s: %w", address, cause(err))
	}
	return t.listen(socket, hello, frame, accept), nil
}

func helloFrame(hello transport.Hello) ([]byte, error) {
	body, err := wire.AppendHello(nil, hello)
	if err != nil {
		return nil, err
	}
	return wire.AppendFrame(nil, wire.Hello, body), nil
}

// readHello reads the first frame of the other end.
func readHello(r *wire.Reader) (transport.Hello, error) {
	kind, body, err := r.Next(wire.MaxHello - wire.HeadSize + 1)
	switch {
	case errors.Is(err, transport.ErrProtocol):
		return transport.Hello{}, err
	case err != nil:
		return transport.Hello{}, unreachable(fmt.Errorf("no hello came: %w", err))
	}
	switch kind {
	case wire.Hello:
		return wire.ParseHello(body)
	case wire.Goodbye:
		return transport.Hello{}, goodbye(body)
	}
	return transport.Hello{}, &transport.FrameError{Kind: kind, Reason: "it is not a hello"}
}

// goodbye returns the reason of a link whose peer said Goodbye.
func goodbye(body []byte) error {
	reason, err := wire.ParseGoodbye(body)
	if err != nil {
		return err
	}
	return &transport.RefusedError{Reason: reason}
}

func unreachable(err error) error {
	return fmt.Errorf("%w: %w", transport.ErrUnreachable, cause(err))
}

// cause is err without the operation and the address, which our own error names.
func cause(err error) error {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return op.Err
	}
	return err
}
