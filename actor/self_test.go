package actor

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAddresses(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		echoing := sys.Spawn(echo)
		self.Send(echoing, self.Address())
		if got := self.Input(); got != self.Address() || self.Sender() != echoing {
			t.Errorf("got %v from %v, want %v from %v", got, self.Sender(), self.Address(), echoing)
		}
		if got, want := self.Address().String(), fmt.Sprintf("%s:1", sys.process.Short()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !(Address{}).IsZero() || self.Address().IsZero() {
			t.Error("nobody is not the zero Address")
		}
		forged := self.Address()
		forged.at.Key++
		if err := sys.Send(forged, 1); !errors.Is(err, ErrEnded) {
			t.Errorf("an address that was made up: got %v, want ErrEnded", err)
		}
	})
}

func TestSenderIsOfTheMessage(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		other, leaveOther := sys.Enter("b")
		defer leaveOther()
		other.Send(self.Address(), 1)
		sys.Send(self.Address(), 2)
		other.Send(self.Address(), 3)
		synctest.Wait()
		self.After(0, 4)
		var got []any
		for range 4 {
			got = append(got, self.Input(), self.Sender())
		}
		if want := []any{1, other.Address(), 2, Address{}, 3, other.Address(), 4, Address{}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := self.Reply(5); err != (Undelivered{Message: 5, Reason: "there is nobody to send to"}) {
			t.Errorf("Reply to a timer: got %v", err)
		}
	})
}

func TestBreakLeavesTheRest(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		for i := range 4 {
			self.Send(self.Address(), i)
		}
		var got []any
		for m := range self.Messages() {
			if got = append(got, m); m == 1 {
				break
			}
		}
		got = append(got, self.Input())
		for m := range self.Messages() {
			got = append(got, m)
			break
		}
		if want := []any{0, 1, 2, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestInputWithin(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		began := time.Now()
		if m, ok := self.InputWithin(time.Second); ok || time.Since(began) != time.Second {
			t.Errorf("got %v, %v after %v, want nothing after a second", m, ok, time.Since(began))
		}
		self.After(time.Second, "now")
		if m, ok := self.InputWithin(time.Minute); m != "now" || !ok {
			t.Errorf("got %v, %v, want now", m, ok)
		}
		self.Send(self.Address(), "there")
		for _, want := range []any{"there", nil} {
			if m, ok := self.InputWithin(0); m != want || ok != (want != nil) {
				t.Errorf("without waiting: got %v, %v, want %v", m, ok, want)
			}
		}
	})
}

func TestMailboxIsBounded(t *testing.T) {
	bubble(t, Options{Mailbox: 2}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		child := self.Spawn(func(self *Self) any { <-self.Context().Done(); return nil }, Mailbox(3))
		for _, test := range []struct {
			to    Address
			limit int
		}{{self.Address(), 2}, {child, 3}} {
			for i := range test.limit {
				if err := sys.Send(test.to, i); err != nil {
					t.Errorf("message %d of %d: %v", i, test.limit, err)
				}
			}
			err := sys.Send(test.to, 9)
			if !errors.Is(err, ErrOverloaded) {
				t.Errorf("beyond %d: got %v, want ErrOverloaded", test.limit, err)
			}
			if want := fmt.Sprintf("actor.Send: %v: overloaded", test.to); err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
		}
		// What the runtime says has its place behind them all the same.
		self.Stop(child)
		synctest.Wait()
		sys.Stop(self.Address())
		var got []any
		for range 4 {
			got = append(got, self.Input())
		}
		if want := []any{0, 1, Returned{child, "actor.TestMailboxIsBounded.func1.1", nil}, Stop{}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got, want := sys.Counts(), (Counts{Refused: 2, Undelivered: 3}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestTimers(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		self.After(2*time.Second, "second")
		self.After(time.Second, "first")
		called := 0
		self.AfterFunc(90*time.Minute, func() { called++ })
		soon := self.After(3*time.Second, "cancelled in time")
		late := self.After(4*time.Second, "cancelled while it waits")
		fun := self.AfterFunc(4*time.Second, func() { t.Error("called though it was cancelled") })
		var got []any
		for range 2 {
			got = append(got, self.Input())
		}
		soon.Cancel()
		time.Sleep(10 * time.Second)
		late.Cancel()
		fun.Cancel()
		late.Cancel()
		Timer{}.Cancel()
		m, ok := self.InputWithin(2 * time.Hour)
		got = append(got, m, ok, called)
		if want := []any{"first", "second", nil, false, 1}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if len(self.timers) != 0 {
			t.Errorf("%d timers are kept", len(self.timers))
		}
	})
}

func TestTimersEndWithTheActor(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(self *Self) any {
			self.AfterFunc(time.Second, func() { t.Error("called after the end") })
			return nil
		})
		sys.Wait(t.Context(), a)
		time.Sleep(2 * time.Second)
	})
}

func TestPointersToMessagesAreRefused(t *testing.T) {
	bubble(t, Options{Types: Types{Type[echoed]("echoed")}}, func(t *testing.T, sys *System) {
		a := sys.Spawn(echo)
		for _, m := range []any{&echoed{"x"}, &Faulted{}} {
			var portable *PortableError
			if err := sys.Send(a, m); !errors.As(err, &portable) {
				t.Errorf("%T: got %v, want a PortableError", m, err)
			}
		}
		type local struct{ n int }
		l := &local{1}
		if got, err := Ask[*local](t.Context(), sys, a, l); got != l || err != nil {
			t.Errorf("a pointer of this process: got %v, %v", got, err)
		}
	})
}

// A Func that recovers from what a callback panicked with goes on as before, and what it
// has deferred may wait.
func TestRecoverFromACallback(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		server := sys.Spawn(echo)
		tried := func(f func()) (panicked any) {
			defer func() { panicked = recover() }()
			f()
			return nil
		}
		var got []any
		a := sys.Spawn(func(self *Self) any {
			defer func() {
				reply, err := Ask[string](t.Context(), self, server, "last")
				got = append(got, reply, err)
			}()
			self.AfterFunc(0, func() { panic("once") })
			got = append(got, tried(func() { self.Input() }))
			self.After(0, "on")
			got = append(got, self.Input())
			self.AfterFunc(0, func() { panic("again") })
			return self.Input()
		})
		result, _ := sys.Wait(t.Context(), a)
		got = append(got, result)
		if want := []any{"once", "on", "last", nil, Faulted{"panic", "again"}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is due at one time comes in the order in which it was set.
func TestTimersOfOneTimeKeepTheirOrder(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("self")
		defer leave()
		var cancelled Timer
		for i := range 100 {
			timer := self.After(time.Second, i)
			if i == 50 {
				cancelled = timer
			}
		}
		cancelled.Cancel()
		for i := range 100 {
			if i == 50 {
				continue
			}
			if m := self.Input(); m != i {
				t.Fatalf("got %v, want %d", m, i)
			}
		}
	})
}
