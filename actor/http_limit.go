package actor

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// httpLimits bound what clients can make a listener hold.
type httpLimits struct {
	connections int           // served at once
	refused     int           // beyond those, told 503 at once; more must wait in the kernel
	headerBytes int           // of the request line and the header
	header      time.Duration // from the first byte of a request, or the connection, to the end of the header
	read        time.Duration // to the end of the body
	write       time.Duration // for the response, after the reply
	idle        time.Duration // between two requests
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
	}
}

var errHTTPCrowded = errors.New("too many connections")

// A limitedListener takes no more connections than it may, and marks those that
// are to be refused.
type limitedListener struct {
	net.Listener
	served int64
	open   atomic.Int64
	slots  chan struct{} // one for each connection that is open
	closed chan struct{}
	close  func() error
}

func newLimitedListener(l net.Listener, limits httpLimits) *limitedListener {
	limited := &limitedListener{
		Listener: l,
		served:   int64(limits.connections),
		slots:    make(chan struct{}, limits.connections+limits.refused),
		closed:   make(chan struct{}),
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
	conn, err := l.Listener.Accept()
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
