package actor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A rude server does what it likes with each connection, in memory, so that its tests
// have virtual time.
type rude struct {
	t    *testing.T
	talk func(*rudeConn)
	work sync.WaitGroup // of its connections
}

type rudeConn struct {
	net.Conn
	in *bufio.Reader
}

func newRude(t *testing.T, talk func(*rudeConn)) *rude { return &rude{t: t, talk: talk} }

func (s *rude) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" || address != "server:80" {
		s.t.Errorf("dial: %s %s", network, address)
	}
	ours, theirs := net.Pipe()
	s.work.Go(func() {
		defer theirs.Close()
		s.talk(&rudeConn{theirs, bufio.NewReader(theirs)})
	})
	return ours, nil
}

// request returns the next request, whole, nil if there is none.
func (c *rudeConn) request() *http.Request {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		return nil
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return r
}

func (c *rudeConn) say(text string) { io.WriteString(c, text) }

// hangs waits until the client closes.
func (c *rudeConn) hangs() { io.Copy(io.Discard, c.in) }

// answering is an answer of status 200.
func answering(header, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s", header, len(body), body)
}

// rudely runs a test in virtual time, with an actor that has a connection.
func rudely(t *testing.T, talk func(*rudeConn), f func(t *testing.T, self *Self, remote Address)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		self, remote := meetRude(t, Options{}, talk)
		f(t, self, remote)
	})
}

// meetRude returns an actor and the rude server it is connected to.
func meetRude(t *testing.T, options Options, talk func(*rudeConn)) (self *Self, remote Address) {
	t.Helper()
	sys := clientSystem(t, options)
	server := newRude(t, talk)
	t.Cleanup(server.work.Wait)
	self, leave := sys.Enter("client")
	t.Cleanup(leave)
	self.connectHTTP("http://server", nil, server.dial)
	m, ok := self.Input().(Connected)
	if !ok {
		t.Fatalf("got %v, want Connected", m)
	}
	return self, m.Remote
}

const (
	inJSON = "Content-Type: application/json"
	hung   = "the server closed the connection"
)

func plainAnswer(status int, body string, header ...string) HTTPResponse {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return HTTPResponse{Status: status, Header: h, Body: []byte(body)}
}

// A server that does not keep to HTTP, or is too slow, loses its connection; whoever asked
// is told why.
func TestHTTPServerIsRude(t *testing.T) {
	lost := func(reason string) Undelivered { return Undelivered{Message: httpXy{1, 2}, Reason: reason} }
	late := TimedOut{5 * time.Second}
	for _, test := range []struct {
		name   string
		talk   func(*rudeConn) // after a request was read
		want   any
		closed string // for that reason; empty: not
	}{
		{"says nothing", (*rudeConn).hangs, late, "no answer within 5s"},
		{"stops in the header", func(c *rudeConn) { c.say("HTTP/1.1 200 OK\r\nX: "); c.hangs() }, late, "no answer within 5s"},
		{"stops in the body", func(c *rudeConn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"); c.hangs() }, late, "no answer within 5s"},
		{"trickles", func(c *rudeConn) {
			c.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
			for range 99 {
				time.Sleep(time.Second)
				c.say("x")
			}
		}, late, "no answer within 5s"},
		{"closes", func(c *rudeConn) {}, lost(hung), hung},
		{"closes in the header", func(c *rudeConn) { c.say("HTTP/1.1 200 OK\r\nX: ") }, lost(hung), hung},
		{"closes in the body", func(c *rudeConn) { c.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx") }, lost(hung), hung},
		{"closes in a chunk", func(c *rudeConn) { c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx") }, lost(hung), hung},
		{"is none", func(c *rudeConn) { c.say("SSH-2.0-OpenSSH\r\n"); c.hangs() },
			Faulted{"answer is not HTTP", `malformed HTTP response "SSH-2.0-OpenSSH"`},
			`answer is not HTTP (malformed HTTP response "SSH-2.0-OpenSSH")`},
		{"has an endless header", func(c *rudeConn) {
			c.say("HTTP/1.1 200 OK\r\n")
			for range 1 << 20 {
				if _, err := io.WriteString(c, "X: "+strings.Repeat("x", 100)+"\r\n"); err != nil {
					break
				}
			}
			c.hangs()
		},
			Faulted{"answer is not HTTP", "server response headers exceeded 65536 bytes; aborted"},
			"answer is not HTTP (server response headers exceeded 65536 bytes; aborted)"},
		{"has an endless body", func(c *rudeConn) {
			c.say("HTTP/1.1 200 OK\r\n\r\n")
			block := make([]byte, 1<<20)
			for range 1 << 20 {
				if _, err := c.Write(block); err != nil {
					break
				}
			}
		},
			Faulted{"HTTP 200 OK", "the body has more than 16777216 bytes"},
			"HTTP 200 OK (the body has more than 16777216 bytes)"},
		{"switches protocols", func(c *rudeConn) {
			c.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			c.hangs()
		},
			Faulted{"HTTP 101 Switching Protocols", "the protocol was not to be switched"},
			"HTTP 101 Switching Protocols (the protocol was not to be switched)"},
		{"closes after the answer", func(c *rudeConn) { c.say(answering(inJSON+"\r\nConnection: close", `{"value":["Xy",{"x":1},[]]}`)) },
			httpXy{X: 1}, "the server closed the connection after an answer"},
		{"ends its body by closing", func(c *rudeConn) { c.say("HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nbody") },
			plainAnswer(200, "body", "X-A", "b"), "the server closed the connection after an answer"},
		{"answers twice", func(c *rudeConn) {
			c.say(answering(inJSON, `{"value":["Xy",{"x":1},[]]}`) + answering(inJSON, `{"value":["Xy",{"x":2},[]]}`))
			c.hangs()
		}, httpXy{X: 1}, "the server says what was not asked for"},

		{"has something to say before", func(c *rudeConn) {
			c.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + answering(inJSON, `{"value":["Xy",{"x":1},[]]}`))
		}, httpXy{X: 1}, ""},
		{"answers in chunks", func(c *rudeConn) {
			c.say("HTTP/1.1 200 OK\r\n" + inJSON + "; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n" + `{"value":["Xy",{}` + "\r\n5\r\n,[]]}\r\n0\r\n\r\n")
		}, httpXy{}, ""},
		{"redirects", func(c *rudeConn) {
			c.say("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/xy\r\nContent-Length: 0\r\n\r\n")
		}, plainAnswer(302, "", "Location", "http://elsewhere/xy"), ""},
		{"compresses", func(c *rudeConn) { c.say(answering("Content-Encoding: gzip", "\x1f\x8b")) },
			plainAnswer(200, "\x1f\x8b", "Content-Encoding", "gzip"), ""},
		{"has garbage for JSON", func(c *rudeConn) { c.say(answering(inJSON, `{"value":["Xy",`)) },
			plainAnswer(200, `{"value":["Xy",`, "Content-Type", "application/json"), ""},
		{"has other JSON", func(c *rudeConn) { c.say(answering(inJSON, `{"value":1}`)) },
			plainAnswer(200, `{"value":1}`, "Content-Type", "application/json"), ""},
		{"has an unknown type", func(c *rudeConn) { c.say(answering(inJSON, `{"value":["zz",{},[]]}`)) },
			plainAnswer(200, `{"value":["zz",{},[]]}`, "Content-Type", "application/json"), ""},
		{"has JSON that is none by its header", func(c *rudeConn) { c.say(answering("Content-Type: text/plain", `{"value":["Xy",{},[]]}`)) },
			plainAnswer(200, `{"value":["Xy",{},[]]}`, "Content-Type", "text/plain"), ""},
		{"has a value that is not of its type", func(c *rudeConn) { c.say(answering(inJSON, `{"value":["Xy",{"x":"two"},[]]}`)) },
			Faulted{"HTTP 200 OK", `the answer: x: "two" is not an integer`}, ""},
		{"has very many elements", func(c *rudeConn) {
			c.say(answering(inJSON, `{"value":["vector<vector<float8>>",[[0`+strings.Repeat(",0", 1<<20)+`]],[]]}`))
		}, Faulted{"HTTP 200 OK", "the answer: it has more than 1048576 elements"}, ""},
		{"refuses in HTML", func(c *rudeConn) {
			c.say("HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\n<p/>")
		}, plainAnswer(503, "<p/>", "Retry-After", "1"), ""},
		{"refuses in other JSON", func(c *rudeConn) {
			c.say("HTTP/1.1 404 No\r\n" + inJSON + "\r\nContent-Length: 14\r\n\r\n" + `{"error":"no"}`)
		}, plainAnswer(404, `{"error":"no"}`, "Content-Type", "application/json"), ""},
		{"refuses for good", func(c *rudeConn) {
			c.say("HTTP/1.1 503 No\r\n" + inJSON + "\r\nContent-Length: 38\r\n\r\n" + `{"error":{"status":503,"reason":"no"}}`)
		}, Faulted{"HTTP 503 Service Unavailable", "no"}, ""},
		{"refuses as nobody does", func(c *rudeConn) {
			c.say("HTTP/1.1 599 No\r\n" + inJSON + "\r\nContent-Length: 38\r\n\r\n" + `{"error":{"status":599,"reason":"no"}}`)
		}, Faulted{"HTTP 599", "no"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			talk := func(c *rudeConn) {
				for c.request() != nil {
					test.talk(c)
					if test.closed != "" {
						return
					}
				}
			}
			rudely(t, talk, func(t *testing.T, self *Self, remote Address) {
				got := askedHTTP(t, self, remote, httpXy{1, 2})
				if u, ok := test.want.(Undelivered); ok {
					u.To = remote
					test.want = u
				}
				sameAnswer(t, "reply", got, test.want)
				if test.closed != "" {
					sameAnswer(t, "last", self.Input(), Closed{remote, test.closed})
					return
				}
				sameAnswer(t, "another", askedHTTP(t, self, remote, httpXy{1, 2}), test.want)
			})
		})
	}
}

// What the server does when nobody asks.
func TestHTTPServerEndsIdleConnection(t *testing.T) {
	for what, test := range map[string]struct {
		talk func(*rudeConn)
		want string
	}{
		"closes at once":  {func(c *rudeConn) {}, hung},
		"closes later":    {func(c *rudeConn) { c.request(); c.say(answering("A: b", "")); time.Sleep(time.Minute) }, hung},
		"says what it is": {func(c *rudeConn) { c.say("220 smtp\r\n"); c.hangs() }, "the server says what was not asked for"},
	} {
		rudely(t, test.talk, func(t *testing.T, self *Self, remote Address) {
			if what == "closes later" {
				sameAnswer(t, what, askedHTTP(t, self, remote, httpXy{}), plainAnswer(200, "", "A", "b"))
			}
			sameAnswer(t, what, self.Input(), Closed{remote, test.want})
		})
	}
}

// Requests go one after the other, as they were sent; so many wait and no more; what is
// in flight and what waits when it is closed comes back before Closed.
func TestHTTPClientIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := make(chan string, 1)
		more := make(chan struct{})
		talk := func(c *rudeConn) {
			for {
				r := c.request()
				if r == nil {
					return
				}
				body, _ := io.ReadAll(r.Body)
				seen <- string(body)
				<-more
				c.say(answering("A: b", string(body)))
			}
		}
		self, remote := meetRude(t, Options{AskTimeout: time.Hour}, talk)
		send := func(n int) error { return self.Send(remote, HTTPRequest{URI: "/", Body: fmt.Append(nil, n)}) }
		if err := send(0); err != nil {
			t.Fatal(err)
		}
		sameAnswer(t, "in flight", <-seen, "0")
		sent := 1
		for ; sent < 2*maxHTTPWaiting; sent++ {
			if err := send(sent); err != nil {
				if !errors.Is(err, ErrOverloaded) {
					t.Fatalf("Send: %v", err)
				}
				break
			}
		}
		sameAnswer(t, "sent", sent, 1+maxHTTPWaiting)
		for n := range 3 {
			more <- struct{}{}
			sameAnswer(t, "answer", self.Input(), plainAnswer(200, fmt.Sprint(n), "A", "b"))
			sameAnswer(t, "in flight", <-seen, fmt.Sprint(n+1))
		}
		self.Close(remote)
		for n := 3; n < sent; n++ {
			u, _ := self.Input().(Undelivered)
			r, _ := u.Message.(HTTPRequest)
			sameAnswer(t, "back", []any{u.To, u.Reason, string(r.Body)}, []any{remote, errHTTPClosed.Error(), fmt.Sprint(n)})
		}
		sameAnswer(t, "last", self.Input(), Closed{remote, errHTTPClosed.Error()})
		close(more)
	})
}

// An ask that nobody waits for any more is not sent.
func TestHTTPClientForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		uris := make(chan string, 8)
		more := make(chan struct{}, 8)
		talk := func(c *rudeConn) {
			for r := c.request(); r != nil; r = c.request() {
				uris <- r.RequestURI
				<-more
				c.say(answering("A: b", r.RequestURI))
			}
		}
		self, remote := meetRude(t, Options{}, talk)
		self.Send(remote, HTTPRequest{URI: "/1"})
		sameAnswer(t, "in flight", <-uris, "/1")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := Ask[any](ctx, self, remote, HTTPRequest{URI: "/2"})
		sameAnswer(t, "Ask", fmt.Sprint(err), "context deadline exceeded")
		self.System().Send(remote, HTTPRequest{URI: "/3"}) // from nobody
		self.Send(remote, HTTPRequest{URI: "/4"})
		for range 3 {
			more <- struct{}{}
		}
		sameAnswer(t, "first", string(self.Input().(HTTPResponse).Body), "/1")
		sameAnswer(t, "last", string(self.Input().(HTTPResponse).Body), "/4")
		sameAnswer(t, "sent", []string{<-uris, <-uris}, []string{"/3", "/4"})
	})
}

// The connection ends with the actor, and whoever else asked is told.
func TestHTTPClientEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan struct{}, 1)
		over := make(chan struct{})
		talk := func(c *rudeConn) {
			c.request()
			asked <- struct{}{}
			c.hangs()
			close(over)
		}
		sys := clientSystem(t, Options{AskTimeout: time.Hour})
		remotes := make(chan Address, 1)
		owner := sys.Spawn(func(self *Self) any {
			self.connectHTTP("http://server", nil, newRude(t, talk).dial)
			remotes <- self.Input().(Connected).Remote
			for range self.Messages() {
			}
			return Aborted{}
		})
		remote := <-remotes
		go func() {
			<-asked
			sys.Stop(owner)
		}()
		_, err := Ask[any](context.Background(), sys, remote, httpXy{})
		sameAnswer(t, "Ask", err, Undelivered{remote, httpXy{}, "aborted"})
		<-over
		sys.Wait(context.Background(), owner)
	})
}

// A child that is stopped is a connection that is closed; one that has not connected yet
// does not any more.
func TestHTTPClientIsStopped(t *testing.T) {
	rudely(t, (*rudeConn).hangs, func(t *testing.T, self *Self, remote Address) {
		if err := self.Stop(remote); err != nil {
			t.Fatal(err)
		}
		sameAnswer(t, "last", self.Input(), Closed{remote, "aborted"})

		for what, end := range map[string]func(Address){
			"aborted":             func(a Address) { self.Stop(a) },
			errHTTPClosed.Error(): self.Close,
			"timed out after 5s":  func(Address) {},
		} {
			self.connectHTTP("http://server/x", nil, func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
			for child := range self.Children() {
				end(child)
			}
			sameAnswer(t, what, self.Input(), NotConnected{"http://server/x", what})
		}
	})
}
