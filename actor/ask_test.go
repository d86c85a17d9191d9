package actor

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAskFromAnyGoroutine(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		a := sys.Spawn(echo)
		if got, err := Ask[string](t.Context(), sys, a, "hello"); got != "hello" || err != nil {
			t.Errorf("got %q, %v, want hello", got, err)
		}
		if got, err := Ask[int](t.Context(), sys, a, "hello"); err != (Unexpected{"hello"}) {
			t.Errorf("got %d, %v, want Unexpected", got, err)
		}
		if _, err := Ask[string](t.Context(), sys, a, Faulted{"broken", "badly"}); err != (Faulted{"broken", "badly"}) {
			t.Errorf("a reply that is an error: got %v", err)
		}
		if got, err := Ask[any](t.Context(), sys, a, nil); got != nil || !errors.As(err, new(Unexpected)) {
			t.Errorf("a nil reply: got %v, %v, want Unexpected", got, err)
		}
		if _, err := Ask[string](t.Context(), sys, Address{}, "x"); err != (Undelivered{Message: "x", Reason: "there is nobody to send to"}) {
			t.Errorf("nobody: got %v", err)
		}
	})
}

func TestAskEndsWithItsContext(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		silent := sys.Spawn(func(self *Self) any {
			for range self.Messages() {
			}
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if _, err := Ask[int](ctx, sys, silent, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want DeadlineExceeded", err)
		}
		if got := time.Since(began); got != time.Minute {
			t.Errorf("after %v, want a minute", got)
		}
	})
}

func TestAskInAnActorIsBounded(t *testing.T) {
	bubble(t, Options{AskTimeout: 3 * time.Second}, func(t *testing.T, sys *System) {
		silent := sys.Spawn(func(self *Self) any {
			for range self.Messages() {
			}
			return nil
		})
		self, leave := sys.Enter("asker")
		defer leave()
		if _, err := Ask[int](context.Background(), self, silent, 1); err != (TimedOut{3 * time.Second}) {
			t.Errorf("got %v, want TimedOut", err)
		}
		time.AfterFunc(time.Second, func() { sys.Stop(self.Address()) })
		if _, err := Ask[int](context.Background(), self, silent, 1); err != (Aborted{}) {
			t.Errorf("stopped meanwhile: got %v, want Aborted", err)
		}
		echoing := self.Spawn(echo)
		if got := self.Input(); got != (Stop{}) {
			t.Fatalf("got %v, want Stop", got)
		}
		if got, err := Ask[int](context.Background(), self, echoing, 1); got != 1 || err != nil {
			t.Errorf("after Stop was taken: got %v, %v, want 1", got, err)
		}
	})
}

func TestTwoActorsThatAskEachOtherWaitForTheTimeout(t *testing.T) {
	bubble(t, Options{AskTimeout: time.Second}, func(t *testing.T, sys *System) {
		errs := make(chan error, 2)
		asker := func(self *Self) any {
			other, ok := self.Input().(Address)
			for !ok { // the other was faster and asks already
				other, ok = self.Input().(Address)
			}
			_, err := Ask[int](context.Background(), self, other, 1)
			errs <- err
			return nil
		}
		a, b := sys.Spawn(asker), sys.Spawn(asker)
		sys.Send(a, b)
		sys.Send(b, a)
		// The one that is left may learn that its request ended with the other.
		if err := <-errs; err != (TimedOut{time.Second}) {
			t.Errorf("the first: got %v, want TimedOut", err)
		}
		if err := <-errs; err == nil {
			t.Error("the second got a reply")
		}
	})
}

func TestAskByCallback(t *testing.T) {
	bubble(t, Options{AskTimeout: time.Second}, func(t *testing.T, sys *System) {
		a := sys.Spawn(echo)
		silent := sys.Spawn(func(self *Self) any { <-self.Context().Done(); return nil })
		self, leave := sys.Enter("asker")
		defer leave()
		type end struct {
			reply  any
			err    error
			sender Address
		}
		var got []end
		then := func(reply any, err error) { got = append(got, end{reply, err, self.Sender()}) }
		self.Ask(Address{}, 2, then)
		self.Ask(a, 1, then)
		self.Ask(a, Faulted{"no", ""}, then)
		self.Ask(silent, 3, then)
		self.Ask(a, "typed", Then(func(s string, err error) { then(s, err) }))
		self.Ask(a, "typed", Then(func(n int, err error) { then(n, err) }))
		synctest.Wait()
		if len(got) != 0 {
			t.Errorf("callbacks ran before the actor took anything: %v", got)
		}
		if m, ok := self.InputWithin(2 * time.Second); ok {
			t.Errorf("got message %v", m)
		}
		want := []end{
			{nil, Undelivered{Message: 2, Reason: "there is nobody to send to"}, Address{}},
			{1, nil, a},
			{nil, Faulted{"no", ""}, a},
			{"typed", nil, a},
			{0, Unexpected{"typed"}, a},
			{nil, TimedOut{time.Second}, Address{}},
		}
		if len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("callback %d: got %v, want %v", i, got[i], want[i])
			}
		}
		if !self.Sender().IsZero() || self.asks.n != 0 {
			t.Errorf("afterwards: sender %v, %d asks", self.Sender(), self.asks.n)
		}
	})
}

func TestCallbacksAreNotCalledAfterTheEnd(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		late := sys.Spawn(func(self *Self) any {
			self.Input()
			client := self.Sender()
			self.AfterFunc(time.Second, func() { self.Send(client, "late") })
			for range self.Messages() {
			}
			return nil
		})
		a := sys.Spawn(func(self *Self) any {
			self.Ask(late, 1, func(any, error) { t.Error("called after the end") })
			return nil
		})
		sys.Wait(t.Context(), a)
		time.Sleep(2 * time.Second)
		if got, want := sys.Counts(), (Counts{Late: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestSecondReplyIsCounted(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		errs := make(chan error, 2)
		twice := sys.Spawn(func(self *Self) any {
			for m := range self.Messages() {
				errs <- self.Reply(m)
				errs <- self.Reply(m)
			}
			return nil
		})
		if got, err := Ask[int](t.Context(), sys, twice, 4); got != 4 || err != nil {
			t.Errorf("got %v, %v, want 4", got, err)
		}
		if first, second := <-errs, <-errs; first != nil || second != nil {
			t.Errorf("Reply: got %v and %v, want no errors", first, second)
		}
		if got, want := sys.Counts(), (Counts{Late: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestAskEndsWhenItsRequestIsLost(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		brief := sys.Spawn(func(self *Self) any {
			time.Sleep(time.Second) // until both have come
			self.Input()
			return nil
		})
		began := time.Now()
		errs := make(chan error, 2)
		for i := range 2 {
			go func() {
				_, err := Ask[int](t.Context(), sys, brief, i)
				errs <- err
			}()
		}
		// One is taken and never answered; the other is still in the mailbox when
		// the actor ends.
		err := <-errs
		u, ok := err.(Undelivered)
		if !ok || u.To != brief || u.Reason != "the actor has ended" {
			t.Errorf("got %v, want Undelivered to %v", err, brief)
		}
		if time.Since(began) != time.Second {
			t.Errorf("after %v, want as soon as the actor ends", time.Since(began))
		}
	})
}

func TestForwardedAskIsAnsweredByTheLast(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		last := sys.Spawn(echo)
		first := sys.Spawn(func(self *Self) any {
			for m := range self.Messages() {
				self.Forward(last, m)
			}
			return nil
		})
		self, leave := sys.Enter("client")
		defer leave()
		self.Ask(first, 1, func(reply any, err error) {
			if reply != 1 || err != nil || self.Sender() != last {
				t.Errorf("got %v, %v from %v, want 1 from %v", reply, err, self.Sender(), last)
			}
			self.Send(self.Address(), "done")
		})
		if got := self.Input(); got != "done" {
			t.Errorf("got %v, want done", got)
		}
	})
}
