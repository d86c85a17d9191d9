package tcp_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A neighbour is another link of the same listener, with which all must be well
// whatever others do.
type neighbour struct {
	raw  *raw
	link transport.Link
	got  transporttest.Recorder
	sent int
}

func (s *server) neighbour(t *testing.T) *neighbour {
	t.Helper()
	n := new(neighbour)
	n.raw, n.link = s.proven(t)
	n.link.Start(&n.got)
	return n
}

// undisturbed fails the test if frames do not go both ways.
func (n *neighbour) undisturbed(t *testing.T) {
	t.Helper()
	n.sent++
	word := fmt.Sprint("word ", n.sent)
	n.raw.say(string(wire.AppendFrame(nil, 40, []byte(word))))
	if got := n.got.Frames(t, n.sent)[n.sent-1].Body; got != word {
		t.Errorf("a neighbour was sent %q and got %q", word, got)
	}
	if err := n.link.Send(40, []byte(word)); err != nil {
		t.Errorf("Send to a neighbour: %v", err)
	}
	heard := n.raw.hears()
	for strings.HasPrefix(heard, "2 ") { // a heartbeat
		heard = n.raw.hears()
	}
	if want := string(rune('0'+40)) + " " + word; heard != want {
		t.Errorf("a neighbour heard %q, want %q", heard, want)
	}
}

// TestHalfOpen shows that a peer which is gone without a word, as when its machine lost power, is
// missed after three of its heartbeats.
func TestHalfOpen(t *testing.T) {
	s := serve(t, tcp.Transport{})
	n := s.neighbour(t)
	r := s.raw(t)
	hello := transporttest.Hello("gone")
	hello.Heartbeat = 50
	b, err := wire.AppendHello(nil, hello)
	if err != nil {
		t.Fatal(err)
	}
	r.say(string(wire.AppendFrame(nil, wire.Hello, b)))
	link := s.next(t)
	var got transporttest.Recorder
	link.Start(&got)
	n.undisturbed(t)
	if got := got.Reason(t); !errors.Is(got, transport.ErrSilent) {
		t.Errorf("Lost: %v, want ErrSilent", got)
	}
	n.undisturbed(t)
}

// TestResetInMidFrame shows that a frame of which a part has come is not handed over when the
// connection is reset.
func TestResetInMidFrame(t *testing.T) {
	s := serve(t, tcp.Transport{})
	n := s.neighbour(t)
	for _, size := range []int{10, 5000, 200_000} {
		r, link := s.proven(t)
		var got transporttest.Recorder
		link.Start(&got)
		whole := wire.AppendFrame(nil, 40, make([]byte, size))
		r.say("\x00\x00\x00\x06\x28whole" + string(whole[:len(whole)/2]))
		got.Frames(t, 1)
		r.Conn.(*net.TCPConn).SetLinger(0)
		r.Close()
		if reason := got.Reason(t); !strings.HasPrefix(reason.Error(), "connection lost: ") {
			t.Errorf("Lost within a frame of %d bytes: %v, want that the connection was lost", size, reason)
		}
		if f := got.Frames(t, 1)[0]; f.Body != "whole" {
			t.Errorf("got %q, want the whole frame only", f.Body)
		}
		if err := link.Send(40, nil); !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Send after a reset: %v, want ErrClosed", err)
		}
		n.undisturbed(t)
	}
}

// TestByteAtATime has a peer that reads one byte, and then another: what is queued for
// it stays within its limit, and it keeps nobody from closing.
func TestByteAtATime(t *testing.T) {
	const limit = 1 << 20
	s := serve(t, tcp.Transport{QueueBytes: limit})
	n := s.neighbour(t)
	r, link := s.proven(t)
	var got transporttest.Recorder
	link.Start(&got)
	lanes := []transport.Lane{link.Lane(), link.Lane(), link}
	refused, one := 0, make([]byte, 1)
	for i := 0; refused < 100; i++ {
		err := lanes[i%3].Send(40, make([]byte, 10_000))
		switch {
		case errors.Is(err, transport.ErrOverloaded):
			refused++
			r.Read(one)
			r.say(string(wire.AppendFrame(nil, wire.Heartbeat, nil)))
		case err != nil:
			t.Fatal(err)
		case i == 10_000:
			t.Fatalf("%d frames were taken for a peer that read %d bytes", i, refused)
		}
		if queued := link.Queued(); queued > limit {
			t.Fatalf("%d bytes are queued, at most %d are allowed", queued, limit)
		}
	}
	n.undisturbed(t)
	link.Close(errors.New("enough"))
	if reason := got.Reason(t); reason.Error() != "enough" {
		t.Errorf("Lost: %v, want enough", reason)
	}
	n.undisturbed(t)
}

// TestFlatOut has a peer that sends as fast as it can to a receiver that takes its time.
// The peer is stopped by the system's buffers; nobody else is.
func TestFlatOut(t *testing.T) {
	s := serve(t, tcp.Transport{})
	n := s.neighbour(t)
	r, link := s.proven(t)
	held, took := make(chan struct{}), make(chan struct{}, 1)
	got := transporttest.Recorder{Take: func(transport.Kind, []byte) error {
		select {
		case took <- struct{}{}:
		default:
		}
		<-held
		return nil
	}}
	link.Start(&got)
	frame := wire.AppendFrame(nil, 40, make([]byte, 1000))
	sent := make(chan int)
	go func() {
		total := 0
		for {
			n, err := r.Write(frame)
			if total += n; err != nil {
				sent <- total
				return
			}
		}
	}()
	<-took
	for range 100 {
		n.undisturbed(t)
	}
	r.SetWriteDeadline(time.Now()) // it has long been stopped, or the machine is slow
	total := <-sent
	if most := 16 << 20; total > most {
		t.Errorf("%d bytes were taken from who sends flat out, though none was handed over; want less than %d", total, most)
	}
	close(held)
	got.Frames(t, total/len(frame))
	n.undisturbed(t)
}
