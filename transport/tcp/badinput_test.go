package tcp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A server is a listener and the links it accepted.
type server struct {
	transport.Listener
	links chan transport.Link
	log   *lines
}

// lines keeps what is logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func serve(t *testing.T, tr tcp.Transport) *server {
	t.Helper()
	transporttest.Leaks(t, "layer-cake/transport/")
	s := &server{links: make(chan transport.Link, 10), log: new(lines)}
	tr.Logger = slog.New(slog.NewTextHandler(s.log, nil))
	l, err := tr.Listen("127.0.0.1:0", transporttest.Hello("server"), func(l transport.Link) { s.links <- l })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s.Listener = l
	return s
}

// next returns the next link, which is closed at the end.
func (s *server) next(t *testing.T) transport.Link {
	t.Helper()
	select {
	case l := <-s.links:
		t.Cleanup(func() { l.Close(nil) })
		return l
	case <-time.After(20 * time.Second):
		t.Fatalf("no link was accepted; log:\n%s", s.log)
		return nil
	}
}

// raw is a connection that says what a test wants.
type raw struct {
	net.Conn
	t      *testing.T
	reader *wire.Reader
}

func (s *server) raw(t *testing.T) *raw {
	t.Helper()
	conn, err := net.Dial("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { conn.Close() })
	return &raw{conn, t, wire.NewReader(conn)}
}

func (r *raw) say(s string) {
	r.t.Helper()
	if _, err := r.Write([]byte(s)); err != nil {
		r.t.Fatal(err)
	}
}

// hears returns the next frame, or the error, as text.
func (r *raw) hears() string {
	kind, body, err := r.reader.Next(wire.MaxFrame)
	if err != nil {
		return err.Error()
	}
	return string(rune('0'+kind)) + " " + string(body)
}

func rawHello(t *testing.T, body string) string {
	t.Helper()
	b, err := wire.AppendHello(nil, transporttest.Hello(body))
	if err != nil {
		t.Fatal(err)
	}
	return string(wire.AppendFrame(nil, wire.Hello, b))
}

// proven returns both ends of a link whose dialler is raw.
func (s *server) proven(t *testing.T) (*raw, transport.Link) {
	t.Helper()
	r := s.raw(t)
	r.say(rawHello(t, "raw"))
	if got := r.hears(); !strings.HasPrefix(got, "1 LCAK") {
		t.Fatalf("the answer to a hello is %q", got)
	}
	return r, s.next(t)
}

// TestBadHello has what is said before a hello was taken: nobody is accepted, who
// says it is told why, and others are served.
func TestBadHello(t *testing.T) {
	good := rawHello(t, "")
	for _, c := range []struct{ name, said, heard string }{
		{"wrong magic", good[:5] + "CAKE" + good[9:], "3 frame of kind 1: it does not begin with LCAK: not a Layer Cake process"},
		{"another version", good[:9] + "\x01" + good[10:], "3 frame of kind 1: it is of version 01, not 4"},
		{"another protocol", "GET / HTTP/1.1\r\n\r\n", "3 frame of kind 47: the frame has 1195725856 bytes, at most 1020 are allowed"},
		{"no heartbeat", good[:26] + "\x00\x00\x00\x00" + good[30:], "3 frame of kind 1: its heartbeats are 0 ms apart, 10 to 60000 are allowed"},
		{"oversized", "\x00\x00\x03\xfd\x01", "3 frame of kind 1: the frame has 1021 bytes, at most 1020 are allowed"},
		{"empty", "\x00\x00\x00\x00\x00", "3 frame of kind 0: the frame is empty"},
		{"not a hello", "\x00\x00\x00\x02\x05a", "3 frame of kind 5: it is not a hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, tcp.Transport{})
			r := s.raw(t)
			r.say(c.said)
			if got := r.hears(); got != c.heard {
				t.Errorf("heard %q, want %q", got, c.heard)
			}
			if got := r.hears(); got != io.EOF.Error() {
				t.Errorf("then heard %q, want EOF", got)
			}
			r.Close()
			s.proven(t)
			if got := s.log.String(); !strings.Contains(got, "connection refused") || !strings.Contains(got, c.heard[2:]) {
				t.Errorf("log: %s\nwant %q", got, c.heard[2:])
			}
		})
	}
}

func TestTruncatedHello(t *testing.T) {
	s := serve(t, tcp.Transport{})
	r := s.raw(t)
	r.say(rawHello(t, "")[:20])
	r.Conn.(*net.TCPConn).CloseWrite()
	if got, want := r.hears(), "3 frame of kind 1: the stream ended after 15 of 25 bytes"; got != want {
		t.Errorf("heard %q, want %q", got, want)
	}
}

func TestHelloByteByByte(t *testing.T) {
	s := serve(t, tcp.Transport{})
	r := s.raw(t)
	for _, b := range []byte(rawHello(t, "slowly")) {
		r.say(string([]byte{b}))
	}
	if got := r.hears(); !strings.HasPrefix(got, "1 LCAK") {
		t.Errorf("the answer is %q, want a hello", got)
	}
	if got := string(s.next(t).Peer().Body); got != "slowly" {
		t.Errorf("the peer's hello says %q, want slowly", got)
	}
}

// TestSilentConnection shows that who says no hello is sent away, and until then
// takes one place of those there are.
func TestSilentConnection(t *testing.T) {
	s := serve(t, tcp.Transport{HelloTimeout: 100 * time.Millisecond, MaxUnproven: 1})
	var silent []*raw
	for range 3 {
		silent = append(silent, s.raw(t))
	}
	s.proven(t) // when the three have lost their places
	for _, r := range silent {
		if got := r.hears(); got != io.EOF.Error() {
			t.Errorf("heard %q, want EOF", got)
		}
	}
}

// TestCloseWithSilentConnection shows that Close does not wait for hellos.
func TestCloseWithSilentConnection(t *testing.T) {
	s := serve(t, tcp.Transport{HelloTimeout: time.Hour, MaxUnproven: 2})
	r := s.raw(t)
	s.raw(t)
	s.raw(t) // waits in the backlog
	r.say("\x00")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Error("a connection without a hello outlived its listener")
	}
}

// TestBrokenFrame has what is said after the hello: the link ends, both ends are
// told why, and another link is not harmed.
func TestBrokenFrame(t *testing.T) {
	for _, c := range []struct{ name, said, reason string }{
		{"second hello", rawHello(t, ""), "frame of kind 1: a second hello"},
		{"oversized", "\x00\x10\x00\x01\x28", "frame of kind 40: the frame has 1048577 bytes, at most 1048576 are allowed"},
		{"huge", "\xff\xff\xff\xff\x28", "frame of kind 40: the frame has 4294967295 bytes, at most 1048576 are allowed"},
		{"empty", "\x00\x00\x00\x00\x28", "frame of kind 0: the frame is empty"},
		{"kind 0", "\x00\x00\x00\x01\x00", "frame of kind 0: the kind is unknown"},
		{"kind 31", "\x00\x00\x00\x02\x1fa", "frame of kind 31: the kind is unknown"},
		{"goodbye of bytes", "\x00\x00\x00\x02\x03\xff", "frame of kind 3: its reason is not valid UTF-8"},
		{"truncated", "\x00\x00\x00\x09\x28abc", "frame of kind 40: the stream ended after 3 of 8 bytes"},
		{"truncated head", "\x00\x00", "frame of kind 0: the stream ended after 2 bytes of a frame's head"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, tcp.Transport{})
			var broken, other transporttest.Recorder
			r, link := s.proven(t)
			neighbour, neighbourLink := s.proven(t)
			link.Start(&broken)
			neighbourLink.Start(&other)
			r.say("\x00\x00\x00\x04\x28yes" + c.said)
			if strings.HasPrefix(c.name, "truncated") {
				r.Conn.(*net.TCPConn).CloseWrite()
			}
			if got, want := r.hears(), "3 "+c.reason; got != want {
				t.Errorf("the peer heard %q, want %q", got, want)
			}
			if got := r.hears(); got != io.EOF.Error() {
				t.Errorf("then the peer heard %q, want EOF", got)
			}
			r.Close()
			if got := broken.Reason(t); got.Error() != c.reason || !errors.Is(got, transport.ErrProtocol) {
				t.Errorf("Lost: %v, want the FrameError %s", got, c.reason)
			}
			if d := cmp.Diff([]transporttest.Frame{{Kind: 40, Body: "yes"}}, broken.Frames(t, 1)); d != "" {
				t.Errorf("frames before (-want +got):\n%s", d)
			}
			neighbour.say("\x00\x00\x00\x03\x28ok")
			if d := cmp.Diff([]transporttest.Frame{{Kind: 40, Body: "ok"}}, other.Frames(t, 1)); d != "" {
				t.Errorf("frames of the other link (-want +got):\n%s", d)
			}
		})
	}
}

// TestUnclearEnds shows what is made of a peer that goes without a word, and of
// fields that are not known.
func TestUnclearEnds(t *testing.T) {
	s := serve(t, tcp.Transport{})
	var vanished, reset transporttest.Recorder
	r, link := s.proven(t)
	link.Start(&vanished)
	r.say("\x00\x00\x00\x05\x02beat") // what follows a heartbeat is for later versions
	r.Close()
	if got := vanished.Reason(t); !errors.Is(got, io.EOF) || got.Error() != "closed by peer without a goodbye: EOF" {
		t.Errorf("Lost: %v, want that it closed without a goodbye", got)
	}
	r, link = s.proven(t)
	link.Start(&reset)
	r.Conn.(*net.TCPConn).SetLinger(0)
	r.Close()
	if got := reset.Reason(t); !strings.HasPrefix(got.Error(), "connection lost: ") {
		t.Errorf("Lost: %v, want that the connection was lost", got)
	}
}

// TestCloseToWhoDoesNotRead shows that a peer which takes nothing does not keep a
// link that is closed.
func TestCloseToWhoDoesNotRead(t *testing.T) {
	s := serve(t, tcp.Transport{})
	_, link := s.proven(t)
	var got transporttest.Recorder
	link.Start(&got)
	for range 40 {
		if err := link.Send(40, make([]byte, wire.MaxBody)); err != nil {
			t.Fatal(err)
		}
	}
	link.Close(errors.New("enough"))
	if got := got.Reason(t); got.Error() != "enough" {
		t.Errorf("Lost: %v, want enough", got)
	}
}

// TestDialStranger dials servers that are no Layer Cake processes.
func TestDialStranger(t *testing.T) {
	for _, c := range []struct {
		name, says string
		stays      bool
		want       error
		text       string
	}{
		{"says something else", "SSH-2.0-OpenSSH\r\n", true, transport.ErrProtocol, "at most 1020 are allowed"},
		{"says nothing", "", true, transport.ErrUnreachable, "no hello came"},
		{"goes", "", false, transport.ErrUnreachable, "no hello came"},
		{"goes within its hello", "\x00\x00\x00\x1a\x01LCAK", false, transport.ErrProtocol, "the stream ended after 4 of 25 bytes"},
		{"refuses", "\x00\x00\x00\x05\x03full", false, &transport.RefusedError{Reason: "full"}, "closed by peer: full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			transporttest.Leaks(t, "layer-cake/transport/")
			stranger, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			defer func() { stranger.Close(); <-done }()
			go func() {
				defer close(done)
				conn, err := stranger.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				io.ReadFull(conn, make([]byte, len(rawHello(t, ""))))
				io.WriteString(conn, c.says)
				if c.stays {
					io.Copy(io.Discard, conn)
				}
			}()
			tr := tcp.Transport{}
			link, err := tr.Dial(context.Background(), stranger.Addr().String(), transporttest.Hello(""))
			if err == nil {
				link.Close(nil)
			}
			var refused *transport.RefusedError
			if errors.As(c.want, &refused) {
				if r := refused; !errors.As(err, &refused) || *r != *refused {
					t.Errorf("Dial: %v, want %v", err, r)
				}
			} else if !errors.Is(err, c.want) {
				t.Errorf("Dial: %v, want %v", err, c.want)
			}
			if err != nil && !(strings.Contains(err.Error(), c.text) && strings.HasPrefix(err.Error(), "tcp.Dial: "+stranger.Addr().String())) {
				t.Errorf("Dial: %v, want it to say %q", err, c.text)
			}
		})
	}
}
