package actor

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// ListenHTTP serves HTTP requests at address, host:port, as messages of the given
// types to this actor, as System.Handler does. A refusal is a NotListening
// error: the address is no good, or taken. Listening follows as a message, then
// the requests; NotListening if the listener is lost, also because the process has
// had no file left for a connection for ten seconds.
//
// With the option Encrypted it serves HTTPS, HTTP/2 too, with the certificates of
// Options.TLS.
//
// The listener serves 1024 connections at once, and as many requests; a few more are
// told 503, and the rest wait in the kernel. A header has 5 s and 64 KiB, a body 10 s
// and 1 MiB, a response 10 s from the reply, a streamed one 10 s for each 64 KiB of a
// piece, an idle connection 30 s. On a connection of HTTP/2 there are 100 requests at
// once. Limits.Table has them all.
//
// The listener is a child of the actor and ends with it: requests that wait for
// a reply are told 503 then.
func (s *Self) ListenHTTP(address string, requests Types, options ...Option) error {
	s.mine("ListenHTTP")
	return s.listenHTTP(address, requests, usualHTTPLimits(), options...)
}

func (s *Self) listenHTTP(address string, requests Types, limits httpLimits, options ...Option) error {
	where, err := ParseHostPort(address)
	if err != nil {
		return NotListening{address, err.Error()}
	}
	encrypt, reason := only[encrypted](options)
	if reason != "" {
		return NotListening{address, reason}
	}
	var secure *tls.Config
	if encrypt == Encrypted {
		if secure = httpsConfig(s.sys.tls); secure == nil {
			return NotListening{address, "Encrypted needs a certificate, and Options.TLS has none"}
		}
	}
	socket, err := net.Listen("tcp", string(where))
	if err != nil {
		return NotListening{address, reasonOf(err)}
	}
	s.serveHTTP(address, socket, secure, requests, limits)
	return nil
}

// httpsConfig returns what a listener with the certificates of c needs; nil if it has
// none.
func httpsConfig(c *tls.Config) *tls.Config {
	if c == nil || len(c.Certificates) == 0 && c.GetCertificate == nil && c.GetConfigForClient == nil {
		return nil
	}
	return c.Clone() // net/http adds to it
}

// serveHTTP spawns the listener that takes connections from socket, with TLS if secure
// is not nil.
func (s *Self) serveHTTP(requested string, socket net.Listener, secure *tls.Config, requests Types, limits httpLimits) {
	address := socket.Addr().String()
	l := &httpListener{
		requested: requested,
		address:   address,
		socket:    newLimitedListener(socket, limits, s.sys.log.With("http", address)),
		handler:   s.sys.handler(s.Address(), requests, limits.write),
		most:      int64(limits.connections),
		fresh:     make(map[net.Conn]struct{}),
	}
	l.serve(s.sys, secure, limits)
	s.box.put(item{message: Listening{Requested: requested, Address: l.address}})
	at := s.SpawnThen(l.run, func(any, error) { delete(s.tied().listeners, l) }, Named("http "+l.address))
	s.tied().listeners[l] = at
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
	most               int64                   // requests at once
	requests           atomic.Int64            // under way
	abort              context.CancelCauseFunc // of all requests
	work               sync.WaitGroup          // the server's goroutine, and that which drains

	mu      sync.Mutex            // guards the rest
	fresh   map[net.Conn]struct{} // connections on which nothing has come yet
	closing bool                  // they are not waited for
}

// serve makes the server.
func (l *httpListener) serve(sys *System, secure *tls.Config, limits httpLimits) {
	base, abort := context.WithCancelCause(context.Background())
	l.abort = abort
	l.server = &http.Server{
		Handler:           http.HandlerFunc(l.answer),
		ReadHeaderTimeout: limits.header,
		ReadTimeout:       limits.read,
		WriteTimeout:      limits.read + sys.askTimeout + limits.write,
		IdleTimeout:       limits.idle,
		MaxHeaderBytes:    limits.headerBytes,
		TLSConfig:         secure,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: limits.streams},
		ErrorLog:          slog.NewLogLogger(sys.log.With("http", l.address).Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if secured, ok := c.(*tls.Conn); ok {
				c = secured.NetConn()
			}
			return context.WithValue(ctx, crowded{}, c.(*limitedConn).crowded)
		},
		ConnState: l.noteState,
	}
}

// answer serves a request, unless there are too many connections, or requests.
func (l *httpListener) answer(w http.ResponseWriter, r *http.Request) {
	if tooMany, _ := r.Context().Value(crowded{}).(bool); tooMany {
		w.Header().Set("Connection", "close")
		refusalOf(errHTTPCrowded).write(w, formOf(r.Header))
		return
	}
	defer l.requests.Add(-1)
	if l.requests.Add(1) > l.most {
		refusalOf(errHTTPBusy).write(w, formOf(r.Header))
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
		serve := l.server.Serve
		if l.server.TLSConfig != nil {
			serve = func(s net.Listener) error { return l.server.ServeTLS(s, "", "") }
		}
		err := serve(l.socket)
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
	l.server.Shutdown(ctx)  // whoever is left is cut off by Close
	l.abort(errHTTPClosing) // and who streams to him knows why
	l.server.Close()
}
