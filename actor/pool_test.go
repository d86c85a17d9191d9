package actor

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestPoolOfChildrenTakesTheOneLongestIdle(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		pool := sys.Spawn(Pool{Of: func(self *Self) any {
			for range self.Messages() {
				self.Reply(self.Address())
			}
			return nil
		}, Size: 3}.Run)
		var got []Address
		for i := range 6 {
			a, err := Ask[Address](t.Context(), sys, pool, i)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, a)
		}
		if !slices.Equal(got[:3], got[3:]) || got[0] == got[1] || got[1] == got[2] || got[0] == got[2] {
			t.Errorf("got workers %v, want each of three in turn", got)
		}
	})
}

// slow replies after a second.
func slow(self *Self) any {
	for m := range self.Messages() {
		time.Sleep(time.Second)
		self.Reply(m)
	}
	return nil
}

func TestPoolQueuesThenDeclines(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: slow, Size: 1, Queue: 2}.Run)
		for i := range 5 {
			self.Send(pool, i)
		}
		var got []any
		for range 5 {
			got = append(got, self.Input())
		}
		if want := []any{Overloaded{2}, Overloaded{2}, 0, 1, 2}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPoolWithoutWorkersWaitsForOne(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run)
		began := time.Now()
		self.Send(pool, 1)
		if got, want := self.Input(), (Unavailable{"there is no worker, and none has joined"}); got != want || time.Since(began) != recruiting {
			t.Errorf("got %v after %v, want %v after %v", got, time.Since(began), want, recruiting)
		}
		self.Send(pool, 2)
		if got, want := self.Input(), (Unavailable{"there is no worker"}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		worker := self.Spawn(echo)
		self.Send(pool, JoinPool{worker})
		self.Send(pool, 3)
		if got := self.Input(); got != 3 {
			t.Errorf("got %v, want 3", got)
		}
		// The last worker leaves and another joins in time.
		self.Send(pool, LeavePool{worker})
		self.Send(pool, 4)
		synctest.Wait()
		time.Sleep(recruiting / 2)
		self.Send(pool, JoinPool{worker})
		if got := self.Input(); got != 4 {
			t.Errorf("got %v, want 4", got)
		}
	})
}

func TestPoolOfDeadChildrenIsUnavailable(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		pool := sys.Spawn(Pool{Of: func(self *Self) any { self.Input(); return Faulted{"no", ""} }, Size: 5}.Run)
		_, err := Ask[int](t.Context(), sys, pool, "deadly")
		u, ok := err.(Undelivered)
		if !ok || u.Message != "deadly" || u.Reason != "the worker has ended" {
			t.Errorf("got %v, want Undelivered after three workers", err)
		}
		_, err = Ask[int](t.Context(), sys, pool, "deadly") // for the other two
		if u, ok := err.(Undelivered); !ok || u.Reason != "the worker has ended" {
			t.Errorf("got %v, want Undelivered, for there are no others", err)
		}
		if _, err := Ask[int](t.Context(), sys, pool, "deadly"); err != (Unavailable{"there is no worker"}) {
			t.Errorf("got %v, want Unavailable", err)
		}
	})
}

func TestPoolGivesNothingToAWorkerThatIsLate(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		var given journal
		late := self.Spawn(func(self *Self) any {
			for m := range self.Messages() {
				given.note(fmt.Sprint(m))
				if self.box.waiting() > 0 {
					t.Error("a second request came")
				}
				time.Sleep(5 * time.Second)
				self.Reply(m)
			}
			return nil
		})
		pool := self.Spawn(Pool{Timeout: 2 * time.Second}.Run)
		self.Send(pool, JoinPool{late})
		began := time.Now()
		var got []any
		for i := range 3 { // at 0, 2 and 4 s, while it works at the first
			self.Send(pool, i)
			got = append(got, self.Input())
		}
		self.Send(pool, 3) // at 6 s: idle from 5 s on
		got = append(got, self.Input(), time.Since(began))
		want := []any{TimedOut{2 * time.Second}, TimedOut{2 * time.Second}, TimedOut{2 * time.Second}, TimedOut{2 * time.Second}, 8 * time.Second}
		// The third waited from 4 s, was given at 5 s and is over at 6 s.
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if want := []string{"0", "2"}; !slices.Equal(given.read(), want) {
			t.Errorf("the worker was given %v, want %v", given.read(), want)
		}
	})
}

func TestPoolForgetsAWorkerThatHasEnded(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run)
		ended := sys.Spawn(func(*Self) any { return nil })
		sys.Wait(t.Context(), ended)
		self.Send(pool, JoinPool{ended})
		self.Send(pool, 1)
		if got, want := self.Input(), (Unavailable{"there is no worker, and none has joined"}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPoolTellsAtOnceOfAWorkerThatEndedOverARequest(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run)
		mortal := func(self *Self) any { self.Input(); return nil }
		for range maxTries {
			self.Send(pool, JoinPool{sys.Spawn(mortal)})
		}
		began := time.Now()
		self.Send(pool, 1)
		u, ok := self.Input().(Undelivered)
		if !ok || u.Message != 1 || u.Reason != "the worker has ended" || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want Undelivered at once", u, time.Since(began))
		}
	})
}

func TestPoolGivesWhatALeaverHasInHandToAnotherFirst(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run)
		first, second := self.Spawn(slow), self.Spawn(slow)
		self.Send(pool, JoinPool{first})
		self.Send(pool, 1)
		self.Send(pool, 2)
		synctest.Wait()
		time.Sleep(time.Second / 2)
		self.Send(pool, JoinPool{second}) // takes 2
		self.Send(pool, 3)
		self.Send(pool, LeavePool{first}) // 1 goes before 3
		var got []any
		for range 3 {
			got = append(got, self.Input())
		}
		if want := []any{2, 1, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		synctest.Wait() // the reply of who left is ignored
		if got, want := sys.Counts(), (Counts{Late: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestPoolLeavesAnOverloadedWorkerAlone(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		full := self.Spawn(slow, Mailbox(1))
		self.Send(full, "other work")
		synctest.Wait()
		self.Send(full, "other work")
		pool := self.Spawn(Pool{}.Run)
		self.Send(pool, JoinPool{full})
		self.Send(pool, 1)
		began := time.Now()
		err, _ := self.Input().(error)
		if !errors.Is(err, ErrOverloaded) || time.Since(began) != 2*resting {
			t.Errorf("got %v after %v, want ErrOverloaded after three tries", err, time.Since(began))
		}
		self.Input() // the other work
		self.Input()
		self.Send(pool, 2)
		if got := self.Input(); got != 2 {
			t.Errorf("got %v, want 2", got)
		}
	})
}

// Whatever workers do, each request is answered once.
func TestPoolAnswersOnce(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, Options{AskTimeout: 20 * time.Second}, func(t *testing.T, sys *System) {
				poolOnce(t, sys, rand.New(rand.NewPCG(seed, 0)))
			})
		})
	}
}

func poolOnce(t *testing.T, sys *System, r *rand.Rand) {
	const requests = 300
	self, leave := sys.Enter("client")
	defer leave()
	options := Pool{Queue: 1 + r.IntN(30), Timeout: 3 * time.Second}
	if r.IntN(2) == 0 {
		options.Of, options.Size = moody(r.Uint64()), 1+r.IntN(4)
		options.StandDown = time.Duration(r.IntN(3000)) * time.Millisecond
	}
	pool := self.Spawn(options.Run)
	var workers []Address
	for i := range requests {
		switch r.IntN(10) {
		case 0:
			a := self.Spawn(moody(r.Uint64()))
			workers = append(workers, a)
			self.Send(pool, JoinPool{a})
		case 1:
			if len(workers) > 0 {
				self.Send(pool, LeavePool{workers[r.IntN(len(workers))]})
			}
		case 2:
			if len(workers) > 0 {
				self.Send(pool, JoinPool{workers[r.IntN(len(workers))]})
			}
		case 3:
			time.Sleep(time.Duration(r.IntN(1000)) * time.Millisecond)
		}
		n := i
		self.Ask(pool, n, func(reply any, err error) {}) // asks and messages alike
		self.Send(pool, n)
	}
	answers := map[int]int{}
	others := map[string]int{}
	for m, ok := self.InputWithin(time.Minute); ok; m, ok = self.InputWithin(time.Minute) {
		switch m := m.(type) {
		case int:
			answers[m]++
		case Returned:
		default:
			others[fmt.Sprintf("%T", m)]++
		}
	}
	total := 0
	for n, times := range answers {
		total += times
		if times > 1 {
			t.Errorf("%d was answered %d times", n, times)
		}
	}
	for _, times := range others {
		total += times
	}
	if total != requests {
		t.Errorf("got %d answers, want %d: %d replies and %v", total, requests, len(answers), others)
	}
	if self.asks.n != 0 {
		t.Errorf("%d asks were not answered", self.asks.n)
	}
	f := describe(t, self, pool)
	if f.Requests != 2*requests || f.Requests != f.Answered+f.Refused+f.Failed+f.TimedOut+f.Abandoned || f.Waiting+f.Busy != 0 {
		t.Errorf("got %+v, want %d requests and each of them over", f, 2*requests)
	}
}

// moody makes a worker that is quick, slow, late, silent, faulty or mortal.
func moody(seed uint64) Func {
	return func(self *Self) any {
		r := rand.New(rand.NewPCG(seed, uint64(self.at.Actor)))
		for m := range self.Messages() {
			switch r.IntN(40) {
			case 0:
				return nil
			case 1:
				panic("a bad day")
			case 2:
				continue
			case 3:
				time.Sleep(5 * time.Second)
			case 4:
				self.Reply(Faulted{"a bad mood", ""})
				continue
			default:
				time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
			}
			self.Reply(m)
		}
		return nil
	}
}
