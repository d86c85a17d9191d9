package actor

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport/memory"
)

// A spring is an actor that streams: it does what the test says with each word.
type spring struct {
	heard chan any                // what it was told as a stream
	say   chan any                // its replies to HTTPNext; closed: it ends
	head  HTTPResponse            // without Stream
	child bool                    // a child is the stream
	told  func(self *Self, m any) // instead of heard
	once  bool                    // it ends then
}

func newSpring() *spring { return &spring{heard: make(chan any, 16), say: make(chan any, 16)} }

func (s *spring) run(self *Self) any {
	for m := range self.Messages() {
		switch m := m.(type) {
		case httpXy, HTTPRequest:
			response := s.head
			response.Stream = self.Address()
			if s.child {
				response.Stream = self.Spawn(s.flow, Named("flow"))
			}
			self.Reply(response)
		case Listening:
			s.heard <- m
		case Returned:
		default:
			if end := s.flows(self, m); end {
				return nil
			}
		}
	}
	return Aborted{}
}

// flow is the life of a child that is the stream.
func (s *spring) flow(self *Self) any {
	for m := range self.Messages() {
		if end := s.flows(self, m); end {
			return nil
		}
	}
	return Aborted{}
}

func (s *spring) flows(self *Self, m any) (end bool) {
	if s.told != nil {
		s.told(self, m)
		return s.once
	}
	s.heard <- m
	if _, ok := m.(HTTPNext); !ok {
		return false
	}
	answer, ok := <-s.say
	if ok && answer != nil {
		self.Reply(answer)
	}
	return !ok
}

// next waits for the next word that the stream is told.
func next[T any](t *testing.T, s *spring) T {
	t.Helper()
	m := <-s.heard
	word, ok := m.(T)
	if !ok {
		t.Fatalf("got %#v, want a %T", m, word)
	}
	return word
}

// serve lets an actor serve the spring, and returns its URL.
func serve(t *testing.T, sys *System, s *spring, limits httpLimits, options ...Option) (url string, self Address) {
	t.Helper()
	self = sys.Spawn(func(self *Self) any {
		if err := self.listenHTTP("127.0.0.1:0", wholeTypes, limits, options...); err != nil {
			t.Error(err)
		}
		return s.run(self)
	}, Named("spring"))
	return "http://" + next[Listening](t, s).Address + "/xy", self
}

// client returns an HTTP client that leaves no connection behind.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func open(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	response, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// flowsAsSaid follows one stream to its end: each piece is there before the next is
// asked for.
func flowsAsSaid(t *testing.T, s *spring, response *http.Response) {
	t.Helper()
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	r := bufio.NewReader(response.Body)
	line := func() string {
		text, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%q, %v", text, err)
		}
		return text
	}
	want(t, line(), "begin\n")
	first := next[HTTPNext](t, s)
	if first.Client.IsZero() {
		t.Error("the client is nobody")
	}
	for i := range 3 {
		s.say <- HTTPChunk{Body: fmt.Appendf(nil, "data %d\n", i)}
		want(t, line(), fmt.Sprintf("data %d\n", i))
		if diff := cmp.Diff(HTTPNext{first.Client, i + 1, int64(7 * (i + 1))}, next[HTTPNext](t, s), cmp.Comparer(same)); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	}
	s.say <- HTTPChunk{Body: []byte("end"), Last: true}
	if rest, err := io.ReadAll(r); string(rest) != "end" || err != nil {
		t.Errorf("the end: %q, %v", rest, err)
	}
	if n := len(s.heard); n > 0 {
		t.Errorf("after the end the stream is told %#v", <-s.heard)
	}
}

func same(a, b Address) bool { return a.at == b.at }

var events = HTTPResponse{Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: []byte("begin\n")}

// quiet is run for an actor that publishes.
func (s *spring) quiet(self *Self) any {
	for m := range self.Messages() {
		switch m.(type) {
		case Published, Delivered, Dropped, Returned:
		case httpXy, HTTPRequest:
			response := s.head
			response.Stream = self.Spawn(s.flow, Named("flow"))
			self.Reply(response)
		}
	}
	return Aborted{}
}

// together opens two processes that know each other: what one publishes the other is
// given.
func together(t *testing.T, f Func) (sys *System, publisher Address) {
	t.Helper()
	tr := &tree{network: memory.NewNetwork(), types: httpTypes}
	host := tr.open(t, Options{Scope: Host, Listen: "127.0.0.1:4000", Directory: "none"})
	one, two := tr.open(t, Options{}), tr.open(t, Options{})
	closing(t, host)
	closing(t, two)
	closing(t, one)
	one.Spawn(func(self *Self) any {
		if err := self.Publish("spring"); err != nil {
			return err
		}
		return f(self)
	})
	subscriber, leave := two.Enter("subscriber")
	t.Cleanup(leave)
	subscriber.Subscribe("spring")
	return two, await[Available](t, subscriber).Publisher
}

// front serves what an actor, a pool or one of another process, answers.
func front(t *testing.T, sys *System, to Address) (url string) {
	t.Helper()
	listening := make(chan string, 1)
	sys.Spawn(func(self *Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", wholeTypes); err != nil {
			t.Error(err)
		}
		for m := range self.Messages() {
			if m, ok := m.(Listening); ok {
				listening <- m.Address
				continue
			}
			self.Forward(to, m)
		}
		return Aborted{}
	}, Named("front"))
	return "http://" + <-listening + "/xy"
}
