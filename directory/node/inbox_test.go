package node

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// Many say things at once, whoever runs the node: one step at a time, what each
// said in order, and nothing lost.
func TestInboxOrder(t *testing.T) {
	const posters, each = 20, 5000
	p := open(t, directory.Process, "")
	var in atomic.Int32 // steps
	heard := make([]int, posters)
	disorder := 0
	var group sync.WaitGroup
	for i := range posters {
		group.Go(func() {
			for k := range each {
				p.post(func() {
					if in.Add(1) != 1 {
						t.Error("two steps at once")
					}
					if heard[i] != k {
						disorder++
					}
					heard[i]++
					if k%100 == 0 {
						p.resuming = true
					}
					in.Add(-1)
				})
			}
		})
	}
	group.Wait()
	done := make(chan struct{})
	p.post(func() { close(done) })
	<-done
	for i, n := range heard {
		if n != each {
			t.Errorf("poster %d was heard %d times, want %d", i, n, each)
		}
	}
	if disorder > 0 {
		t.Errorf("%d words were heard out of order", disorder)
	}
}

// What is posted in a step is done after it.
func TestInboxStepPosts(t *testing.T) {
	p := open(t, directory.Process, "")
	done := make(chan int, 1)
	var within bool
	var post func(left int)
	post = func(left int) {
		if within {
			t.Error("a step within a step")
		}
		within = true
		defer func() { within = false }()
		if left == 0 {
			done <- 0
			return
		}
		p.post(func() { post(left - 1) })
	}
	p.post(func() { post(100) })
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("not all was done")
	}
}

// Whoever found the node idle is not kept: others go on saying things, and he
// returns all the same.
func TestInboxLenderReturns(t *testing.T) {
	p := open(t, directory.Process, "")
	var mu sync.Mutex
	over := false
	var again func()
	again = func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			p.post(again) // always one more
		}
	}
	returned := make(chan struct{})
	go func() {
		p.post(again)
		close(returned)
	}()
	select {
	case <-returned:
	case <-time.After(patience):
		t.Error("who posted runs the node for ever")
	}
	mu.Lock()
	over = true
	mu.Unlock()
}

// Who waits for room goes on in turn, and is sent away by Close; what was taken
// is done, what was not is reported.
func TestInboxFull(t *testing.T) {
	p := open(t, directory.Process, "")
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	defer release()
	running := make(chan struct{})
	go p.post(func() { close(running); <-held })
	<-running
	var taken, done atomic.Int64
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for range 2 * inboxSize {
				if p.post(func() { done.Add(1) }) {
					taken.Add(1)
				}
			}
		})
	}
	until(t, func() bool {
		p.inbox.mu.Lock()
		defer p.inbox.mu.Unlock()
		return p.inbox.full == 10
	})
	if got := taken.Load(); got != inboxSize {
		t.Errorf("%d words were taken while nobody ran the node, want %d", got, inboxSize)
	}
	release()
	group.Go(p.stop)
	group.Wait()
	if done, taken := done.Load(), taken.Load(); done != taken {
		t.Errorf("%d words were taken, %d done", taken, done)
	}
	if p.post(func() {}) {
		t.Error("a closed node takes words")
	}
}

// Close comes while many register and retract: all return, nothing is done after.
func TestInboxClose(t *testing.T) {
	for range 20 {
		p := open(t, directory.Process, "")
		var group sync.WaitGroup
		begun := make(chan struct{}, 100)
		for actor := range transport.ActorID(10) {
			group.Go(func() {
				for {
					name := directory.Name("n:" + string(rune('a'+actor)))
					if p.Publish(actor+1, name, directory.Process) != nil {
						return
					}
					select {
					case begun <- struct{}{}:
					default:
					}
					p.Unpublish(actor+1, name)
					for range 2 { // Published, Unpublished
						select {
						case <-p.box(actor + 1):
						default:
						}
					}
				}
			})
		}
		for range 50 {
			<-begun
		}
		p.stop()
		var after atomic.Bool
		group.Wait()
		if p.post(func() { after.Store(true) }) || after.Load() {
			t.Fatal("something was done after Close")
		}
	}
}

// until waits until what is asked for is so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never was so")
		}
	}
}
