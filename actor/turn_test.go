package actor

import (
	"context"
	"sync"
	"testing"
)

// Many send to a state at once: it takes each message once, each sender's in order, one
// at a time. What it counts with has no lock: the race detector looks.
func TestTurnsAreOneAtATime(t *testing.T) {
	const senders, each, rounds = 4, 500, 3
	sys := alone(t, Options{Mailbox: senders * each})
	defer sys.Close(context.Background())
	type from struct{ sender, n int }
	for range rounds {
		done := make(chan struct{})
		a := sys.Spawn(func(*Self) any {
			var next [senders]int
			took := 0
			var even, odd State
			take := func(self *Self, m any, other State) State {
				f := m.(from)
				if f.n != next[f.sender] {
					t.Errorf("sender %d: got %d, want %d", f.sender, f.n, next[f.sender])
				}
				next[f.sender]++
				if took++; took == senders*each {
					close(done)
				}
				return other
			}
			even = func(self *Self, m any) State { return take(self, m, odd) }
			odd = func(self *Self, m any) State { return take(self, m, even) }
			return even
		})
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() {
				for n := range each {
					if err := sys.Send(a, from{s, n}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		<-done
		// Stop and messages meet: it ends once, and what it has not taken is undelivered.
		b := sys.Spawn(func(*Self) any {
			return State(func(self *Self, m any) State {
				if _, stop := m.(Stop); stop {
					return nil
				}
				return self.Stay()
			})
		}, Restart{})
		for range senders {
			wg.Go(func() {
				for n := 0; sys.Send(b, n) == nil; n++ {
				}
			})
		}
		sys.Stop(b)
		if got, err := sys.Wait(context.Background(), b); got != (Aborted{}) && err == nil {
			t.Errorf("got %v, want Aborted", got)
		}
		wg.Wait()
	}
}
