package actor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A storm is many senders and actors that do all there is at once, and the count of what
// became of each message.
type storm struct {
	accepted, taken, returned atomic.Int64
}

// note counts what came back.
func (w *storm) note(e Event) {
	if u, ok := e.(Undelivered); ok {
		if _, sent := u.Message.(gust); sent {
			w.returned.Add(1)
		}
	}
}

type gust int

// function takes by every verb there is, panics now and then, and may not heed Stop.
func (w *storm) function(seed uint64, deaf bool) Func {
	var lives atomic.Uint64
	return func(self *Self) any {
		r := rand.New(rand.NewPCG(seed, lives.Add(1)))
		even := func(m any) bool { n, ok := m.(gust); return ok && n%2 == 0 }
		for {
			var m any
			switch r.IntN(5) {
			case 0:
				m, _ = self.InputWithin(0)
			case 1:
				m, _ = self.SelectWithin(time.Microsecond, even)
			case 2:
				m, _ = self.InputWithin(time.Microsecond)
			case 3:
				self.AfterFunc(0, func() {}).Cancel()
				self.Ask(self.Address(), "question", func(any, error) {})
				m = self.Input()
			default:
				m = self.Input()
			}
			switch m.(type) {
			case gust:
				if w.taken.Add(1); r.IntN(200) == 0 {
					panic("a gust")
				}
			case Stop:
				if !deaf {
					return Aborted{}
				}
			}
		}
	}
}

// state saves, changes by itself and from callbacks, and panics now and then.
func (w *storm) state(seed uint64, deaf bool) Func {
	var lives atomic.Uint64
	return func(self *Self) any {
		r := rand.New(rand.NewPCG(seed, lives.Add(1)))
		var one, two State
		take := func(self *Self, m any, other State) State {
			if _, stop := m.(Stop); stop {
				if deaf {
					return self.Stay()
				}
				return nil
			}
			if _, sent := m.(gust); !sent {
				return self.Stay()
			}
			switch r.IntN(8) {
			case 0:
				return self.Save()
			case 1:
				self.AfterFunc(0, func() { self.Become(other) })
			case 2:
				w.taken.Add(1)
				return other
			case 3:
				if r.IntN(20) == 0 {
					w.taken.Add(1)
					panic("a gust")
				}
			}
			w.taken.Add(1)
			return self.Stay()
		}
		one = func(self *Self, m any) State { return take(self, m, two) }
		two = func(self *Self, m any) State { return take(self, m, one) }
		return one
	}
}

// Whatever meets whatever, actors that are stopped end, also by force; and what was accepted
// was taken, or came back.
func TestStorm(t *testing.T) {
	const rounds, actors, senders, each = 6, 8, 4, 400
	for round := range rounds {
		w := new(storm)
		sys := alone(t, Options{Mailbox: 64, Grace: 20 * time.Millisecond, AskTimeout: 10 * time.Millisecond, Events: w.note})
		var addresses []Address
		for i := range actors {
			seed := uint64(round*actors + i)
			f := w.function(seed, i%4 == 1)
			if i%2 == 0 {
				f = w.state(seed, i%4 == 2)
			}
			addresses = append(addresses, sys.Spawn(f, Named(fmt.Sprint("storm-", i)), Restart{After: time.Microsecond, Limit: time.Millisecond}))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(round), uint64(s)))
				for n := range each {
					to := addresses[r.IntN(actors)]
					send := sys.Send
					if n%4 == 0 {
						send = func(to Address, m any) error { return sys.SendWait(ctx, to, m) }
					}
					if send(to, gust(n)) == nil {
						w.accepted.Add(1)
					}
				}
			})
		}
		wg.Go(func() {
			for _, a := range addresses {
				time.Sleep(time.Millisecond)
				sys.Stop(a)
				sys.Stop(a)
			}
		})
		for _, a := range addresses {
			sys.Wait(t.Context(), a)
		}
		cancel() // who waits for room where nobody is
		wg.Wait()
		if err := sys.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := w.taken.Load()+w.returned.Load(), w.accepted.Load(); got != want {
			t.Errorf("round %d: %d were accepted, %d taken and %d came back", round, want, w.taken.Load(), w.returned.Load())
		}
	}
}
