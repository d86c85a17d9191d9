//go:build unix

package tcp_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

// R17: TestIdleLink shows what a link holds once nothing is said on it, whatever was
// before.
func TestIdleLink(t *testing.T) { idle(t, 200, transporttest.Heartbeat) }

// BenchmarkIdleLink measures the same on many more links. It prints what one end holds.
func BenchmarkIdleLink(b *testing.B) {
	for range b.N {
		idle(b, min(2000, (descriptors(b)-500)/2), 3*transporttest.Heartbeat)
	}
}

// idle makes n links, uses them and lets them be. Stacks are told apart from heap; there
// are two goroutines an end.
func idle(t testing.TB, n int, heartbeat uint32) {
	const most = 8 << 10 // of each end, in bytes
	transporttest.Leaks(t, "layer-cake/transport/")
	tr := tcp.Transport{DialTimeout: 20e9}
	hello := transporttest.Hello("")
	hello.Heartbeat = heartbeat
	accepted := make(chan transport.Link, n)
	l, err := tr.Listen("127.0.0.1:0", hello, func(l transport.Link) { accepted <- l })
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	use := func() (heap, stacks int) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc), int(m.StackInuse)
	}
	heapBefore, stacksBefore := use()
	var ends []transport.Link
	var counters []*idleCounter
	for range n {
		d, err := tr.Dial(t.Context(), l.Address(), hello)
		if err != nil {
			t.Fatal(err)
		}
		for _, end := range []transport.Link{d, <-accepted} {
			defer end.Close(nil)
			c := &idleCounter{counter: counter{want: 3, done: make(chan struct{}, 1)}}
			end.Start(c)
			ends, counters = append(ends, end), append(counters, c)
		}
	}
	// Each says a long frame and two short ones, so that every buffer has grown once.
	for i := 0; i < len(ends); i += 2 {
		lane := ends[i].Lane()
		for _, size := range []int{200_000, 40_000, 10} {
			if err := lane.Send(40, make([]byte, size)); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-counters[i+1].done:
		case <-time.After(20 * time.Second):
			t.Fatalf("link %d of %d did not bring what was sent; %d bytes are queued, it was lost for %v", i/2, n, ends[i].Queued(), counters[i+1].lost)
		}
	}
	heap, stacks := 0, 0
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) { // a heartbeat gives it back
		heap, stacks = use()
		heap = (heap - heapBefore) / len(ends)
		if heap <= most || time.Now().After(end) {
			break
		}
	}
	stacks = (stacks - stacksBefore) / len(ends)
	t.Logf("%d links: %d bytes of heap and %d of stacks an end", n, heap, stacks)
	if b, ok := t.(*testing.B); ok {
		b.ReportMetric(float64(heap), "heap-B/end")
		b.ReportMetric(float64(stacks), "stack-B/end")
	}
	if heap > most {
		t.Errorf("an idle end holds %d bytes of heap, want at most %d", heap, most)
	}
	runtime.KeepAlive(ends)
}

// An idleCounter notes why its link was lost.
type idleCounter struct {
	counter
	lost error
}

func (c *idleCounter) Lost(reason error) { c.lost = reason }
