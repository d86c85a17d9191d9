package tcp

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A listener owns its socket, the goroutine that accepts, and one for each
// connection that has not said its hello.
type listener struct {
	transport Transport
	socket    net.Listener
	log       *slog.Logger
	hello     transport.Hello
	frame     []byte // hello, as it is sent
	accept    func(transport.Link)
	room      chan struct{} // has one for each unproven connection
	done      chan struct{} // closed by Close
	running   sync.WaitGroup
	refused   atomic.Uint64 // connections

	mu       sync.Mutex
	closed   bool
	unproven map[net.Conn]struct{}
}

func (t Transport) listen(socket net.Listener, hello transport.Hello, frame []byte, accept func(transport.Link)) *listener {
	log := t.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &listener{
		transport: t,
		socket:    socket,
		log:       log.With("listener", socket.Addr().String()),
		hello:     hello,
		frame:     frame,
		accept:    accept,
		room:      make(chan struct{}, cmp.Or(t.MaxUnproven, DefaultMaxUnproven)),
		done:      make(chan struct{}),
		unproven:  make(map[net.Conn]struct{}),
	}
	l.running.Go(l.run)
	return l
}

// Address is where it listens.
func (l *listener) Address() string { return l.socket.Addr().String() }

// Counts is how many connections have not said their hello, and were refused.
func (l *listener) Counts() transport.Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return transport.Counts{Unproven: len(l.unproven), MaxUnproven: cap(l.room), Refused: l.refused.Load()}
}

// Close stops listening, ends connections that have not said their hello and
// waits until all that is done.
func (l *listener) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		l.running.Wait()
		return nil
	}
	l.closed = true
	close(l.done)
	for conn := range l.unproven {
		conn.Close()
	}
	l.mu.Unlock()
	err := l.socket.Close()
	l.running.Wait()
	return err
}

// run accepts connections until Close. An error, most often that there is no file
// descriptor left, is waited out.
func (l *listener) run() {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 5 * time.Millisecond
	pause.MaxInterval = time.Second
	for {
		select {
		case l.room <- struct{}{}:
		case <-l.done:
			return
		}
		conn, err := l.socket.Accept()
		if err == nil {
			pause.Reset()
			if !l.hold(conn) {
				return
			}
			l.running.Go(func() { l.prove(conn) })
			continue
		}
		<-l.room
		wait := pause.NextBackOff()
		select {
		case <-l.done:
			return
		default:
			l.log.Warn("cannot accept connections", "err", err, "again", wait)
		}
		select {
		case <-l.done:
			return
		case <-time.After(wait):
		}
	}
}

// hold makes Close end conn. It reports false, and ends it, if Close was there first.
func (l *listener) hold(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		conn.Close()
		return false
	}
	l.unproven[conn] = struct{}{}
	return true
}

// release undoes hold, and reports whether Close has not been called meanwhile.
func (l *listener) release(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unproven, conn)
	<-l.room
	return !l.closed
}

// prove takes the hello of conn, answers, and hands the link over.
func (l *listener) prove(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(cmp.Or(l.transport.HelloTimeout, DefaultHelloTimeout)))
	link, err := l.greet(conn)
	if err != nil {
		l.refused.Add(1)
		l.log.Warn("connection refused", "remote", conn.RemoteAddr().String(), "err", err)
		dismiss(conn, err)
	}
	if !l.release(conn) || err != nil {
		conn.Close()
		return
	}
	link.run()
	go l.accept(link) // owned by the user: a Close that waited for it could wait for itself
}

// greet takes the hello of conn and answers.
func (l *listener) greet(conn net.Conn) (*link, error) {
	s := &source{conn: conn}
	r := wire.NewReader(s)
	peer, err := readHello(r)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(l.frame); err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return l.transport.link(s, r, l.hello, peer, false), nil
}

// dismiss tells who is at the other end of conn why it is refused, and reads on
// until it has gone or the deadline comes: closing a socket with bytes unread
// could take the Goodbye back.
func dismiss(conn net.Conn, reason error) {
	var refused *transport.RefusedError
	if errors.As(reason, &refused) {
		return
	}
	if _, err := conn.Write(wire.AppendFrame(nil, wire.Goodbye, wire.AppendGoodbye(nil, reason))); err != nil {
		return
	}
	finish(conn)
	io.Copy(io.Discard, conn)
}

// finish says that nothing more will be written.
func finish(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}
