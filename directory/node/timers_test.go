package node

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// Alarms ring in the order of their times and not before, those that were stopped
// never, and none is left.
func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, err := Open(Config{Scope: directory.Process, Mint: transport.NewMint(transport.NewProcessID())})
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		random := rand.New(rand.NewPCG(1, 2))
		began := time.Now()
		var want, got []time.Duration
		n.post(func() {
			var all []*alarm
			for range 2000 {
				d := time.Duration(1+random.IntN(5000)) * time.Millisecond
				a := &alarm{do: func() {
					if since := time.Since(began); since != d {
						t.Errorf("an alarm of %v rang after %v", d, since)
					}
					got = append(got, d)
				}}
				n.timers.start(a, d)
				all = append(all, a)
				if random.IntN(2) == 0 {
					i := random.IntN(len(all))
					n.timers.remove(all[i])
					all = slices.Delete(all, i, i+1)
				}
			}
			for _, a := range all {
				want = append(want, a.at.Sub(began))
			}
		})
		time.Sleep(10 * time.Second)
		left := make(chan int, 1)
		n.post(func() { left <- len(n.timers.heap) })
		if n := <-left; n != 0 {
			t.Errorf("%d alarms are left", n)
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d alarms rang, want %d, or in another order", len(got), len(want))
		}
	})
}

// A hundred thousand timers that end while nothing can be said to the node cost
// one goroutine, and ring once there is room.
func TestTimersWhileFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const count = 100_000
		n, err := Open(Config{Scope: directory.Process, Mint: transport.NewMint(transport.NewProcessID())})
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		rang := 0
		held := make(chan struct{})
		go n.post(func() {
			for range count {
				n.after(time.Second, func() { rang++ })
			}
			<-held
		})
		synctest.Wait()
		for range sourceSize {
			n.post(func() {})
		}
		time.Sleep(2 * time.Second)
		n.inbox.mu.Lock()
		if n.inbox.own.waiting != 1 {
			t.Errorf("%d goroutines wait for room, want 1", n.inbox.own.waiting)
		}
		n.inbox.mu.Unlock()
		close(held)
		synctest.Wait()
		done := make(chan int, 1)
		n.post(func() { done <- rang })
		if got := <-done; got != count {
			t.Errorf("%d timers rang, want %d", got, count)
		}
	})
}

func BenchmarkTimer(b *testing.B) {
	n, err := Open(Config{Scope: directory.Process, Mint: transport.NewMint(transport.NewProcessID())})
	if err != nil {
		b.Fatal(err)
	}
	defer n.Close()
	b.ReportAllocs()
	done := make(chan struct{})
	n.post(func() {
		const running = 1000
		for i := range b.N {
			n.startTimer(directory.Timer{Kind: directory.TimerOpen, ID: uint64(i)})
			if i >= running {
				n.stopTimer(directory.Timer{Kind: directory.TimerOpen, ID: uint64(i - running)})
			}
		}
		close(done)
	})
	<-done
}
