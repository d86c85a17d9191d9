package actor

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/transport/memory"
)

// quiet opens a system that stands alone, for tests that are not of package testing.
func quiet(t interface{ Fatal(...any) }) *System {
	sys, err := Open(&Options{
		Directory: "none",
		Transport: memory.NewNetwork().Transport("here"),
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return sys
}

func TestSelectKeepsTheRestInOrder(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		other, leaveOther := sys.Enter("b")
		defer leaveOther()
		for _, m := range []any{1, "x", 2, "y", 3} {
			other.Send(self.Address(), m)
		}
		self.Send(self.Address(), 4)
		got := []any{self.Select(Is[string])}
		got = append(got, self.Select(func(m any) bool { return m == 3 }, Is[string])) // y is first
		called := false
		self.AfterFunc(time.Second, func() { called = true })
		m, ok := self.SelectWithin(2*time.Second, Is[bool])
		got = append(got, m, ok, called)
		for range 4 {
			got = append(got, self.Input())
			if want := map[bool]Address{true: self.Address(), false: other.Address()}[got[len(got)-1] == 4]; self.Sender() != want {
				t.Errorf("%v is from %v, want %v", got[len(got)-1], self.Sender(), want)
			}
		}
		if want := []any{"x", "y", nil, false, true, 1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestSelectAcceptsStop(t *testing.T) {
	bubble(t, Options{Grace: time.Second}, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(self *Self) any {
			first := self.Select(Is[string])
			self.Select(Is[string]) // nothing more comes: it is ended
			return first
		})
		sys.Send(a, 1)
		synctest.Wait()
		sys.Stop(a)
		if got, _ := sys.Wait(t.Context(), a); got != (Aborted{}) {
			t.Errorf("got %v, want Aborted", got)
		}
		b := sys.Spawn(func(self *Self) any { return self.Select(Is[string]) })
		sys.Stop(b)
		if got, _ := sys.Wait(t.Context(), b); got != (Stop{}) {
			t.Errorf("got %v, want Stop", got)
		}
	})
}

func TestSelectIsBounded(t *testing.T) {
	bubble(t, Options{Mailbox: 2}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		for i := range 2 {
			sys.Send(self.Address(), i)
		}
		self.SelectWithin(0, Is[string])
		if err := sys.Send(self.Address(), "x"); !errors.Is(err, ErrOverloaded) {
			t.Errorf("got %v, want ErrOverloaded", err)
		}
		self.Input()
		if err := sys.Send(self.Address(), "x"); err != nil {
			t.Errorf("got %v, want room", err)
		}
		if got := self.Select(Is[string]); got != "x" {
			t.Errorf("got %v, want x", got)
		}
	})
}

// A timer that was passed over can still be cancelled; of Every no more than one waits.
func TestSelectAndTimers(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		late := self.After(time.Second, "late")
		every := self.Every(time.Second, "tick")
		self.SelectWithin(5*time.Second+1, Is[int])
		late.Cancel()
		var got []any
		for range 2 {
			m, ok := self.InputWithin(time.Millisecond)
			got = append(got, m, ok)
		}
		m, _ := self.InputWithin(time.Hour)
		if want := []any{"tick", true, nil, false}; !slices.Equal(got, want) || m != "tick" {
			t.Errorf("got %v, %v, want %v and a tick", got, m, want)
		}
		self.SelectWithin(5*time.Second, Is[int])
		every.Cancel()
		self.SelectWithin(0, Is[int]) // steps over what was cancelled, for good
		if n := len(self.again); n != 0 {
			t.Errorf("%d are kept after Cancel", n)
		}
		if m, ok := self.InputWithin(time.Hour); ok {
			t.Errorf("got %v after Cancel", m)
		}
	})
}

func TestEvery(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		began := time.Now()
		every := self.Every(time.Second, "tick")
		var got []time.Duration
		note := func() {
			if self.Input() != "tick" {
				t.Error("no tick")
			}
			got = append(got, time.Since(began))
		}
		note()
		note()
		time.Sleep(3500 * time.Millisecond) // one for all that have become due
		note()
		note()
		if want := []time.Duration{time.Second, 2 * time.Second, 5500 * time.Millisecond, 6 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("got ticks after %v, want %v", got, want)
		}
		time.Sleep(2 * time.Second)
		every.Cancel() // one waits
		if m, ok := self.InputWithin(time.Hour); ok || len(self.timers) > 0 {
			t.Errorf("got %v after Cancel, %d timers", m, len(self.timers))
		}
		defer func() {
			if recover() == nil {
				t.Error("Every of nothing does not panic")
			}
		}()
		self.Every(0, "tick")
	})
}

// Many timers, due in any order, cost no goroutines, and each comes in its time.
func TestManyTimers(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		const n = 100_000
		began := time.Now()
		for i := range n {
			self.After(time.Duration((i*7919)%n+1)*time.Millisecond, (i*7919)%n+1)
		}
		for i := range n {
			if m := self.Input(); m != i+1 || time.Since(began) != time.Duration(i+1)*time.Millisecond {
				t.Fatalf("got %v after %v, want %d", m, time.Since(began), i+1)
			}
		}
	})
}

// What a match panics on is taken: its sender has room again, in this process or another.
func TestMatchPanics(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		far, near := tr.open(t, Options{}), tr.open(t, Options{Mailbox: 4})
		near.Spawn(func(self *Self) any {
			self.Publish("server")
			await[Delivered](t, self)
			for {
				m := func() (m any) {
					defer func() { recover() }()
					return self.Select(func(m any) bool {
						if text, ok := m.(string); ok && len(text) > 1 {
							panic("no such match")
						}
						return m == "?"
					})
				}()
				if _, stop := m.(Stop); stop {
					return nil
				}
				if m == "?" {
					self.Reply(self.box.waiting())
				}
			}
		})
		self, leave := far.Enter("client")
		defer leave()
		self.Subscribe("server")
		server := await[Available](t, self).Publisher
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		long := strings.Repeat("x", 50<<10)
		for i := range 40 { // more than the windows
			for _, to := range []Address{server, {at: server.at}} {
				if err := self.SendWait(ctx, to, long); err != nil {
					t.Fatalf("number %d: %v", i, err)
				}
			}
		}
		if n, err := Ask[int](ctx, self, server, "?"); n != 0 || err != nil {
			t.Errorf("got %d, %v, want that none waits", n, err)
		}
	})
}
