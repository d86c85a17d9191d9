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
// before. Stacks are told apart; there are two goroutines an end.
func TestIdleLink(t *testing.T) {
	n := min(2000, (descriptors(t)-500)/2)
	const most = 8 << 10 // of each end, in bytes
	transporttest.Leaks(t, "layer-cake/transport/")
	tr := tcp.Transport{DialTimeout: 20e9}
	hello := transporttest.Hello("")
	hello.Heartbeat = 1000
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
	var counters []*counter
	for range n {
		d, err := tr.Dial(t.Context(), l.Address(), hello)
		if err != nil {
			t.Fatal(err)
		}
		for _, end := range []transport.Link{d, <-accepted} {
			defer end.Close(nil)
			c := &counter{want: 3, done: make(chan struct{}, 1)}
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
		<-counters[i+1].done
	}
	heap, stacks := 0, 0
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) { // a heartbeat gives it back
		heap, stacks = use()
		heap = (heap - heapBefore) / len(ends)
		if heap <= most || time.Now().After(end) {
			break
		}
	}
	t.Logf("%d links: %d bytes of heap and %d of stacks an end", n, heap, (stacks-stacksBefore)/len(ends))
	if heap > most {
		t.Errorf("an idle end holds %d bytes of heap, want at most %d", heap, most)
	}
	runtime.KeepAlive(ends)
}
