package memory

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A Transport makes links for one place.
type Transport struct {
	// QueueBytes is how much may be under way in one direction of a link,
	// frames whole, before Send returns transport.ErrOverloaded. One frame
	// always has room. Zero: 64 MiB.
	QueueBytes int
	// DialTimeout is how long Dial may take. Zero: one second.
	DialTimeout time.Duration

	network *Network
	place   string
}

var _ transport.Transport = (*Transport)(nil)

// Transport returns what a place makes links with. There may be many for one
// place. Its fields may be set before it is used.
func (n *Network) Transport(place string) *Transport {
	return &Transport{network: n, place: place}
}

// Listen takes links at address, which must be one of this place.
func (t *Transport) Listen(address string, hello transport.Hello, accept func(transport.Link)) (transport.Listener, error) {
	l, err := t.listen(address, hello, accept)
	if err != nil {
		return nil, fmt.Errorf("memory.Listen: %s: %w", address, err)
	}
	return l, nil
}

func (t *Transport) listen(address string, hello transport.Hello, accept func(transport.Link)) (*listener, error) {
	if err := checkHello(hello); err != nil {
		return nil, err
	}
	where, err := t.resolve(address)
	switch {
	case err != nil:
		return nil, err
	case where.place != t.place:
		return nil, fmt.Errorf("not an address of %s", t.place)
	}
	n := t.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if where.port == "0" {
		where.port = n.freePort()
	}
	key := where.key()
	if n.listeners[key] != nil {
		return nil, fmt.Errorf("address already in use")
	}
	l := &listener{transport: t, key: key, address: where.String(), hello: hello, accept: accept}
	n.listeners[key] = l
	return l, nil
}

// A listener is an entry in its network. It has no goroutine.
type listener struct {
	transport *Transport
	key       string
	address   string
	hello     transport.Hello
	accept    func(transport.Link)
}

// Address is where it listens.
func (l *listener) Address() string { return l.address }

// Counts is nothing: in memory who dials has said his hello.
func (l *listener) Counts() transport.Counts { return transport.Counts{} }

// Lost has nothing: in memory no listener is lost.
func (l *listener) Lost() <-chan error { return nil }

// Close lets go of the address.
func (l *listener) Close() error {
	n := l.transport.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[l.key] == l {
		delete(n.listeners, l.key)
	}
	return nil
}

// Dial connects to address. The error matches transport.ErrUnreachable if nobody
// answers there in time.
func (t *Transport) Dial(ctx context.Context, address string, hello transport.Hello) (transport.Link, error) {
	e, err := t.dial(ctx, address, hello)
	if err != nil {
		return nil, fmt.Errorf("memory.Dial: %s: %w", address, err)
	}
	return e, nil
}

func (t *Transport) dial(ctx context.Context, address string, hello transport.Hello) (*end, error) {
	if err := checkHello(hello); err != nil {
		return nil, err
	}
	to, err := t.resolve(address)
	if err != nil {
		return nil, err
	}
	timeout := t.DialTimeout
	if timeout == 0 {
		timeout = time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	n := t.network
	if err := n.travel(ctx, way{t.place, to.place}); err != nil {
		return nil, fmt.Errorf("%w: %w", transport.ErrUnreachable, err)
	}
	e := n.join(t, to, hello)
	if err := n.travel(ctx, way{to.place, t.place}); err != nil {
		if e != nil {
			e.abandon()
		}
		return nil, fmt.Errorf("%w: %w", transport.ErrUnreachable, err)
	}
	if e == nil {
		return nil, fmt.Errorf("%w: nobody listens there", transport.ErrUnreachable)
	}
	return e, nil
}

// join makes the two ends of a link, and hands one over to who listens. It returns
// the other, or nil if nobody does.
func (n *Network) join(t *Transport, to location, hello transport.Hello) *end {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.listeners[to.key()]
	if l == nil {
		return nil
	}
	from := location{place: t.place, port: n.freePort(), loopback: to.loopback}
	dialler := newEnd(n, way{to.place, t.place}, t.QueueBytes, l.hello, true, from, to)
	acceptor := newEnd(n, way{t.place, to.place}, l.transport.QueueBytes, hello, false, to, from)
	dialler.other, acceptor.other = acceptor, dialler
	go l.accept(acceptor)
	return dialler
}

// A location is an address as a place understands it.
type location struct {
	place, port string
	loopback    bool
}

func (t *Transport) resolve(address string) (location, error) {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return location{}, err
	case host == "127.0.0.1" || host == "localhost":
		return location{t.place, port, true}, nil
	}
	return location{host, port, false}, nil
}

// key tells apart what String does not: the loopback addresses of two places.
func (l location) key() string {
	if l.loopback {
		return l.place + "/" + l.String()
	}
	return l.String()
}

func (l location) String() string {
	if l.loopback {
		return net.JoinHostPort("127.0.0.1", l.port)
	}
	return net.JoinHostPort(l.place, l.port)
}

func checkHello(h transport.Hello) error {
	_, err := wire.AppendHello(nil, h)
	return err
}
