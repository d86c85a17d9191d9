package actor

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unhurried takes as long for its reply as the message says.
func unhurried(self *Self) any {
	for m := range self.Messages() {
		time.Sleep(m.(time.Duration))
		self.Reply("done")
	}
	return nil
}

func TestPoolIsBusyWhenAnswersAreSlow(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: unhurried, Size: 1, Responsiveness: time.Second, PassRate: 3}.Run)
		var got []any
		ask := func(d time.Duration) {
			self.Send(pool, d)
			got = append(got, self.Input())
		}
		ask(2 * time.Second)
		for range 6 {
			ask(time.Second / 2)
		}
		slow, less := Busy{2 * time.Second}, Busy{1250 * time.Millisecond}
		want := []any{"done", slow, slow, "done", less, less, "done"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		ask(0) // the average is a second, which is not above
		if got := got[len(got)-1]; got != "done" {
			t.Errorf("got %v, want done", got)
		}
	})
}

// What was never answered in time says nothing of the time that answers take.
func TestPoolAverageLeavesOutWhatTimedOut(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: unhurried, Size: 1, Responsiveness: time.Second}.Run)
		self.Send(pool, time.Second)
		self.Input()
		self.Send(pool, time.Minute)
		if got, want := self.Input(), (TimedOut{5 * time.Second}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		late := describe(t, self, pool)
		time.Sleep(time.Minute)
		then := describe(t, self, pool)
		want := PoolFigures{Workers: 1, Late: 1, Requests: 2, Answered: 1, TimedOut: 1, Average: time.Second}
		if diff := cmp.Diff(want, late); diff != "" {
			t.Errorf("while it is late (-want +got):\n%s", diff)
		}
		want.Late, want.Idle = 0, 1
		if diff := cmp.Diff(want, then); diff != "" {
			t.Errorf("when it has replied (-want +got):\n%s", diff)
		}
	})
}

func TestPoolFigures(t *testing.T) {
	bubble(t, Options{AskTimeout: time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: unhurried, Size: 2, Queue: 3, Timeout: 10 * time.Second}.Run)
		for range 6 { // two in hand, three wait, one is refused
			self.Send(pool, 2*time.Second)
		}
		synctest.Wait()
		want := PoolFigures{Workers: 2, Busy: 2, Waiting: 3, Requests: 6, Refused: 1}
		if diff := cmp.Diff(want, describe(t, self, pool)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		for range 6 {
			self.Input()
		}
		self.Ask(pool, 5*time.Second, func(_ any, err error) {}) // its answer comes after a second
		self.Ask(pool, 5*time.Second, func(_ any, err error) {})
		self.Ask(pool, 5*time.Second, func(_ any, err error) { // it is never given to anybody
			if err != (TimedOut{time.Second}) {
				t.Errorf("got %v", err)
			}
		})
		self.InputWithin(8 * time.Second)
		want = PoolFigures{Workers: 2, Idle: 2, Requests: 9, Answered: 7, Refused: 1, Abandoned: 1, Average: 20 * time.Second / 7}
		if diff := cmp.Diff(want, describe(t, self, pool)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// Figures are read from any goroutine, also of a pool that refuses all else.
func TestPoolFiguresFromOutside(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		pool := sys.Spawn(Pool{}.Run)
		got, err := Ask[PoolFigures](t.Context(), sys, pool, DescribePool{})
		if want := (PoolFigures{}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}

func TestPoolRefusesWhatCannotBe(t *testing.T) {
	for _, test := range []struct {
		pool  Pool
		field string
	}{
		{Pool{Of: echo, Size: -1}, "Size"},
		{Pool{Of: echo, Size: maxPoolSize + 1}, "Size"},
		{Pool{Size: 3}, "Size"},
		{Pool{StandDown: time.Second}, "StandDown"},
		{Pool{Scope: LAN}, "Scope"},
		{Pool{Queue: -1}, "Queue"},
		{Pool{Responsiveness: -time.Second}, "Responsiveness"},
		{Pool{PassRate: -1}, "PassRate"},
		{Pool{Timeout: -1}, "Timeout"},
	} {
		bubble(t, Options{}, func(t *testing.T, sys *System) {
			self, leave := sys.Enter("client")
			defer leave()
			self.Spawn(test.pool.Run)
			m, _ := self.Input().(Returned)
			fault, _ := m.Value.(Faulted)
			if fault.Condition != "pool refused" || !strings.HasPrefix(fault.Explanation, test.field+" is ") {
				t.Errorf("%+v: got %v, want a Faulted that names %s", test.pool, m.Value, test.field)
			}
		})
	}
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		self.Spawn(Pool{Pattern: "a)|(b"}.Run)
		m, _ := self.Input().(Returned)
		if refused, ok := m.Value.(NotSubscribed); !ok || refused.Pattern != "a)|(b" {
			t.Errorf("got %v, want NotSubscribed", m.Value)
		}
	})
}

// A message that no worker can be sent is not their fault: they go on, and its
// sender is told.
func TestPoolAndAMessageThatMayNotTravel(t *testing.T) {
	type xy struct{ X int }
	types := Types{Type[xy]("xy")}
	plant(t, types, func(t *testing.T, tr *tree) {
		far := tr.open(t, Options{})
		far.Spawn(func(self *Self) any {
			if err := self.Publish("worker"); err != nil {
				return err
			}
			for m := range self.Messages() {
				if m, ok := m.(xy); ok {
					self.Reply(m)
				}
			}
			return nil
		})
		near := tr.open(t, Options{})
		pool := near.Spawn(Pool{Pattern: "worker"}.Run)
		ctx := t.Context()
		if got, err := Ask[xy](ctx, near, pool, xy{1}); err != nil || got != (xy{1}) {
			t.Fatalf("got %v, %v", got, err)
		}
		began := time.Now()
		_, err := Ask[xy](ctx, near, pool, func() {})
		if !errors.As(err, new(*PortableError)) || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want a PortableError at once", err, time.Since(began))
		}
		if got, err := Ask[xy](ctx, near, pool, xy{2}); err != nil || got != (xy{2}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// Busy crosses processes as what it is.
func TestBusyTravels(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		far := tr.open(t, Options{})
		far.Spawn(func(self *Self) any {
			if err := self.Publish("pool"); err != nil {
				return err
			}
			for m := range self.Messages() {
				if m == "request" {
					self.Reply(Busy{3 * time.Second})
				}
			}
			return nil
		})
		near := tr.open(t, Options{})
		self, leave := near.Enter("client")
		defer leave()
		self.Subscribe("pool")
		self.Input() // Subscribed
		found := self.Input().(Available)
		_, err := Ask[string](t.Context(), self, found.Publisher, "request")
		if err != (Busy{3 * time.Second}) || err.Error() != "busy: an answer takes 3s" {
			t.Errorf("got %v", err)
		}
	})
}
