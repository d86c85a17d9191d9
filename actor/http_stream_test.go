package actor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStream(t *testing.T) {
	for name, child := range map[string]bool{"self": false, "child": true} {
		t.Run(name, func(t *testing.T) {
			sys := alone(t, Options{Types: httpTypes})
			closing(t, sys)
			s := newSpring()
			s.head, s.child = events, child
			url, _ := serve(t, sys, s, usualHTTPLimits())
			c := client(t)
			flowsAsSaid(t, s, open(t, c, url))
			flowsAsSaid(t, s, open(t, c, url)) // on the same connection
			for info := range sys.Actors() {
				if info.Name == "flow" && info.Waiting > 0 {
					t.Errorf("%d messages wait for a stream", info.Waiting)
				}
				for watchers(sys.find(info.Address)) > 0 { // until the test as a whole is out of time
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
}

func TestStreamOfAnotherProcess(t *testing.T) {
	s := newSpring()
	s.head, s.child = events, true
	sys, to := together(t, s.quiet)
	c := client(t)
	url := front(t, sys, to)
	flowsAsSaid(t, s, open(t, c, url))

	// The client goes away.
	response := open(t, c, url)
	at := next[HTTPNext](t, s).Client
	response.Body.Close()
	s.say <- nil
	closed := next[HTTPClosed](t, s)
	if diff := cmp.Diff(HTTPClosed{at, "the client is gone"}, closed, cmp.Comparer(same)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// Of an actor in another process that ends alone, with the next piece to say, the client
// hears at once; what it has said before is not lost.
func TestStreamOfAnotherProcessEnds(t *testing.T) {
	s := newSpring()
	s.head = events
	sys, to := together(t, s.quiet)
	response := open(t, client(t), front(t, sys, to))
	next[HTTPNext](t, s)
	s.say <- HTTPChunk{Body: []byte("more")}
	next[HTTPNext](t, s)
	close(s.say)
	if got, err := io.ReadAll(response.Body); string(got) != "begin\nmore" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v, want an unexpected EOF", got, err)
	}
	if n := len(s.heard); n > 0 {
		t.Errorf("the stream is told %#v", <-s.heard)
	}
}

// The last piece of an actor that ends with it is no less whole.
func TestStreamEndsWithItsLast(t *testing.T) {
	for range 20 { // the word of the end comes right behind
		s := newSpring()
		s.told = func(self *Self, m any) { self.Reply(HTTPChunk{[]byte("all"), true}) }
		s.once = true
		sys, to := together(t, s.quiet)
		want(t, textOf(t, open(t, client(t), front(t, sys, to))), "all")
	}
}

// A pool gives the response, and the client hears the worker.
func TestStreamThroughPool(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	s := newSpring()
	s.head, s.child = events, true
	pool := sys.Spawn(Pool{Of: s.run, Size: 2}.Run)
	c := client(t)
	url := front(t, sys, pool)
	flowsAsSaid(t, s, open(t, c, url))
	flowsAsSaid(t, s, open(t, c, url))
}

// What is no end is not taken for one.
func TestStreamIsCutOff(t *testing.T) {
	for name, test := range map[string]struct {
		say  any
		ends bool
		told string // empty: nothing
	}{
		"an error":       {say: Faulted{"no more", ""}},
		"another reply":  {say: "more", told: "unexpected reply: string is no HTTPChunk"},
		"it ends":        {ends: true},
		"a response":     {say: HTTPResponse{}, told: "unexpected reply: actor.HTTPResponse is no HTTPChunk"},
		"it has no time": {say: Overloaded{1}},
	} {
		t.Run(name, func(t *testing.T) {
			sys := alone(t, Options{Types: httpTypes})
			closing(t, sys)
			s := newSpring()
			s.head, s.child = events, true
			url, _ := serve(t, sys, s, usualHTTPLimits())
			response := open(t, client(t), url)
			at := next[HTTPNext](t, s).Client
			if test.ends {
				close(s.say)
			} else {
				s.say <- test.say
			}
			if got, err := io.ReadAll(response.Body); string(got) != "begin\n" || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %q, %v, want an unexpected EOF", got, err)
			}
			if test.told != "" {
				if diff := cmp.Diff(HTTPClosed{at, test.told}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
					t.Errorf("want -, got +:\n%s", diff)
				}
			}
			if n := len(s.heard); n > 0 {
				t.Errorf("the stream is told %#v", <-s.heard)
			}
		})
	}
}

// A stream that has ended before it is asked is cut off too.
func TestStreamOfNobody(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	ended := sys.Spawn(func(*Self) any { return nil })
	if _, err := sys.Wait(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	url := front(t, sys, sys.Spawn(func(self *Self) any {
		for range self.Messages() {
			self.Reply(HTTPResponse{Body: []byte("begin"), Stream: ended})
		}
		return nil
	}))
	if got, err := io.ReadAll(open(t, client(t), url).Body); string(got) != "begin" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v, want an unexpected EOF", got, err)
	}
}

func TestStreamClientGoesAway(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	s := newSpring()
	s.head = events
	url, _ := serve(t, sys, s, usualHTTPLimits())
	response := open(t, client(t), url)
	at := next[HTTPNext](t, s).Client
	response.Body.Close()
	s.say <- nil // it keeps the client waiting
	if diff := cmp.Diff(HTTPClosed{at, "the client is gone"}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	for len(sys.asks.all()) > 0 { // until the test as a whole is out of time
		time.Sleep(time.Millisecond)
	}
}

// A client that reads nothing stops its stream, and is cut off after a while.
func TestStreamSlowClient(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	limits := usualHTTPLimits()
	limits.write = 50 * time.Millisecond
	s := newSpring()
	asked, closed := 0, make(chan HTTPClosed, 1)
	s.told = func(self *Self, m any) {
		switch m := m.(type) {
		case HTTPNext:
			if asked++; asked != m.Chunks+1 || m.Bytes != int64(m.Chunks)<<20 {
				t.Errorf("asked %d times, got %+v", asked, m)
			}
			self.Reply(HTTPChunk{Body: make([]byte, 1<<20)})
		case HTTPClosed:
			closed <- m
		}
	}
	url, _ := serve(t, sys, s, limits)
	conn := (&shop{t: t, address: strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/xy")}).dial("GET /xy HTTP/1.1\r\nHost: x\r\n\r\n")
	if m := <-closed; !strings.HasPrefix(m.Reason, "the client is gone or reads too slowly: ") {
		t.Errorf("got %+v", m)
	}
	conn.Close()
}

// A client that reads slowly, but reads, has a long piece whole.
func TestStreamLongPiece(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	s := newSpring()
	url, _ := serve(t, sys, s, usualHTTPLimits())
	response := open(t, client(t), url)
	next[HTTPNext](t, s)
	piece := []byte(strings.Repeat("0123456789abcdef", 1<<17))
	s.say <- HTTPChunk{Body: piece, Last: true}
	if got, err := io.ReadAll(response.Body); err != nil || string(got) != string(piece) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// The limits on time of a request are not those of its stream.
func TestStreamOutlivesLimits(t *testing.T) {
	const limit = 160 * time.Millisecond // time enough to shake hands, and less than a stream has
	for _, secure := range []bool{false, true} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(fmt.Sprint(secure, method), func(t *testing.T) {
				limits := usualHTTPLimits()
				limits.read, limits.write = limit, limit
				certificate, roots := certify(t)
				sys := alone(t, Options{Types: httpTypes, AskTimeout: limit, TLS: certificate})
				closing(t, sys)
				s := newSpring()
				c := client(t)
				url, options := "", []Option{}
				if secure {
					c, options = secureClient(t, roots, true), []Option{Encrypted}
				}
				s.told = func(self *Self, m any) {
					if m, ok := m.(HTTPNext); ok {
						to := self.Sender()
						self.AfterFunc(5*limit/4, func() { self.Send(to, HTTPChunk{[]byte("x"), m.Chunks == 2}) })
					}
				}
				url, _ = serve(t, sys, s, limits, options...)
				if secure {
					url = strings.Replace(url, "http:", "https:", 1)
				}
				request, err := http.NewRequest(method, strings.TrimSuffix(url, "xy")+"any", strings.NewReader(""))
				if err != nil {
					t.Fatal(err)
				}
				if method == "POST" {
					request.Body, request.ContentLength = io.NopCloser(strings.NewReader("body")), 4
				}
				response, err := c.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				if got, err := io.ReadAll(response.Body); string(got) != "xxx" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
				if want := map[bool]int{false: 1, true: 2}[secure]; response.ProtoMajor != want {
					t.Errorf("%s, want HTTP/%d", response.Proto, want)
				}
			})
		}
	}
}

// What cannot be streamed, or is not wanted any more, ends the stream before it began.
func TestStreamThatDoesNotBegin(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		head   HTTPResponse
		status int
		reason string
	}{
		"head":       {"HEAD", HTTPResponse{Status: 201}, 201, "the client asked for the header only"},
		"no content": {"GET", HTTPResponse{Status: 204}, 500, "the actor replied with a body to the status 204, which has none"},
	} {
		t.Run(name, func(t *testing.T) {
			sys := alone(t, Options{Types: httpTypes})
			closing(t, sys)
			s := newSpring()
			s.head, s.child = test.head, true
			url, _ := serve(t, sys, s, usualHTTPLimits())
			request, _ := http.NewRequest(test.method, url, nil)
			response, err := client(t).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			want(t, next[HTTPClosed](t, s).Reason, test.reason)
		})
	}

	t.Run("late", func(t *testing.T) {
		sys := alone(t, Options{Types: httpTypes, AskTimeout: 10 * time.Millisecond})
		closing(t, sys)
		s := newSpring()
		late := make(chan struct{})
		url := front(t, sys, sys.Spawn(func(self *Self) any {
			for range self.Messages() {
				<-late
				self.Reply(HTTPResponse{Stream: self.Spawn(s.flow)})
			}
			return nil
		}))
		if response := open(t, client(t), url); response.StatusCode != 504 {
			t.Errorf("status %d", response.StatusCode)
		}
		close(late)
		if diff := cmp.Diff(HTTPClosed{Reason: "nobody waits for the response any more"}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
}

// Streams end with the listener.
func TestStreamEndsWithListener(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	s := newSpring()
	stream := sys.Spawn(s.flow, Named("flow"))
	listening := make(chan string, 1)
	front := sys.Spawn(func(self *Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", httpTypes); err != nil {
			t.Error(err)
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case Listening:
				listening <- m.Address
			case httpXy:
				self.Reply(HTTPResponse{Body: []byte("begin"), Stream: stream})
			}
		}
		return Aborted{}
	})
	response := open(t, client(t), "http://"+<-listening+"/xy")
	at := next[HTTPNext](t, s).Client
	s.say <- nil
	sys.Stop(front)
	if diff := cmp.Diff(HTTPClosed{at, "the server is closing"}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if got, err := io.ReadAll(response.Body); string(got) != "begin" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v, want an unexpected EOF", got, err)
	}
	if err := sys.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// A listener that is closed lets streams go on for a while.
func TestStreamAfterUnlisten(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes, Grace: 50 * time.Millisecond})
	closing(t, sys)
	s := newSpring()
	s.head = events
	address := ""
	self := sys.Spawn(func(self *Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", httpTypes); err != nil {
			t.Error(err)
		}
		address = self.Input().(Listening).Address
		s.heard <- Listening{}
		for m := range self.Messages() {
			switch m := m.(type) {
			case httpXy:
				self.Reply(HTTPResponse{Body: []byte("begin"), Stream: self.Address()})
			case errand:
				self.Unlisten(address)
			default:
				s.flows(self, m)
			}
		}
		return Aborted{}
	})
	next[Listening](t, s)
	response := open(t, client(t), "http://"+address+"/xy")
	next[HTTPNext](t, s)
	if err := sys.Send(self, errand{}); err != nil {
		t.Fatal(err)
	}
	s.say <- HTTPChunk{Body: []byte(" more")}
	at := next[HTTPNext](t, s).Client
	s.say <- nil
	if diff := cmp.Diff(HTTPClosed{at, "the server is closing"}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if got, err := io.ReadAll(response.Body); string(got) != "begin more" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v, want an unexpected EOF", got, err)
	}
}

// unflushed hides that a writer can flush.
type unflushed struct{ w http.ResponseWriter }

func (u unflushed) Header() http.Header         { return u.w.Header() }
func (u unflushed) WriteHeader(status int)      { u.w.WriteHeader(status) }
func (u unflushed) Write(b []byte) (int, error) { return u.w.Write(b) }

// A handler may be wrapped by what cannot flush: the client has it all in the end.
func TestStreamThatCannotFlush(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	s := newSpring()
	s.say <- HTTPChunk{Body: []byte("one")}
	s.say <- HTTPChunk{Body: []byte("two"), Last: true}
	handler := sys.Handler(sys.Spawn(s.run), httpTypes)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(unflushed{w}, r)
	}))
	defer server.Close()
	want(t, textOf(t, open(t, client(t), server.URL+"/xy")), "onetwo")
}
