package actor

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// httpLimits bound what clients can make a listener hold.
type httpLimits struct {
	connections int           // served at once, and requests, of which HTTP/2 has several on a connection
	refused     int           // beyond those, told 503 at once; more must wait in the kernel
	headerBytes int           // of the request line and the header
	header      time.Duration // from the first byte of a request, or the connection, to the end of the header
	read        time.Duration // to the end of the body
	write       time.Duration // for the response, after the reply
	idle        time.Duration // between two requests
	streams     int           // requests at once on one connection of HTTP/2
	deaf        time.Duration // no connection can be accepted, until the listener is given up
}

// usualHTTPLimits are those of ListenHTTP.
func usualHTTPLimits() httpLimits {
	return httpLimits{
		connections: 1024,
		refused:     64,
		headerBytes: 64 << 10,
		header:      5 * time.Second,
		read:        10 * time.Second,
		write:       10 * time.Second,
		idle:        30 * time.Second,
		streams:     100,
		deaf:        10 * time.Second,
	}
}

// table returns the lines of Limits.Table that are about HTTP.
func (l httpLimits) table() []Limit {
	ms := func(d time.Duration) int { return int(d.Milliseconds()) }
	return []Limit{
		{Name: "connections of HTTP clients", Per: "listener", Most: l.connections, Beyond: "503"},
		{Name: "connections of HTTP clients that are told 503", Per: "listener", Most: l.refused, Beyond: "they wait in the kernel"},
		{Name: "requests under way", Per: "listener", Most: l.connections, Beyond: "503"},
		{Name: "requests under way over HTTP/2", Per: "connection", Most: l.streams, Beyond: "the request is refused"},
		{Name: "header of a request", Per: "request", Most: l.headerBytes, Unit: "bytes", Beyond: "431; some KiB more may pass"},
		{Name: "time for the header of a request", Per: "request", Most: ms(l.header), Unit: "ms", Beyond: "the connection is closed"},
		{Name: "body of a request", Per: "request", Most: maxHTTPBody, Unit: "bytes", Beyond: "413"},
		{Name: "time for a request", Per: "request", Most: ms(l.read), Unit: "ms", Beyond: "408"},
		{Name: "time to take a response", Per: "response", Most: ms(l.write), Unit: "ms", Beyond: "the connection is closed"},
		{Name: "time to take 64 KiB of a streamed response", Per: "response", Most: ms(l.write), Unit: "ms", Beyond: "the client is cut off, HTTPClosed"},
		{Name: "time between two requests", Per: "connection", Most: ms(l.idle), Unit: "ms", Beyond: "the connection is closed"},
		{Name: "time without a file for a connection", Per: "listener", Most: ms(l.deaf), Unit: "ms", Beyond: "NotListening"},
	}
}

var (
	errHTTPCrowded = errors.New("too many connections")
	errHTTPBusy    = errors.New("too many requests")
)

// A limitedListener takes no more connections than it may, and marks those that
// are to be refused.
type limitedListener struct {
	net.Listener
	served int64
	open   atomic.Int64
	slots  chan struct{} // one for each connection that is open
	closed chan struct{}
	close  func() error
	deaf   time.Duration
	log    *slog.Logger
}

func newLimitedListener(l net.Listener, limits httpLimits, log *slog.Logger) *limitedListener {
	limited := &limitedListener{
		Listener: l,
		served:   int64(limits.connections),
		slots:    make(chan struct{}, limits.connections+limits.refused),
		closed:   make(chan struct{}),
		deaf:     limits.deaf,
		log:      log,
	}
	limited.close = sync.OnceValue(func() error {
		close(limited.closed)
		return l.Close()
	})
	return limited
}

// Accept waits for a connection, and before that for room.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	leave := sync.OnceFunc(func() {
		l.open.Add(-1)
		<-l.slots
	})
	return &limitedConn{Conn: conn, leave: leave, crowded: l.open.Add(1) > l.served}, nil
}

// accept waits for a connection. It tries again what may go by, less and less often,
// as net/http does; but that would go on for ever, while nobody is served.
func (l *limitedListener) accept() (net.Conn, error) {
	var since time.Time
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		conn, err := l.Listener.Accept()
		if err == nil {
			if !since.IsZero() {
				l.log.Info("connections are accepted again", "after", time.Since(since))
			}
			return conn, nil
		}
		if !goesBy(err) {
			return nil, err
		}
		switch {
		case since.IsZero():
			since = time.Now()
			l.log.Warn("no connection can be accepted", "err", err)
		case time.Since(since) >= l.deaf:
			return nil, fmt.Errorf("for %v: %w", l.deaf, causeOf(err))
		}
		select {
		case <-time.After(wait):
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
}

// goesBy reports whether an error of Accept is about one connection, or about
// something that the process or the machine is short of.
func goesBy(err error) bool {
	for _, e := range []syscall.Errno{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EPROTO, syscall.ETIMEDOUT,
		syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Close stops listening. Closing again does nothing.
func (l *limitedListener) Close() error { return l.close() }

// crowded is the key in the context of requests for whether their connection is
// one too many.
type crowded struct{}

type limitedConn struct {
	net.Conn
	leave   func()
	crowded bool // it is one too many
}

// Close closes the connection and makes room for another.
func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
