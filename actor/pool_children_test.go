package actor

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// mortal replies with its name, and ends of the message "die", which it does not
// answer.
func mortal(self *Self) any {
	for m := range self.Messages() {
		if m == "die" {
			return Faulted{"dead", ""}
		}
		self.Reply(self.Name())
	}
	return nil
}

func TestPoolNamesItsChildren(t *testing.T) {
	for _, test := range []struct {
		options []SpawnOption
		want    []any
	}{
		{[]SpawnOption{Named("workers")}, []any{"workers-0", "workers-1", "workers-0"}},
		{nil, []any{"actor.mortal-0", "actor.mortal-1", "actor.mortal-0"}},
	} {
		bubble(t, Options{}, func(t *testing.T, sys *System) {
			self, leave := sys.Enter("client")
			defer leave()
			pool := self.Spawn(Pool{Of: mortal, Size: 2}.Run, test.options...)
			var got []any
			for range 3 {
				self.Send(pool, "who?")
				got = append(got, self.Input())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestPoolReplacesAChildAfterTheStandDown(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: mortal, Size: 3, StandDown: 8 * time.Second}.Run, Named("pool"))
		began := time.Now()
		self.Send(pool, "die") // all three do
		if u, ok := self.Input().(Undelivered); !ok || u.Message != "die" || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want Undelivered at once", u, time.Since(began))
		}
		if got, want := describe(t, self, pool), (PoolFigures{StandingDown: 3, Requests: 1, Failed: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		self.Send(pool, "who?") // there is none, and none comes soon
		if got, want := self.Input(), (Unavailable{"there is no worker"}); got != want || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want %v at once", got, time.Since(began), want)
		}
		// They return, not all at once, within a quarter of the time.
		var returns []time.Duration
		for len(returns) < 3 {
			time.Sleep(time.Millisecond)
			synctest.Wait()
			for len(returns) < describe(t, self, pool).Workers {
				returns = append(returns, time.Since(began))
			}
		}
		if returns[0] < 6*time.Second || returns[2] > 10*time.Second || returns[0] == returns[2] {
			t.Errorf("they returned after %v, want 6 to 10 s, and not together", returns)
		}
		names := map[any]bool{}
		for range 3 {
			self.Send(pool, "who?")
			names[self.Input()] = true
		}
		if !names["pool-0"] || !names["pool-1"] || !names["pool-2"] {
			t.Errorf("got %v, want the three names again", names)
		}
	})
}

// A request waits for a child that is soon back.
func TestPoolWaitsForAChildThatIsSoonReplaced(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: mortal, Size: 1, StandDown: time.Second / 2}.Run, Named("pool"))
		began := time.Now()
		self.Send(pool, "die")
		self.Send(pool, "who?")
		synctest.Wait()
		// The first is tried on three in a row: there is one at a time.
		u, ok := self.Input().(Undelivered)
		if !ok || u.Message != "die" || time.Since(began) < 750*time.Millisecond || time.Since(began) > 1250*time.Millisecond {
			t.Errorf("got %v after %v, want Undelivered after two stand-downs", u, time.Since(began))
		}
		if got := self.Input(); got != "pool-0" {
			t.Errorf("got %v, want the answer of the fourth", got)
		}
	})
}

func TestPoolThatReplacesNobodyEndsWithTheLast(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: mortal, Size: 2, StandDown: -1}.Run, Named("pool"))
		self.Send(pool, "die")
		if u, ok := self.Input().(Undelivered); !ok || u.Message != "die" {
			t.Errorf("got %v, want Undelivered", u)
		}
		if got, want := self.Input(), (Returned{pool, "pool", Unavailable{"all workers have ended"}}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Who joined works on when the children have ended.
func TestPoolThatReplacesNobodyGoesOnWithWhoJoined(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: func(*Self) any { return nil }, Size: 2, StandDown: -1}.Run, Named("pool"))
		other := self.Spawn(echo, Named("other"))
		self.Send(pool, JoinPool{other})
		synctest.Wait()
		self.Send(pool, 1)
		if got := self.Input(); got != 1 {
			t.Errorf("got %v, want 1", got)
		}
		self.Stop(other)
		for range 2 {
			if m := self.Input().(Returned); m.Child == pool && m.Value != (Unavailable{"all workers have ended"}) {
				t.Errorf("got %v", m)
			}
		}
	})
}

// A child that ends while the pool does is not replaced.
func TestPoolThatEndsReplacesNobody(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		var runs atomic.Int32
		pool := self.Spawn(Pool{Of: func(self *Self) any {
			runs.Add(1)
			self.Input()
			time.Sleep(time.Second)
			if self.Name() == "pool-1" {
				return nil
			}
			time.Sleep(time.Second)
			self.Reply("done")
			return nil
		}, Size: 2, StandDown: time.Millisecond}.Run, Named("pool"))
		self.Send(pool, 1)
		synctest.Wait()
		self.Send(pool, 2)
		synctest.Wait()
		self.Stop(pool)
		got := []any{self.Input(), self.Input(), self.Input()}
		_, undelivered := got[1].(Undelivered)
		if got[0] != "done" || !undelivered || got[2] != (Returned{pool, "pool", Aborted{}}) || runs.Load() != 2 {
			t.Errorf("got %v, want the first done, the second undelivered, the end; %d children", got, runs.Load())
		}
	})
}

// With a pattern the children are no workers, but what they publish is.
func TestPoolOfChildrenThatPublish(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		var begun atomic.Int32
		starter := func(self *Self) any {
			name := fmt.Sprintf("worker:%d", begun.Add(1))
			self.Spawn(func(self *Self) any {
				if err := self.Publish(name, Process); err != nil {
					return err
				}
				for m := range self.Messages() {
					if m == "who?" {
						self.Reply(name)
					} else if m == "die" {
						return nil
					}
				}
				return nil
			})
			for m := range self.Messages() {
				if _, ok := m.(Returned); ok {
					return nil
				}
				t.Errorf("the starter was given %v", m)
			}
			return nil
		}
		pool := self.Spawn(Pool{Of: starter, Size: 2, Pattern: "worker:.*", Scope: Process, StandDown: 2 * time.Second}.Run, Named("pool"))
		who := func() any { self.Send(pool, "who?"); return self.Input() }
		synctest.Wait()
		if a, b := who(), who(); a == b {
			t.Errorf("got %v twice, want two workers", a)
		}
		self.Send(pool, "die") // both do, and there is no third
		if u, ok := self.Input().(Undelivered); !ok {
			t.Errorf("got %v, want Undelivered", u)
		}
		time.Sleep(3 * time.Second)
		names := []any{who(), who()}
		slices.SortFunc(names, func(a, b any) int { return len(a.(string)) - len(b.(string)) })
		if !slices.Contains(names, any("worker:3")) || !slices.Contains(names, any("worker:4")) {
			t.Errorf("got %v, want the two that came instead", names)
		}
	})
}

// describe returns the figures of a pool.
func describe(t *testing.T, self *Self, pool Address) PoolFigures {
	t.Helper()
	f, err := Ask[PoolFigures](t.Context(), self, pool, DescribePool{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
