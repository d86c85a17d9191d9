package actor

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A shop is an actor that listens: it takes what it is told to do, and keeps the
// requests until it is told to reply.
type shop struct {
	t       *testing.T
	sys     *System
	self    Address
	address string
	orders  chan func(*Self)
	took    chan httpXy
	heard   chan any // what came beside requests
}

type errand struct{}

func openShop(t *testing.T, options Options, limits httpLimits) *shop {
	t.Helper()
	options.Types = httpTypes
	s := &shop{
		t: t, sys: alone(t, options),
		orders: make(chan func(*Self), 1), took: make(chan httpXy, 16), heard: make(chan any, 16),
	}
	closing(t, s.sys)
	s.self = s.sys.Spawn(s.run, Named("shop"))
	s.do(func(self *Self) {
		if err := self.listenHTTP("127.0.0.1:0", httpTypes, limits); err != nil {
			t.Errorf("ListenHTTP: %v", err)
		}
	})
	listening, ok := (<-s.heard).(Listening)
	if !ok || listening.Requested != "127.0.0.1:0" {
		t.Fatalf("got %v, want Listening", listening)
	}
	s.address = listening.Address
	return s
}

func (s *shop) run(self *Self) any {
	var clients []Address
	for m := range self.Messages() {
		switch m := m.(type) {
		case errand:
			(<-s.orders)(self)
		case httpXy:
			clients = append(clients, self.Sender())
			s.took <- m
		case httpWish:
			for _, c := range clients {
				self.Send(c, m.For)
			}
			clients = nil
			self.Reply("done")
		default:
			s.heard <- m
		}
	}
	return Aborted{}
}

// do runs f as the shop, and waits for it.
func (s *shop) do(f func(*Self)) {
	s.t.Helper()
	done := make(chan struct{})
	s.orders <- func(self *Self) { f(self); close(done) }
	if err := s.sys.Send(s.self, errand{}); err != nil {
		s.t.Fatal(err)
	}
	<-done
}

// get asks on a goroutine of its own.
func (s *shop) get(path string) <-chan string {
	answer := make(chan string, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get("http://" + s.address + path)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answer <- response.Status + " " + string(body)
	}()
	return answer
}

// dial connects and says text.
func (s *shop) dial(text string) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// free reports whether nobody listens where the shop did.
func (s *shop) free() bool {
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

const answered = `200 OK {"value":["string","x",[]]}` + "\n"

func TestListenHTTP(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	answer := s.get("/xy?x=2&y=3")
	if diff := cmp.Diff(httpXy{2, 3}, <-s.took); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	<-s.get("/wish?for=x")
	want(t, <-answer, answered)

	// The listener ends with its actor, and before it.
	idle := s.dial("")
	s.sys.Stop(s.self)
	if _, err := s.sys.Wait(t.Context(), s.self); err != nil {
		t.Fatal(err)
	}
	if !s.free() {
		t.Error("the actor has ended, and the listener has not")
	}
	if n, err := idle.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("an idle connection: read %d, %v; want EOF", n, err)
	}
}

func TestListenHTTPRefused(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	for address, reason := range map[string]string{
		s.address:          "address already in use; does another process listen there? Port 0 is any that is free",
		"nowhere":          `"nowhere" is no host:port: missing port in address`,
		":80":              `":80" is no host:port: the host is missing; 0.0.0.0 stands for every address of this machine`,
		"127.0.0.1:100000": `"127.0.0.1:100000" is no host:port: the port 100000 is not in 0 to 65535`,
	} {
		s.do(func(self *Self) {
			err := self.ListenHTTP(address, httpTypes)
			if diff := cmp.Diff(error(NotListening{address, reason}), err); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
	if got, want := (NotListening{"127.0.0.1:80", "permission denied"}).Error(), "actor.Listen: 127.0.0.1:80: permission denied"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnlistenAnswersWhoWaits(t *testing.T) {
	for _, requested := range []bool{true, false} {
		s := openShop(t, Options{}, usualHTTPLimits())
		answer := s.get("/xy")
		<-s.took
		s.do(func(self *Self) {
			self.Unlisten("127.0.0.1:1")
			if s.free() {
				t.Error("the wrong listener was closed")
			}
			if requested {
				self.Unlisten("127.0.0.1:0")
			} else {
				self.Unlisten(s.address)
			}
			if !s.free() {
				t.Error("the address is not free after Unlisten")
			}
			self.Unlisten(s.address) // again is nothing
		})
		if err := s.sys.Send(s.self, httpWish{"x"}); err != nil {
			t.Fatal(err)
		}
		want(t, <-answer, answered)
		// The listener's end is no message; the actor may listen there again.
		s.do(func(self *Self) {
			if err := self.ListenHTTP(s.address, httpTypes); err != nil {
				t.Error(err)
			}
		})
		if diff := cmp.Diff(any(Listening{s.address, s.address}), <-s.heard); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	}
}

func TestUnlistenOneOfTwo(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	s.do(func(self *Self) {
		if err := self.ListenHTTP("127.0.0.1:00", httpTypes); err != nil {
			t.Error(err)
		}
		self.Spawn(func(*Self) any { return nil }, Named("no listener"))
	})
	other := (<-s.heard).(Listening)
	<-s.heard // Returned
	s.do(func(self *Self) { self.Unlisten(other.Requested) })
	if s.free() {
		t.Error("the first listener was closed")
	}
	if !(&shop{address: other.Address}).free() {
		t.Error("the second listener was not closed")
	}
	var left int
	for left = 2; left > 1; { // its end is taken note of as a callback
		s.do(func(self *Self) { left = len(self.tied().listeners) })
	}
	if left != 1 {
		t.Errorf("%d listeners are known, want 1", left)
	}
}

func TestStopTellsWhoWaits(t *testing.T) {
	s := openShop(t, Options{AskTimeout: time.Hour}, usualHTTPLimits())
	answer := s.get("/xy")
	<-s.took
	s.sys.Stop(s.self)
	want(t, <-answer, "503 Service Unavailable "+refused(503, "the server is closing"))
}

// Unlisten lets requests end, but Stop does not wait for them.
func TestStopAfterUnlisten(t *testing.T) {
	s := openShop(t, Options{AskTimeout: time.Hour, Grace: time.Hour}, usualHTTPLimits())
	answer := s.get("/xy")
	<-s.took
	s.do(func(self *Self) { self.Unlisten(s.address) })
	s.sys.Stop(s.self)
	want(t, <-answer, "503 Service Unavailable "+refused(503, "the server is closing"))
	if _, err := s.sys.Wait(t.Context(), s.self); err != nil {
		t.Fatal(err)
	}
}

// A lostListener fails when it is told to.
type lostListener struct {
	net.Listener
	lost chan struct{}
}

func (l *lostListener) Accept() (net.Conn, error) {
	<-l.lost
	return nil, &net.OpError{Op: "accept", Net: "tcp", Err: errors.New("the interface is gone")}
}

func TestListenerIsLost(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lost := &lostListener{socket, make(chan struct{})}
	s.do(func(self *Self) { self.serveHTTP("127.0.0.1:0", lost, nil, httpTypes, usualHTTPLimits()) })
	if diff := cmp.Diff(any(Listening{"127.0.0.1:0", socket.Addr().String()}), <-s.heard); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	close(lost.lost)
	if diff := cmp.Diff(any(NotListening{"127.0.0.1:0", "the interface is gone"}), <-s.heard); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestClientGoesAway(t *testing.T) {
	s := openShop(t, Options{AskTimeout: time.Hour}, usualHTTPLimits())
	conn := s.dial("GET /xy HTTP/1.1\r\nHost: x\r\n\r\n")
	<-s.took
	if n := len(s.sys.asks.all()); n != 1 {
		t.Fatalf("%d asks under way, want 1", n)
	}
	conn.Close()
	for len(s.sys.asks.all()) > 0 { // until the test as a whole is out of time
		time.Sleep(time.Millisecond)
	}
}

// The time for reading a request does not count for the reply.
func TestReplyLaterThanReadLimit(t *testing.T) {
	limits := usualHTTPLimits()
	limits.read = 50 * time.Millisecond
	s := openShop(t, Options{AskTimeout: time.Hour}, limits)
	answer := s.get("/xy")
	<-s.took
	time.Sleep(3 * limits.read)
	if err := s.sys.Send(s.self, httpWish{"x"}); err != nil {
		t.Fatal(err)
	}
	want(t, <-answer, answered)
}

func TestSlowClients(t *testing.T) {
	limits := usualHTTPLimits()
	limits.header, limits.read, limits.idle = 50*time.Millisecond, 100*time.Millisecond, 50*time.Millisecond
	s := openShop(t, Options{}, limits)
	for name, test := range map[string]struct{ say, hear string }{
		"says nothing":          {"", ""},
		"half a header":         {"GET /xy HTTP/1.1\r\nHost: x\r\nX-Slow: ", ""},
		"half a body":           {"POST /xy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"x\"", refused(408, "the body took too long")},
		"header without an end": {"GET /xy HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 80<<10), "431 Request Header Fields Too Large"},
		"idle":                  {"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", refused(404, `there is no \"nowhere\"; there are: Double, Xy, double, wish`)},
	} {
		// The server hangs up; if it did not, ReadAll would not return.
		heard, err := io.ReadAll(s.dial(test.say))
		if err != nil && !strings.Contains(err.Error(), "reset by peer") {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasSuffix(string(heard), test.hear) || (test.hear == "") != (len(heard) == 0) {
			t.Errorf("%s: heard %q, want %q", name, heard, test.hear)
		}
	}
}

func TestTooManyConnections(t *testing.T) {
	limits := usualHTTPLimits()
	limits.connections, limits.refused = 2, 1
	s := openShop(t, Options{AskTimeout: time.Hour}, limits)
	first, second := s.get("/xy"), s.get("/xy")
	<-s.took
	<-s.took
	crowded := "503 Service Unavailable " + refused(503, "too many connections")
	for range 5 { // each makes room for the next
		want(t, <-s.get("/xy"), crowded)
	}
	// One that is refused and lingers keeps the others waiting, not forever.
	lingering := s.dial("")
	waiting := s.get("/xy")
	lingering.Close()
	want(t, <-waiting, crowded)

	if err := s.sys.Send(s.self, httpWish{"x"}); err != nil {
		t.Fatal(err)
	}
	want(t, <-first, answered)
	want(t, <-second, answered)
	got := crowded
	for got == crowded { // until the listener has noticed that the first two are gone
		got = <-s.get("/wish?for=x")
	}
	want(t, got, strings.Replace(answered, `"x"`, `"done"`, 1))
}

// The connection of a client that keeps it is used again.
func TestConnectionIsKept(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	conn := s.dial("")
	r := bufio.NewReader(conn)
	for range 3 {
		io.WriteString(conn, "GET /wish?for=x HTTP/1.1\r\nHost: x\r\n\r\n")
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		want(t, textOf(t, response), `{"value":["string","done",[]]}`+"\n")
	}
}
