package transporttest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// kind is one that links carry.
const kind transport.Kind = 40

func hello(t *testing.T, p *pair) {
	type end struct {
		Peer          transport.Hello
		Dialled       bool
		Local, Remote string
	}
	got := []end{
		{p.dialler.Peer(), p.dialler.Dialled(), p.dialler.Local(), p.dialler.Remote()},
		{p.acceptor.Peer(), p.acceptor.Dialled(), p.acceptor.Local(), p.acceptor.Remote()},
	}
	want := []end{
		{p.saidAccept, true, p.acceptor.Remote(), p.acceptor.Local()},
		{p.saidDialler, false, p.dialler.Remote(), p.dialler.Local()},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the two ends (-want +got):\n%s", d)
	}
}

func order(t *testing.T, p *pair) {
	p.start()
	var want []Frame
	for i, b := range append(numbered(5000), "", strings.Repeat("x", 100_000), "", "last") {
		f := Frame{[]transport.Kind{wire.Type, wire.Message, wire.Undelivered, 32, 127, 255}[i%6], b}
		send(t, p.dialler, f.Kind, f.Body)
		want = append(want, f)
	}
	if d := cmp.Diff(want, p.fromDialler.Frames(t, len(want))); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func bigFrames(t *testing.T, p *pair) {
	p.start()
	for _, size := range []int{wire.MaxBody, 1<<16 - 5, 1 << 15, 1<<15 - 5, 1<<15 - 4, 1, wire.MaxBody} {
		send(t, p.acceptor, kind, strings.Repeat(string(rune('a'+size%26)), size))
	}
	for i, f := range p.fromAccept.Frames(t, 7) {
		size := []int{wire.MaxBody, 1<<16 - 5, 1 << 15, 1<<15 - 5, 1<<15 - 4, 1, wire.MaxBody}[i]
		if f.Kind != kind || f.Body != strings.Repeat(string(rune('a'+size%26)), size) {
			t.Errorf("frame %d is not as it was sent: kind %d, %d bytes; sent: %d bytes", i, f.Kind, len(f.Body), size)
		}
	}
}

func bothWays(t *testing.T, p *pair) {
	p.fromDialler.Take = func(kind transport.Kind, body []byte) error { return p.acceptor.Send(kind, body) }
	p.start()
	bodies := numbered(2000)
	send(t, p.dialler, kind, bodies...)
	var want []Frame
	for _, b := range bodies {
		want = append(want, Frame{kind, b})
	}
	if d := cmp.Diff(want, p.fromAccept.Frames(t, len(want))); d != "" {
		t.Errorf("frames that were sent back (-want +got):\n%s", d)
	}
}

func concurrentSenders(t *testing.T, p *pair) {
	p.start()
	const senders, each = 8, 500
	var group sync.WaitGroup
	for s := range senders {
		group.Go(func() {
			for i := range each {
				if err := p.dialler.Send(transport.Kind(100+s), fmt.Appendf(nil, "%d", i)); err != nil {
					t.Errorf("sender %d, frame %d: %v", s, i, err)
					return
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	next := make([]int, senders)
	for _, f := range p.fromDialler.Frames(t, senders*each) {
		s := int(f.Kind) - 100
		if want := fmt.Sprint(next[s]); f.Body != want {
			t.Fatalf("of sender %d came %s, want %s", s, f.Body, want)
		}
		next[s]++
	}
}

func bodyIsCopied(t *testing.T, p *pair) {
	p.start()
	body := []byte("before")
	for range 3 {
		copy(body, "before")
		if err := p.dialler.Send(kind, body); err != nil {
			t.Fatal(err)
		}
		copy(body, "after!")
	}
	want := []Frame{{kind, "before"}, {kind, "before"}, {kind, "before"}}
	if d := cmp.Diff(want, p.fromDialler.Frames(t, 3)); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func beforeStart(t *testing.T, p *pair) {
	send(t, p.dialler, kind, "one", "two")
	send(t, p.acceptor, kind, "three")
	p.start()
	got := append(p.fromDialler.Frames(t, 2), p.fromAccept.Frames(t, 1)...)
	if d := cmp.Diff([]Frame{{kind, "one"}, {kind, "two"}, {kind, "three"}}, got); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func notCarried(t *testing.T, p *pair) {
	p.start()
	for _, k := range []transport.Kind{0, wire.Hello, wire.Heartbeat, wire.Goodbye, 14, 31} {
		if err := p.dialler.Send(k, nil); !errors.Is(err, transport.ErrProtocol) {
			t.Errorf("Send of kind %d: %v, want a FrameError", k, err)
		}
	}
	if err := p.dialler.Send(kind, make([]byte, wire.MaxBody+1)); !errors.Is(err, transport.ErrProtocol) {
		t.Errorf("Send of a frame that is too long: %v, want a FrameError", err)
	}
	send(t, p.dialler, kind, "the link lives")
	if d := cmp.Diff([]Frame{{kind, "the link lives"}}, p.fromDialler.Frames(t, 1)); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func fullQueue(t *testing.T, p *pair) {
	held := make(chan struct{})
	p.fromDialler.Take = func(transport.Kind, []byte) error { <-held; return nil }
	p.start()
	const most = 4096 // of 256 KiB: a gigabyte
	body := make([]byte, 256<<10)
	sent := 0
	for sent < most {
		if err := p.dialler.Send(kind, body); errors.Is(err, transport.ErrOverloaded) {
			break
		} else if err != nil {
			t.Fatalf("Send of frame %d: %v", sent, err)
		}
		sent++
	}
	if sent == most {
		t.Error("a gigabyte was queued for a receiver that takes nothing")
	}
	if err := p.dialler.Send(kind, body); err != nil && !errors.Is(err, transport.ErrOverloaded) {
		t.Errorf("Send after that: %v, want ErrOverloaded, or nothing", err)
	} else if err == nil {
		sent++ // the system's own buffers have grown meanwhile
	}
	close(held)
	p.fromDialler.Frames(t, sent)
	send(t, p.dialler, kind, "again")
	if got, want := p.fromDialler.Frames(t, sent+1)[sent], (Frame{kind, "again"}); got != want {
		t.Errorf("the frame after the queue had emptied is of kind %d with %d bytes, want %v", got.Kind, len(got.Body), want)
	}
}

func queued(t *testing.T, p *pair) {
	held := make(chan struct{})
	p.fromDialler.Take = func(transport.Kind, []byte) error { <-held; return nil }
	p.start()
	if got := p.dialler.Queued(); got != 0 {
		t.Errorf("%d bytes are queued on a new link", got)
	}
	const size, most = 256 << 10, 256 // 64 MiB
	body := make([]byte, size)
	sent := 0
	for sent < most && p.dialler.Queued() < 4*size && p.dialler.Send(kind, body) == nil {
		sent++
	}
	got := p.dialler.Queued()
	if got < size || got > sent*(wire.HeadSize+size) {
		t.Errorf("%d bytes are queued after %d frames of %d, of which none is taken", got, sent, size)
	}
	if other := p.acceptor.Queued(); other != 0 {
		t.Errorf("%d bytes are queued the other way", other)
	}
	close(held)
	p.fromDialler.Frames(t, sent)
	for end := time.Now().Add(patience); p.dialler.Queued() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are queued, though all has arrived", p.dialler.Queued())
		}
	}
}

func slowReceiver(t *testing.T, p *pair) {
	held := make(chan struct{})
	p.fromDialler.Take = func(transport.Kind, []byte) error { <-held; return nil }
	p.start()
	send(t, p.dialler, kind, "holds the receiver")
	send(t, p.acceptor, kind, "goes the other way")
	if d := cmp.Diff([]Frame{{kind, "goes the other way"}}, p.fromAccept.Frames(t, 1)); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	close(held)
	p.fromDialler.Frames(t, 1)
}

// soon fails the test if done is not closed.
func soon(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal(what)
	}
}
