package tcp

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
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
	refusals  refusals
	hello     transport.Hello
	frame     []byte // hello, as it is sent
	accept    func(transport.Link)
	room      *room         // of connections that have not said their hello
	links     atomic.Int64  // how many there are
	closing   sync.Once     // of done
	done      chan struct{} // closed by Close
	lost      chan error    // has why there is no socket any more
	running   sync.WaitGroup
}

// errNoHello is why a connection is refused that made room for another.
var errNoHello = errors.New("it said no hello, and others came")

func (t Transport) listen(socket net.Listener, hello transport.Hello, frame []byte, accept func(transport.Link)) *listener {
	log := t.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("listener", socket.Addr().String())
	l := &listener{
		transport: t,
		socket:    socket,
		log:       log,
		refusals:  refusals{log: log},
		hello:     hello,
		frame:     frame,
		accept:    accept,
		room:      newRoom(cmp.Or(t.MaxUnproven, DefaultMaxUnproven)),
		done:      make(chan struct{}),
		lost:      make(chan error, 1),
	}
	l.running.Go(l.run)
	return l
}

// Address is where it listens.
func (l *listener) Address() string { return l.socket.Addr().String() }

// Counts is what there is of connections and links, and was refused.
func (l *listener) Counts() transport.Counts {
	return transport.Counts{
		Unproven:    l.room.count(),
		MaxUnproven: l.room.limit,
		Links:       int(l.links.Load()),
		MaxLinks:    l.maxLinks(),
		Refused:     l.refusals.count(),
	}
}

// Lost has the reason why it takes no more connections, if that is not Close.
func (l *listener) Lost() <-chan error { return l.lost }

func (l *listener) maxLinks() int { return cmp.Or(l.transport.MaxLinks, DefaultMaxLinks) }

// Close stops listening, ends connections that have not said their hello and
// waits until all that is done.
func (l *listener) Close() (err error) {
	l.closing.Do(func() {
		close(l.done)
		l.room.close()
		err = l.socket.Close()
	})
	l.running.Wait()
	l.refusals.stop()
	return err
}

// run accepts connections until Close. An error, most often that there is no file
// descriptor left, is waited out, unless it is the socket that there is no more.
func (l *listener) run() {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 5 * time.Millisecond
	pause.MaxInterval = time.Second
	for {
		conn, err := l.socket.Accept()
		if err == nil {
			pause.Reset()
			u := l.room.enter(conn)
			if u == nil {
				return
			}
			l.running.Go(func() { l.prove(u) })
			continue
		}
		wait := pause.NextBackOff()
		select {
		case <-l.done:
			return
		default:
		}
		if final(err) {
			l.log.Error("the listener is lost", "err", err)
			l.lost <- cause(err)
			return
		}
		l.log.Warn("cannot accept connections", "err", err, "again", wait)
		select {
		case <-l.done:
			return
		case <-time.After(wait):
		}
	}
}

// final reports whether a socket of which Accept says so accepts nothing any more.
func final(err error) bool {
	for _, never := range []error{net.ErrClosed, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EOPNOTSUPP} {
		if errors.Is(err, never) {
			return true
		}
	}
	return false
}

// prove takes the hello of a connection, answers, and hands the link over.
func (l *listener) prove(u *unproven) {
	conn := u.conn
	remote := conn.RemoteAddr().String()
	conn.SetDeadline(time.Now().Add(cmp.Or(l.transport.HelloTimeout, DefaultHelloTimeout)))
	link, err := l.greet(u)
	if err != nil && !errors.Is(err, net.ErrClosed) { // else it made room, or the listener was closed
		l.refusals.add(remote, err)
		dismiss(conn, err)
	}
	shed, closed := l.room.leave(u)
	switch {
	case err == nil && !shed && !closed:
		link.run()
		go l.accept(link) // owned by the user: a Close that waited for it could wait for itself
		return
	case err == nil:
		l.links.Add(-1)
	}
	conn.Close()
	if shed && (err == nil || errors.Is(err, net.ErrClosed)) {
		l.refusals.add(remote, errNoHello)
	}
}

// greet takes the hello of a connection and answers.
func (l *listener) greet(u *unproven) (*link, error) {
	r := wire.NewReader(u.source)
	peer, err := readHello(r)
	if err != nil {
		return nil, err
	}
	most := l.maxLinks()
	if l.links.Add(1) > int64(most) {
		l.links.Add(-1)
		return nil, fmt.Errorf("%d links are open here, as many as may be", most)
	}
	if err := l.answer(u.conn); err != nil {
		l.links.Add(-1)
		return nil, err
	}
	link := l.transport.link(u.source, r, l.hello, peer, false)
	link.ended = func() { l.links.Add(-1) }
	return link, nil
}

func (l *listener) answer(conn net.Conn) error {
	if _, err := conn.Write(l.frame); err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
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
