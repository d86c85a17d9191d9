package transporttest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
)

func listenerClose(t *testing.T, tr transport.Transport, address string) {
	l, links := listen(t, tr, address, Hello(""))
	dialler, acceptor := dial(t, tr, l.Address(), Hello("")), accepted(t, links)
	var got Recorder
	dialler.Start(new(Recorder))
	acceptor.Start(&got)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	send(t, dialler, kind, "still here")
	if d := cmp.Diff([]Frame{{kind, "still here"}}, got.Frames(t, 1)); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func listenerAgain(t *testing.T, tr transport.Transport, address string) {
	l, _ := listen(t, tr, address, Hello(""))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again, links := listen(t, tr, l.Address(), Hello(""))
	if got, want := again.Address(), l.Address(); got != want {
		t.Errorf("the second listener is at %s, want %s", got, want)
	}
	dial(t, tr, again.Address(), Hello(""))
	accepted(t, links)
}

func listenTaken(t *testing.T, tr transport.Transport, address string) {
	l, _ := listen(t, tr, address, Hello(""))
	second, err := tr.Listen(l.Address(), Hello(""), func(l transport.Link) { l.Close(nil) })
	if err == nil {
		second.Close()
		t.Fatalf("two listen at %s", l.Address())
	}
}

func dialNobody(t *testing.T, tr transport.Transport, address string) {
	l, _ := listen(t, tr, address, Hello(""))
	l.Close()
	link, err := tr.Dial(context.Background(), l.Address(), Hello(""))
	if err == nil {
		link.Close(nil)
	}
	if !errors.Is(err, transport.ErrUnreachable) {
		t.Errorf("Dial where nobody listens: %v, want ErrUnreachable", err)
	}
}

func dialEnded(t *testing.T, tr transport.Transport, address string) {
	l, _ := listen(t, tr, address, Hello(""))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	link, err := tr.Dial(ctx, l.Address(), Hello(""))
	if err == nil {
		link.Close(nil)
	}
	if !errors.Is(err, transport.ErrUnreachable) {
		t.Errorf("Dial with a context that has ended: %v, want ErrUnreachable", err)
	}
}

func badHello(t *testing.T, tr transport.Transport, address string) {
	l, _ := listen(t, tr, address, Hello(""))
	for _, h := range []transport.Hello{
		{},
		{Process: transport.NewProcessID(), Heartbeat: 9},
		{Process: transport.NewProcessID(), Heartbeat: 60_001},
		{Process: transport.NewProcessID(), Heartbeat: 500, Body: make([]byte, 1024)},
	} {
		if link, err := tr.Dial(context.Background(), l.Address(), h); !errors.Is(err, transport.ErrProtocol) {
			t.Errorf("Dial with hello %v: %v, want a FrameError", h, err)
			if err == nil {
				link.Close(nil)
			}
		}
		if l, err := tr.Listen(address, h, func(transport.Link) {}); !errors.Is(err, transport.ErrProtocol) {
			t.Errorf("Listen with hello %v: %v, want a FrameError", h, err)
			if err == nil {
				l.Close()
			}
		}
	}
}

func manyDial(t *testing.T, tr transport.Transport, address string) {
	l, links := listen(t, tr, address, Hello(""))
	const n = 50
	want := make(map[transport.ProcessID]bool)
	var group sync.WaitGroup
	for range n {
		h := Hello("")
		want[h.Process] = true
		group.Go(func() {
			link, err := tr.Dial(context.Background(), l.Address(), h)
			if err != nil {
				t.Errorf("Dial: %v", err)
				return
			}
			t.Cleanup(func() { link.Close(nil) })
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	got := make(map[transport.ProcessID]bool)
	for range n {
		got[accepted(t, links).Peer().Process] = true
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("processes that were accepted (-want +got):\n%s", d)
	}
}
