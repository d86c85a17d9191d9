package node

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
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
			for range 20 * sourceSize {
				if p.post(func() { done.Add(1) }) {
					taken.Add(1)
				}
			}
		})
	}
	until(t, func() bool {
		p.inbox.mu.Lock()
		defer p.inbox.mu.Unlock()
		return p.inbox.own.waiting == 10
	})
	if got := taken.Load(); got != sourceSize {
		t.Errorf("%d words were taken while nobody ran the node, want %d", got, sourceSize)
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

// R17: who floods the node waits for himself. What an actor and another peer say
// then is heard after a few words of the flood, not after all that waits of it.
func TestInboxFlood(t *testing.T) {
	p := newPair(t)
	flooder := connect(t, p.host.Address(), dirwire.Child, func(s *stranger) { s.frames = make(chan frame, 10_000) })
	other := connect(t, p.host.Address(), dirwire.Child)
	for s, pattern := range map[*stranger]directory.Pattern{flooder: "late:.*", other: "none"} {
		s.say(directory.Seek{Subscription: directory.Subscription{
			ID: directory.ID{Origin: s.self, Seq: 1}, Pattern: pattern, Scope: directory.Host,
			Actor: transport.Address{Process: s.self, Actor: 1, Key: 1},
		}})
		s.listens(1, nil) // its link is up
	}
	sources := func(of transport.ProcessID) (words, waiting int) {
		p.host.inbox.mu.Lock()
		defer p.host.inbox.mu.Unlock()
		s := &p.host.routes.to(of).words
		return s.len(), s.waiting
	}

	// The test runs the node, and takes its time.
	until(t, func() bool {
		p.host.inbox.mu.Lock()
		defer p.host.inbox.mu.Unlock()
		was := p.host.inbox.runner
		if was == idle {
			p.host.inbox.become(lender)
		}
		return was == idle
	})
	release := sync.OnceFunc(p.host.lend)
	defer release()
	const flood = 10 * sourceSize
	for i := range flood {
		flooder.say(directory.Open{Session: directory.SessionID(i + 1), Scope: directory.Host, Subscriber: transport.Address{Process: flooder.self, Actor: 1, Key: 1}})
	}
	until(t, func() bool { words, waiting := sources(flooder.self); return words == sourceSize && waiting == 1 })
	// The flooder alone is not read any more.
	if err := p.host.Publish(7, "late:actor", directory.Host); err != nil {
		t.Fatal(err)
	}
	late := directory.Publication{
		ID: directory.ID{Origin: other.self, Seq: 1}, Name: "late:peer", Scope: directory.Host,
		Actor: transport.Address{Process: other.self, Actor: 1, Key: 1},
	}
	other.say(directory.Claim{Name: late.Name, Claimants: []directory.Publication{late}})
	until(t, func() bool { words, _ := sources(other.self); return words == 1 })
	release()

	before, offers, answers := 0, 0, 0
	for offers < 2 || answers < flood {
		switch m := flooder.hears().(type) {
		case directory.NotOpened:
			answers++
			if m.Session != directory.SessionID(answers) {
				t.Fatalf("%v is answered after %d others", m, answers-1)
			}
		case directory.Offer:
			offers++
			before = answers
		}
	}
	if before > 4 {
		t.Errorf("%d words of the flood were heard before what others said, want a few", before)
	}
	p.introduced(t)
}
