package tcp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A script notes what comes over a link, and when, from its making on.
type script struct {
	began time.Time
	hold  time.Duration // how long Received takes

	mu    sync.Mutex
	lines []string
}

func newScript() *script { return &script{began: time.Now()} }

func (s *script) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%v ", time.Since(s.began))+fmt.Sprintf(format, args...))
}

func (s *script) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

func (s *script) Received(kind transport.Kind, body []byte) error {
	s.note("%d %s", kind, body)
	time.Sleep(s.hold)
	return nil
}

func (s *script) Lost(reason error) { s.note("lost: %v", reason) }

// expect compares a script with what it should be, a line each.
func (s *script) expect(t *testing.T, want ...string) {
	t.Helper()
	if d := cmp.Diff(strings.Join(want, "\n"), s.text()); d != "" {
		t.Errorf("script (-want +got):\n%s", d)
	}
}

// pipe returns a link over a pipe without buffers, and the peer's end of the
// pipe. Both ends beat every 100 ms.
func pipe() (*link, net.Conn) {
	ours, theirs := net.Pipe()
	s := &source{conn: ours}
	hello := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 100}
	l := Transport{QueueBytes: 1000}.link(s, wire.NewReader(s), hello, hello, true)
	l.run()
	return l, theirs
}

// listen notes the frames that come out of the peer's end.
func listen(theirs net.Conn) *script {
	s := newScript()
	go func() {
		r := wire.NewReader(theirs)
		for {
			kind, body, err := r.Next(wire.MaxFrame)
			if err != nil {
				s.note("%v", err)
				return
			}
			s.note("%d %s", kind, body)
		}
	}()
	return s
}

// beats writes heartbeats, as a peer does, for that long.
func beats(theirs net.Conn, long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		theirs.Write(wire.AppendFrame(nil, wire.Heartbeat, nil))
	}
}

// R13: heartbeats come when nothing else does.
func TestHeartbeatsAreSentWhenNothingElseIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		heard := listen(theirs)
		time.Sleep(250 * time.Millisecond)
		l.Send(40, []byte("a"))
		time.Sleep(90 * time.Millisecond)
		l.Send(40, []byte("b"))
		time.Sleep(205 * time.Millisecond)
		l.Close(errors.New("done"))
		synctest.Wait()
		heard.expect(t, "100ms 2 ", "200ms 2 ", "250ms 40 a", "340ms 40 b", "440ms 2 ", "540ms 2 ", "545ms 3 done")
		theirs.Close()
	})
}

// R13: who is silent for three heartbeats is dead.
func TestSilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		listen(theirs)
		s := newScript()
		l.Start(s)
		beats(theirs, 400*time.Millisecond) // the last at 300 ms
		time.Sleep(time.Second)
		s.expect(t, "600ms lost: "+transport.ErrSilent.Error())
		theirs.Close()
	})
}

// An idle script notes when all that has come is handed over.
type idle struct{ *script }

func (s idle) Idle() { s.note("idle") }

// What a receiver put off is done when nothing more will be handed over, not only when
// the peer has heard why.
func TestIdleBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		listen(theirs)
		s := newScript()
		l.Start(idle{s})
		theirs.Write(wire.AppendFrame(wire.AppendFrame(nil, 40, []byte("good")), wire.Hello, nil))
		time.Sleep(2 * time.Second)
		want := &transport.FrameError{Kind: wire.Hello, Reason: "a second hello"}
		s.expect(t, "0s idle", "0s 40 good", "0s idle", "1s lost: "+want.Error())
		theirs.Close()
	})
}

// TestHalfAFrameIsNoSilence shows that any byte is a sign of life.
func TestHalfAFrameIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		listen(theirs)
		s := newScript()
		l.Start(s)
		for _, b := range wire.AppendFrame(nil, 40, []byte("slow")) {
			time.Sleep(250 * time.Millisecond)
			theirs.Write([]byte{b})
		}
		time.Sleep(time.Second)
		s.expect(t, "2.25s 40 slow", "2.55s lost: "+transport.ErrSilent.Error())
		theirs.Close()
	})
}

// R13: TestSlowReceiverIsNoSilentPeer shows that the time a receiver takes does not
// count, nor what waited meanwhile.
func TestSlowReceiverIsNoSilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		heard := listen(theirs)
		s := newScript()
		s.hold = 10 * time.Second
		l.Start(s)
		theirs.Write(wire.AppendFrame(nil, 40, []byte("one")))
		theirs.Write(wire.AppendFrame(nil, 41, []byte("two"))) // taken after ten seconds
		beats(theirs, 10500*time.Millisecond)
		time.Sleep(time.Minute)
		s.expect(t, "0s 40 one", "10s 41 two", "20.7s lost: "+transport.ErrSilent.Error())
		if n := strings.Count(heard.text(), " 2 "); n < 200 {
			t.Errorf("%d heartbeats were sent while the receiver was busy for 20 s, want 200 or more", n)
		}
		theirs.Close()
	})
}

// R13: TestHeartbeatsFollowTheSender shows that the deadline is three of the peer's
// intervals, not of ours.
func TestHeartbeatsFollowTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		src := &source{conn: ours}
		hello := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 100}
		peer := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 700}
		l := Transport{}.link(src, wire.NewReader(src), hello, peer, true)
		l.run()
		listen(theirs)
		s := newScript()
		l.Start(s)
		time.Sleep(time.Minute)
		s.expect(t, "2.1s lost: "+transport.ErrSilent.Error())
		theirs.Close()
	})
}

// TestCloseGivesUpAfterASecond closes towards peers that do not read, or do not go.
func TestCloseGivesUpAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe() // nobody reads theirs
		s := newScript()
		l.Start(s)
		l.Send(40, []byte("a"))
		l.Close(errors.New("done"))
		time.Sleep(time.Minute)
		s.expect(t, "1s lost: done")
		theirs.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		heard, s := listen(theirs), newScript()
		l.Start(s)
		go beats(theirs, 5*time.Second)
		l.Send(40, []byte("a"))
		l.Close(errors.New("done"))
		time.Sleep(time.Minute)
		s.expect(t, "1s lost: done")
		heard.expect(t, "0s 40 a", "0s 3 done", "1s EOF")
		theirs.Close()
	})
}

// TestQueue shows the bound of the queue to the byte.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe() // at most 1000 bytes; nobody reads
		s := newScript()
		l.Start(s)
		var got []error
		for _, size := range []int{495, 495, 0, 495} {
			got = append(got, l.Send(40, make([]byte, size)))
			synctest.Wait()
		}
		want := []error{nil, nil, transport.ErrOverloaded, transport.ErrOverloaded}
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); d != "" {
			t.Errorf("Send (-want +got):\n%s", d)
		}
		theirs.Read(make([]byte, 100))
		synctest.Wait()
		if err := l.Send(40, nil); err != transport.ErrOverloaded {
			t.Errorf("Send while a write is under way: %v, want ErrOverloaded", err)
		}
		go io.Copy(io.Discard, theirs) // takes the rest
		synctest.Wait()
		if err := l.Send(40, make([]byte, 100_000)); err != nil {
			t.Errorf("Send of a frame longer than the queue, when that is empty: %v", err)
		}
		l.Close(nil)
		theirs.Close()
	})
}

// Lanes that have filled the queue do not keep control out of it.
func TestControlHasRoomBesideLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe() // at most 1000 bytes; nobody reads
		l.Start(newScript())
		lane := l.Lane()
		got := []error{lane.Send(40, make([]byte, 495)), lane.Send(40, make([]byte, 366)), lane.Send(40, nil)}
		for range 3 {
			got = append(got, l.Send(41, make([]byte, 45)))
		}
		want := []error{nil, nil, transport.ErrOverloaded, nil, nil, transport.ErrOverloaded}
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); d != "" {
			t.Errorf("Send (-want +got):\n%s", d)
		}
		l.Close(nil)
		theirs.Close()
	})
}

// TestLoneFrames shows who writes a frame, and that nothing is left behind when its
// sender does.
func TestLoneFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, theirs := pipe()
		heard := listen(theirs)
		tries := newScript()
		most, meanwhile := 100, func() {}
		l.attempt = func(b []byte) int {
			tries.note("%d bytes", len(b))
			meanwhile()
			n, _ := l.conn.Write(b[:min(len(b), most)])
			return n
		}
		next := func() { synctest.Wait(); time.Sleep(time.Millisecond) }
		l.Send(40, []byte("at once")) // no time has passed since the link was made
		next()
		l.Send(40, []byte("alone"))
		l.Send(40, []byte("not alone"))
		next()
		most = 3
		l.Send(40, []byte("in part"))
		next()
		most = 0
		l.Send(40, []byte("in no part"))
		next()
		most, meanwhile = 100, func() { l.Send(40, []byte("meanwhile")) }
		l.Send(40, []byte("first"))
		next()
		meanwhile = func() { l.Close(errors.New("done")) }
		l.Send(40, []byte("last"))
		synctest.Wait()
		tries.expect(t, "1ms 10 bytes", "2ms 12 bytes", "3ms 15 bytes", "4ms 10 bytes", "5ms 9 bytes")
		heard.expect(t, "0s 40 at once", "1ms 40 alone", "1ms 40 not alone", "2ms 40 in part", "3ms 40 in no part",
			"4ms 40 first", "4ms 40 meanwhile", "5ms 40 last", "5ms 3 done")
		theirs.Close()
	})
}

// TestGoodbyeAfterFailedWrite shows that a link that cannot be written to still
// finds out why, if the peer said so before.
func TestGoodbyeAfterFailedWrite(t *testing.T) {
	for _, c := range []struct {
		name  string
		said  []byte
		want  string
		after time.Duration
	}{
		{"goodbye", wire.AppendFrame(nil, wire.Goodbye, []byte("so long")), "closed by peer: so long", 0},
		{"nothing", wire.AppendFrame(nil, wire.Heartbeat, nil), "connection lost: cannot write", time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			src := &source{conn: deaf{ours}}
			hello := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 2000}
			l := Transport{}.link(src, wire.NewReader(src), hello, hello, true)
			l.run()
			s := newScript()
			l.Start(s)
			if err := l.Send(40, nil); err != nil {
				t.Errorf("%s: first Send: %v", c.name, err)
			}
			synctest.Wait()
			if err := l.Send(40, nil); err != transport.ErrClosed {
				t.Errorf("%s: Send after a failed write: %v, want ErrClosed", c.name, err)
			}
			theirs.Write(c.said)
			time.Sleep(time.Minute)
			s.expect(t, fmt.Sprintf("%v lost: %s", c.after, c.want))
			theirs.Close()
		})
	}
}

// deaf is a connection that cannot be written to.
type deaf struct{ net.Conn }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("cannot write") }

// TestNeverStarted shows that Close is enough to end a link that nobody started,
// also after a failed write.
func TestNeverStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		src := &source{conn: deaf{ours}}
		hello := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 2000}
		l := Transport{}.link(src, wire.NewReader(src), hello, hello, true)
		l.run()
		l.Send(40, nil)
		synctest.Wait()
		heard := listen(theirs)
		l.Close(errors.New("done"))
		time.Sleep(time.Minute) // the bubble complains of goroutines that are left
		heard.expect(t, "1s EOF")
		s := newScript()
		l.Start(s)
		synctest.Wait()
		s.expect(t, "0s lost: done")
		theirs.Close()
	})
}

// failing is a listener whose Accept fails so many times before it closes.
type failing struct {
	net.Listener
	s     *script
	times int
	done  chan struct{}
}

func (f *failing) Addr() net.Addr { return &net.TCPAddr{} }
func (f *failing) Close() error   { close(f.done); return nil }
func (f *failing) Accept() (net.Conn, error) {
	if f.times--; f.times >= 0 {
		f.s.note("failed")
		return nil, syscall.EMFILE
	}
	f.s.note("waiting")
	<-f.done
	return nil, net.ErrClosed
}

// TestAcceptGoesOn shows that an error of Accept is waited out, and longer each time.
func TestAcceptGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const times = 20
		f := &failing{s: newScript(), times: times, done: make(chan struct{})}
		l := Transport{MaxUnproven: 1}.listen(f, transport.Hello{}, nil, nil)
		time.Sleep(30 * time.Second)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		got := f.s.text()
		if n := strings.Count(got, "failed"); n != times || !strings.HasSuffix(got, "waiting") {
			t.Errorf("got\n%s\nwant %d failures, then waiting", got, times)
		}
		if !strings.HasPrefix(got, "0s failed\n") || strings.Count(got, "\n0s") > 0 {
			t.Errorf("got\n%s\nwant pauses between", got)
		}
	})
}
