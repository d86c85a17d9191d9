package transporttest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
)

// lanesOf returns n lanes of l.
func lanesOf(l transport.Link, n int) []transport.Lane {
	lanes := make([]transport.Lane, n)
	for i := range lanes {
		lanes[i] = l.Lane()
	}
	return lanes
}

func laneOrder(t *testing.T, p *pair) {
	p.start()
	const lanes, each = 8, 500
	var group sync.WaitGroup
	for s, lane := range lanesOf(p.dialler, lanes) {
		group.Go(func() {
			for i := range each {
				body := fmt.Appendf(nil, "%d", i)
				if i%100 == 0 { // some are long
					body = append(body, make([]byte, 20_000*s)...)
				}
				if err := lane.Send(transport.Kind(100+s), body); err != nil {
					t.Errorf("lane %d, frame %d: %v", s, i, err)
					return
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	next := make([]int, lanes)
	for _, f := range p.fromDialler.Frames(t, lanes*each) {
		s := int(f.Kind) - 100
		want := fmt.Sprint(next[s])
		if next[s]%100 == 0 {
			want += string(make([]byte, 20_000*s))
		}
		if f.Body != want {
			t.Fatalf("of lane %d came %.20q with %d bytes, want %.20q with %d", s, f.Body, len(f.Body), want, len(want))
		}
		next[s]++
	}
}

// controlFirst sends, from several goroutines, a frame on the link and then its number in a
// lane.
func controlFirst(t *testing.T, p *pair) {
	const control, inLane transport.Kind = 50, 51
	held := make(chan struct{})
	first := true
	p.fromDialler.Take = func(transport.Kind, []byte) error {
		if first {
			first = false
			<-held // so that much is queued
		}
		return nil
	}
	p.start()
	const senders, each = 4, 300
	var group sync.WaitGroup
	for s, lane := range lanesOf(p.dialler, senders) {
		group.Go(func() {
			for i := range each {
				name := fmt.Appendf(nil, "%d of %d", i, s)
				if err := p.dialler.Send(control, name); err != nil {
					t.Errorf("Send: %v", err)
				}
				if err := lane.Send(inLane, append(name, make([]byte, 3000)...)); err != nil {
					t.Errorf("Send in a lane: %v", err)
				}
			}
		})
	}
	group.Wait()
	close(held)
	known := make(map[string]bool)
	for _, f := range p.fromDialler.Frames(t, 2*senders*each) {
		switch f.Kind {
		case control:
			known[f.Body] = true
		case inLane:
			if name := f.Body[:len(f.Body)-3000]; !known[name] {
				t.Fatalf("frame %s of a lane came before what was sent on the link before it", name)
			}
		}
	}
}

func laneLimit(t *testing.T, p *pair) {
	held := make(chan struct{})
	p.fromDialler.Take = func(transport.Kind, []byte) error { <-held; return nil }
	p.start()
	const most = 4096 // of 256 KiB: a gigabyte
	body := make([]byte, 256<<10)
	lanes := lanesOf(p.dialler, 7)
	sent := 0
	for sent < most {
		if err := lanes[sent%7].Send(kind, body); errors.Is(err, transport.ErrOverloaded) {
			break
		} else if err != nil {
			t.Fatalf("Send of frame %d: %v", sent, err)
		}
		sent++
	}
	if sent == most {
		t.Error("a gigabyte was queued in lanes for a receiver that takes nothing")
	}
	if got, want := p.dialler.Queued(), 32<<20; got < want {
		t.Errorf("%d bytes are queued, which is too much; want at least %d", got, want)
	}
	close(held)
	p.fromDialler.Frames(t, sent)
	if err := p.dialler.Lane().Send(kind, []byte("again")); err != nil {
		t.Errorf("Send in a lane after the queue had emptied: %v", err)
	}
	if got, want := p.fromDialler.Frames(t, sent+1)[sent], (Frame{kind, "again"}); got != want {
		t.Errorf("the frame after that is of kind %d with %d bytes, want %v", got.Kind, len(got.Body), want)
	}
}

func closeSendsLanes(t *testing.T, p *pair) {
	p.start()
	const lanes, each = 20, 200
	for i := range each {
		for s, lane := range lanesOf(p.acceptor, lanes) { // forgotten at once
			if err := lane.Send(transport.Kind(100+s), fmt.Appendf(nil, "%d", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.acceptor.Close(errGo)
	if got := refused(t, p.fromAccept.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
	got := make(map[Frame]int)
	for _, f := range p.fromAccept.Frames(t, lanes*each) {
		got[f]++
	}
	want := make(map[Frame]int)
	for i := range each {
		for s := range lanes {
			want[Frame{transport.Kind(100 + s), fmt.Sprint(i)}] = 1
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func laneAfterClose(t *testing.T, p *pair) {
	p.start()
	before, other := p.dialler.Lane(), p.acceptor.Lane()
	p.dialler.Close(errGo)
	for _, lane := range []transport.Lane{before, p.dialler.Lane()} {
		if err := lane.Send(kind, nil); !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Send in a lane after Close: %v, want ErrClosed", err)
		}
	}
	if err := before.Send(3, nil); !errors.Is(err, transport.ErrProtocol) {
		t.Errorf("Send of a kind that is the link's own, in a lane: %v, want a FrameError", err)
	}
	p.fromDialler.Reason(t)
	for _, lane := range []transport.Lane{other, p.acceptor.Lane()} {
		if err := lane.Send(kind, nil); !errors.Is(err, transport.ErrClosed) {
			t.Errorf("Send in a lane after Lost: %v, want ErrClosed", err)
		}
	}
}

// RunFair runs the tests of transports whose lanes share a link fairly. That of package
// memory keeps one order for all, as its users want to know what comes when.
func RunFair(t *testing.T, make Maker) {
	t.Run("a lone frame in a fresh lane passes megabytes", func(t *testing.T) {
		Leaks(t, "layer-cake/transport/")
		transport, address := make(t)
		passes(t, newPair(t, transport, address))
	})
}

func passes(t *testing.T, p *pair) {
	const bulk, lone transport.Kind = 50, 51
	held := make(chan struct{})
	first := true
	p.fromDialler.Take = func(transport.Kind, []byte) error {
		if first {
			first = false
			<-held
		}
		return nil
	}
	p.start()
	const size, least = 10_000, 20 << 20 // in the queue, beyond what the system holds
	body := make([]byte, size)
	busy := p.dialler.Lane()
	sent := 0
	for p.dialler.Queued() < least {
		if err := busy.Send(bulk, body); err != nil {
			t.Fatal(err)
		}
		sent++
	}
	if err := p.dialler.Lane().Send(lone, nil); err != nil {
		t.Fatal(err)
	}
	close(held)
	for i, f := range p.fromDialler.Frames(t, sent+1) {
		if f.Kind == lone {
			if behind := (sent - i) * size; behind < least/2 {
				t.Errorf("the lone frame came before %d bytes of the other lane, want %d or more of the %d that were queued", behind, least/2, least)
			}
			return
		}
	}
	t.Error("the lone frame did not come")
}
