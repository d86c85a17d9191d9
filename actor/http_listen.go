package actor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// ListenHTTP serves HTTP requests at address, host:port, as messages of the given
// types to this actor, as System.Handler does. A refusal is a NotListening
// error: the address is no good, or taken. Listening follows as a message, then
// the requests; NotListening if the listener is lost.
//
// The listener serves 1024 connections at once; a few more are told 503, and the
// rest wait in the kernel. A header has 5 s and 64 KiB, a body 10 s and 1 MiB, a
// response 10 s from the reply, an idle connection 30 s.
//
// The listener is a child of the actor and ends with it: requests that wait for
// a reply are told 503 then.
func (s *Self) ListenHTTP(address string, requests Types) error {
	s.mine("ListenHTTP")
	return s.listenHTTP(address, requests, usualHTTPLimits())
}

func (s *Self) listenHTTP(address string, requests Types, limits httpLimits) error {
	where, err := ParseHostPort(address)
	if err != nil {
		return NotListening{address, err.Error()}
	}
	socket, err := net.Listen("tcp", string(where))
	if err != nil {
		return NotListening{address, reasonOf(err)}
	}
	s.serveHTTP(address, socket, requests, limits)
	return nil
}

// serveHTTP spawns the listener that takes connections from socket.
func (s *Self) serveHTTP(requested string, socket net.Listener, requests Types, limits httpLimits) {
	l := &httpListener{
		requested: requested,
		address:   socket.Addr().String(),
		socket:    newLimitedListener(socket, limits),
		handler:   s.sys.Handler(s.Address(), requests),
		fresh:     make(map[net.Conn]struct{}),
	}
	l.serve(s.sys, limits)
	s.box.put(item{message: Listening{Requested: requested, Address: l.address}})
	if s.listeners == nil {
		s.listeners = make(map[*httpListener]Address)
	}
	s.listeners[l] = s.SpawnThen(l.run, func(any, error) { delete(s.listeners, l) }, Named("http "+l.address))
}

// Unlisten closes the listener at address, as it was given to ListenHTTP or as
// Listening said it. The address is free when it returns. Requests that wait for
// a reply may still have one, for Options.Grace.
func (s *Self) Unlisten(address string) {
	s.mine("Unlisten")
	for l, at := range s.listeners {
		if address != l.requested && address != l.address {
			continue
		}
		c := s.sys.find(at)
		u := unlisten{make(chan struct{})}
		if c == nil || c.box.put(item{message: u}) != nil {
			continue // it has ended
		}
		// The listener never blocks, so this is a matter of microseconds.
		select {
		case <-u.done:
		case <-c.over():
		}
	}
}

// What a listener is told, beside Stop.
type (
	// unlisten: close the socket.
	unlisten struct{ done chan struct{} } // closed then
	// unserved: the server takes no more connections.
	unserved struct{ err error }
	// drained: nobody waits for a response any more.
	drained struct{}
)

var errHTTPClosing = errors.New("the server is closing")

// An httpListener is a server as an actor, the child of the one it serves.
//
//	serves ──(unlisten, socket lost)──► drains ──(drained)──► ended
//	serves, drains ──(Stop)──► ended, those who wait are told 503
type httpListener struct {
	requested, address string
	socket             *limitedListener
	handler            http.Handler
	server             *http.Server
	abort              context.CancelCauseFunc // of all requests
	work               sync.WaitGroup          // the server's goroutine, and that which drains

	mu      sync.Mutex            // guards the rest
	fresh   map[net.Conn]struct{} // connections on which nothing has come yet
	closing bool                  // they are not waited for
}

// serve makes the server.
func (l *httpListener) serve(sys *System, limits httpLimits) {
	base, abort := context.WithCancelCause(context.Background())
	l.abort = abort
	l.server = &http.Server{
		Handler:           http.HandlerFunc(l.answer),
		ReadHeaderTimeout: limits.header,
		ReadTimeout:       limits.read,
		WriteTimeout:      limits.read + sys.askTimeout + limits.write,
		IdleTimeout:       limits.idle,
		MaxHeaderBytes:    limits.headerBytes,
		ErrorLog:          slog.NewLogLogger(sys.log.With("http", l.address).Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, crowded{}, c.(*limitedConn).crowded)
		},
		ConnState: l.noteState,
	}
}

// answer serves a request, unless there are too many connections.
func (l *httpListener) answer(w http.ResponseWriter, r *http.Request) {
	if tooMany, _ := r.Context().Value(crowded{}).(bool); tooMany {
		w.Header().Set("Connection", "close")
		refusalOf(errHTTPCrowded).write(w)
		return
	}
	l.handler.ServeHTTP(w, r)
}

// noteState knows the connections that Shutdown would wait for though nothing
// has come on them.
func (l *httpListener) noteState(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(l.fresh, c)
	case l.closing:
		c.Close() // it was accepted in the last moment
	default:
		l.fresh[c] = struct{}{}
	}
}

// run is the listener's life.
func (l *httpListener) run(self *Self) any {
	defer l.work.Wait()
	defer l.server.Close()
	defer l.abort(errHTTPClosing)
	l.work.Go(func() {
		err := l.server.Serve(l.socket)
		self.box.put(item{message: unserved{err}})
	})
	draining := false
	drain := func() {
		draining = true
		l.socket.Close()
		l.work.Go(func() {
			l.shutdown(self.sys.patience)
			self.box.put(item{message: drained{}})
		})
	}
	for {
		switch m := self.Input().(type) {
		case unlisten:
			if !draining {
				drain()
			}
			close(m.done)
		case unserved:
			if !draining {
				self.Log().Error("the listener is lost", "err", m.err)
				self.parent.box.put(item{message: NotListening{l.requested, reasonOf(m.err)}})
				drain()
			}
		case drained:
			return nil
		case Stop:
			l.abort(errHTTPClosing)
			l.shutdown(lastWord)
			return Aborted{}
		}
	}
}

// lastWord is how long responses may take once everybody was told 503.
const lastWord = time.Second

// shutdown lets requests end, for a while.
func (l *httpListener) shutdown(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l.socket.Close()
	l.mu.Lock()
	l.closing = true
	for c := range l.fresh {
		c.Close()
	}
	l.mu.Unlock()
	l.server.Shutdown(ctx) // whoever is left is cut off by Close
	l.server.Close()
}
