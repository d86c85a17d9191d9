package actor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// What Select has returned waits no more, be it from the mailbox or set aside before.
func TestSelectTakesForGood(t *testing.T) {
	bubble(t, Options{Mailbox: 2}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		for range 3 {
			for _, m := range []any{1, "x"} {
				if err := sys.Send(self.Address(), m); err != nil {
					t.Fatal(err)
				}
			}
			self.Select(Is[string])
			if n := self.box.waiting(); n != 1 {
				t.Errorf("%d wait, want what was set aside", n)
			}
			self.Select(Is[int])
			if n := self.box.waiting(); n != 0 {
				t.Errorf("%d wait, want none", n)
			}
		}
	})
}

// A timer that comes before the next tick of Every is not late for it.
func TestTimerBetweenTicks(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		began := time.Now()
		self.Every(time.Second, "tick")
		self.After(1500*time.Millisecond, "between")
		for _, want := range []struct {
			message any
			after   time.Duration
		}{{"tick", time.Second}, {"between", 1500 * time.Millisecond}, {"tick", 2 * time.Second}} {
			if m := self.Input(); m != want.message || time.Since(began) != want.after {
				t.Errorf("got %v after %v, want %v after %v", m, time.Since(began), want.message, want.after)
			}
		}
	})
}

// Of an actor that has ended in time nothing is said when the time is over; its context
// stays cancelled.
func TestEndInTime(t *testing.T) {
	var log bytes.Buffer
	bubble(t, Options{Grace: time.Second, Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(t *testing.T, sys *System) {
		a := sys.Spawn(echo)
		sys.Stop(a)
		sys.Wait(t.Context(), a)
		self, leave := sys.Enter("gone")
		leave()
		if got := context.Cause(self.Context()); got != (Aborted{}) {
			t.Errorf("the context of one that has ended: got %v, want Aborted", got)
		}
		time.Sleep(time.Minute)
	})
	if strings.Contains(log.String(), "has not ended") {
		t.Errorf("got log %s", log.String())
	}
}

// An answer that waits already when another request has failed calls nobody back.
func TestForgottenAnswer(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		echoing := sys.Spawn(echo)
		var got []error
		self.Concurrently([]Request{{To: echoing, Message: Faulted{"first", ""}}, {To: echoing, Message: Faulted{"second", ""}}},
			func(_ []any, err error) { got = append(got, err.(*RequestError).Err) })
		time.Sleep(time.Second) // both answers wait
		if m, ok := self.InputWithin(time.Second); ok {
			t.Errorf("got %v", m)
		}
		if len(got) != 1 || got[0] != (Faulted{"first", ""}) {
			t.Errorf("called back with %v, want the first failure", got)
		}
	})
}

// What a state saves of what was saved before comes ahead of what it has not had yet.
func TestSavedComesBeforeWhatIsToComeAgain(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var got []any
		last := func(self *Self, m any) State {
			if got = append(got, m); len(got) == 3 {
				return self.End(nil)
			}
			return self.Stay()
		}
		on := func(word string, next State) State {
			return func(self *Self, m any) State {
				if m == word {
					return next
				}
				return self.Save()
			}
		}
		a := sys.Spawn(func(*Self) any { return on("first", on("second", last)) })
		for _, m := range []any{1, "second", 2, "first", 3} {
			sys.Send(a, m)
		}
		sys.Wait(t.Context(), a)
		if len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
			t.Errorf("got %v, want 1 2 3", got)
		}
	})
}

// Callbacks of timers and of children have no sender, whatever was taken before.
func TestCallbacksHaveNoSender(t *testing.T) {
	bubble(t, Options{AskTimeout: time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		silent := sys.Spawn(func(self *Self) any { self.Select(Is[Stop]); return nil })
		called := 0
		note := func(any, error) {
			if called++; !self.Sender().IsZero() {
				t.Errorf("callback %d: the sender is %v", called, self.Sender())
			}
		}
		for _, begin := range []func(){
			func() { self.AfterFunc(time.Second, func() { note(nil, nil) }) },
			func() { self.SpawnThen(echo2, note) },
			func() { self.Ask(silent, 1, note) },
		} {
			self.Send(self.Address(), "from itself")
			self.Input()
			begin()
			self.InputWithin(time.Minute)
		}
		if called != 3 {
			t.Errorf("%d were called", called)
		}
	})
}

// What waits for the next life counts against the bound.
func TestRestartKeepsTheBound(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		a := self.Spawn(func(self *Self) any { time.Sleep(time.Second); panic("told to") }, Mailbox(2), Restart{After: time.Hour})
		self.Send(a, 1)
		self.Send(a, 2)
		self.Select(Is[Restarted])
		if err := self.Send(a, 3); !errors.Is(err, ErrOverloaded) {
			t.Errorf("got %v, want ErrOverloaded", err)
		}
	})
}
