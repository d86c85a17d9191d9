package actor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// after replies to a duration when it has passed, and with what it is told to an error.
func after(self *Self) any {
	for m := range self.Messages() {
		switch m := m.(type) {
		case time.Duration:
			client := self.Sender()
			self.AfterFunc(m, func() { self.Send(client, m) })
		default:
			self.Reply(m)
		}
	}
	return nil
}

func TestConcurrently(t *testing.T) {
	bubble(t, Options{AskTimeout: 10 * time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("asker")
		defer leave()
		a, b := self.Spawn(after), self.Spawn(after)
		began := time.Now()
		var got []any
		var failed error
		done := func(replies []any, err error) {
			if !self.Sender().IsZero() {
				t.Errorf("the sender is %v, want nobody", self.Sender())
			}
			got, failed = replies, err
			self.Send(self.Address(), "done")
		}
		finish := func(took time.Duration) {
			t.Helper()
			if m := self.Input(); m != "done" {
				t.Fatalf("got %v, want done", m)
			}
			if d := time.Since(began); d != took {
				t.Errorf("after %v, want %v", d, took)
			}
			began = time.Now()
		}

		requests := []Request{{To: a, Message: 3 * time.Second}, {To: b, Message: time.Second}, {To: a, Message: 2 * time.Second}}
		self.Concurrently(requests, done)
		clear(requests) // it is the caller's
		finish(3 * time.Second)
		if want := []any{3 * time.Second, time.Second, 2 * time.Second}; !slices.Equal(got, want) || failed != nil {
			t.Errorf("got %v, %v, want %v", got, failed, want)
		}

		// The first failure ends it. What the others answer comes too late.
		self.Concurrently([]Request{{To: a, Message: 2 * time.Second}, {To: b, Message: time.Minute, Within: time.Second}, {To: a, Message: 3 * time.Second}}, done)
		finish(time.Second)
		var of *RequestError
		if !errors.As(failed, &of) || of.Index != 1 || of.To != b || got != nil {
			t.Errorf("got %v, %v, want that the second failed", got, failed)
		}
		if late := (TimedOut{}); !errors.As(failed, &late) || late.After != time.Second {
			t.Errorf("got %v, want TimedOut after a second", failed)
		}
		if want := fmt.Sprintf("actor.Request 1, to %v: timed out after 1s", b); failed.Error() != want {
			t.Errorf("got %q, want %q", failed, want)
		}
		if m, ok := self.InputWithin(2 * time.Minute); ok {
			t.Errorf("got %v", m)
		}
		began = time.Now()
		if got, want := sys.Counts(), (Counts{Late: 3}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}

		// A limit may be longer than that of other asks, and is not theirs.
		self.Concurrently([]Request{{To: a, Message: 30 * time.Second, Within: time.Minute}, {To: b, Message: 9 * time.Second}}, done)
		finish(30 * time.Second)
		if want := []any{30 * time.Second, 9 * time.Second}; !slices.Equal(got, want) || failed != nil {
			t.Errorf("got %v, %v, want %v", got, failed, want)
		}
		self.Concurrently([]Request{{To: a, Message: time.Minute}, {To: b, Message: Faulted{"no", ""}}, {To: Address{}, Message: 1}}, done)
		finish(0)
		if late := (Undelivered{}); !errors.As(failed, &late) { // nobody is known before b has answered
			t.Errorf("got %v, want Undelivered", failed)
		}
		if self.asks.n != 0 || len(self.timers) != 0 {
			t.Errorf("%d asks and %d timers are left", self.asks.n, len(self.timers))
		}
	})
}

func TestSequentially(t *testing.T) {
	bubble(t, Options{AskTimeout: 10 * time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("asker")
		defer leave()
		a := self.Spawn(after)
		var asked []any
		b := self.Spawn(func(self *Self) any {
			for m := range self.Messages() {
				asked = append(asked, m)
				self.Reply(m)
			}
			return nil
		})
		began := time.Now()
		var got []any
		var failed error
		done := func(replies []any, err error) {
			if !self.Sender().IsZero() {
				t.Errorf("the sender is %v, want nobody", self.Sender())
			}
			got, failed = replies, err
			self.Send(self.Address(), "done")
		}
		requests := []Request{{To: a, Message: 2 * time.Second}, {To: b, Message: 1}, {To: a, Message: 20 * time.Second, Within: time.Minute}}
		self.Sequentially(requests, done)
		clear(requests)
		if m := self.Input(); m != "done" || time.Since(began) != 22*time.Second {
			t.Errorf("got %v after %v, want done after 22 s", m, time.Since(began))
		}
		if want := []any{2 * time.Second, 1, 20 * time.Second}; !slices.Equal(got, want) || failed != nil {
			t.Errorf("got %v, %v, want %v", got, failed, want)
		}
		self.Sequentially([]Request{{To: b, Message: 2}, {To: b, Message: Faulted{"no", ""}}, {To: b, Message: 3}}, done)
		if m := self.Input(); m != "done" {
			t.Errorf("got %v, want done", m)
		}
		var of *RequestError
		if !errors.As(failed, &of) || of.Index != 1 || of.Err != (Faulted{"no", ""}) || got != nil {
			t.Errorf("got %v, %v, want that the second failed", got, failed)
		}
		synctest.Wait()
		if want := []any{1, 2, Faulted{"no", ""}}; !slices.Equal(asked, want) {
			t.Errorf("asked %v, want %v", asked, want)
		}
	})
}

// No requests are answered by no replies, between messages and not after the end.
func TestNoRequests(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("asker")
		defer leave()
		for _, ask := range []func([]Request, func([]any, error)){self.Concurrently, self.Sequentially} {
			called := 0
			ask(nil, func(replies []any, err error) {
				if called++; replies == nil || len(replies) != 0 || err != nil {
					t.Errorf("got %v, %v, want an empty list", replies, err)
				}
			})
			if called != 0 {
				t.Error("called at once")
			}
			self.InputWithin(time.Second)
			if called != 1 {
				t.Errorf("called %d times", called)
			}
		}
		ended := sys.Spawn(func(self *Self) any {
			self.Concurrently(nil, func([]any, error) { t.Error("called after the end") })
			return nil
		})
		sys.Wait(t.Context(), ended)
		synctest.Wait()
	})
}

// Two actors that ask each other by callback, and answer from callbacks, go on: neither
// waits for the other.
func TestActorsThatAskEachOtherGoOn(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		began := time.Now()
		ends := make(chan string, 2)
		asker := func(self *Self) any {
			left := 100
			for m := range self.Messages() {
				switch m := m.(type) {
				case Address:
					var ask func(n int, err error)
					ask = func(n int, err error) {
						if err != nil {
							ends <- err.Error()
						} else if left--; left == 0 {
							ends <- "done"
						} else {
							self.Ask(m, n, Then(ask))
						}
					}
					self.Ask(m, 0, Then(ask))
				case int:
					client := self.Sender() // in a callback it is another
					self.Sequentially([]Request{{To: self.Address(), Message: "next"}}, func([]any, error) { self.Send(client, m+1) })
				case string:
					self.Reply(m)
				}
			}
			return nil
		}
		a, b := sys.Spawn(asker), sys.Spawn(asker)
		sys.Send(a, b)
		sys.Send(b, a)
		for range 2 {
			if got := <-ends; got != "done" {
				t.Errorf("got %s", got)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("somebody waited for %v", took)
		}
	})
}

// A callback runs in whatever has become of the actor by then: here after its loop.
func TestCallbackOutlivesItsMessage(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		slow := sys.Spawn(after)
		where := make(chan string, 1)
		a := sys.Spawn(func(self *Self) any {
			at := "loop"
			for range self.Messages() {
				self.Ask(slow, time.Second, func(any, error) { where <- at; self.Send(self.Address(), "over") })
			}
			at = "after the loop"
			return self.Input()
		})
		sys.Send(a, 1)
		synctest.Wait()
		sys.Stop(a)
		if got := <-where; got != "after the loop" {
			t.Errorf("called in %s", got)
		}
		if got, err := sys.Wait(t.Context(), a); got != "over" || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// An error that is nil is no failure, whether as a reply or as a result; a nil pointer
// of an error's type is one.
func TestNilErrorIsNoFailure(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var none error
		var typed *RequestError
		replies := func(m any) Func {
			return func(self *Self) any { self.Input(); self.Reply(m); return m }
		}
		self, leave := sys.Enter("asker")
		defer leave()
		for _, m := range []any{none, typed} {
			want := m != nil
			reply, err := self.ask(t.Context(), self.Spawn(replies(m)), 1)
			if (err != nil) != want || reply != nil {
				t.Errorf("%T: got %v, failed: %v", m, reply, err != nil)
			}
			if r := await[Returned](t, self); r.Value != m {
				t.Errorf("%T: the result is %T", m, r.Value)
			}
		}
	})
}

func TestRequestErrorIsOneLine(t *testing.T) {
	err := error(&RequestError{2, Address{}, TimedOut{time.Second}})
	if strings.Contains(err.Error(), "\n") || !errors.As(err, new(TimedOut)) {
		t.Errorf("got %q", err)
	}
}
