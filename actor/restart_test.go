package actor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRevival(t *testing.T) {
	fault := Faulted{"no", ""}
	const s = time.Second
	type life struct {
		value  any
		lasted time.Duration
	}
	for _, test := range []struct {
		name  string
		rule  Restart
		lives []life
		want  []time.Duration // until it is over
	}{
		{"defaults", Restart{}, []life{{fault, 0}, {fault, 0}, {fault, 0}, {7, 0}}, []time.Duration{s / 10, s / 5, 2 * s / 5}},
		{"a limit", Restart{After: s, Limit: 3 * s}, []life{{fault, 0}, {fault, 0}, {fault, 0}, {fault, 0}, {nil, 0}}, []time.Duration{s, 2 * s, 3 * s, 3 * s}},
		{"tries", Restart{After: s, Tries: 2}, []life{{fault, 0}, {fault, 0}, {fault, 0}}, []time.Duration{s, 2 * s}},
		{"good health", Restart{After: s, Limit: 10 * s, Tries: 2}, []life{{fault, 0}, {fault, 9 * s}, {fault, 10 * s}, {fault, 0}, {fault, 0}}, []time.Duration{s, 2 * s, s, 2 * s}},
		{"aborted", Restart{}, []life{{Aborted{}, 0}}, nil},
		{"always", Restart{Always: true, After: s, Tries: 3}, []life{{Aborted{}, 0}, {7, 0}, {fault, 0}, {7, 0}}, []time.Duration{s, 2 * s, 4 * s}},
		{"after beyond the limit", Restart{After: s, Limit: s / 2}, []life{{fault, 0}, {nil, 0}}, []time.Duration{s / 2}},
	} {
		r := revival{rule: test.rule}
		var got []time.Duration
		for _, l := range test.lives {
			d, again := r.again(l.value, l.lasted, 0.5)
			if !again {
				break
			}
			got = append(got, d)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	for random, want := range map[float64]time.Duration{0: 80 * time.Millisecond, 0.999999999: 120 * time.Millisecond} {
		if d, _ := new(revival).again(fault, 0, random); d.Round(time.Millisecond) != want {
			t.Errorf("%v: got %v, want %v", random, d, want)
		}
	}
}

type crash struct{}

// fickle is a Func that goes on as a state and panics when it is told to.
func fickle(lives *int) Func {
	return func(self *Self) any {
		*lives++
		life := *lives
		return State(func(self *Self, m any) State {
			switch m.(type) {
			case crash:
				panic("told to")
			case string:
				self.Reply(life)
				return self.Stay()
			}
			return nil
		})
	}
}

func TestRestartKeepsAddressAndMessages(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		for name, make := range map[string]func(*int) Func{
			"state": fickle,
			"function": func(lives *int) Func {
				return func(self *Self) any {
					*lives++
					for m := range self.Messages() {
						switch m.(type) {
						case crash:
							panic("told to")
						case string:
							self.Reply(*lives)
						}
					}
					return Aborted{}
				}
			},
		} {
			self, leave := sys.Enter("parent")
			lives := 0
			a := self.Spawn(make(&lives), Named("fickle"), Restart{After: time.Second, Tries: 2})
			synctest.Wait()
			for _, m := range []any{"one", crash{}, "two", crash{}, "three", crash{}, "four"} {
				self.Send(a, m)
			}
			var got []any
			for range 7 {
				got = append(got, self.Input())
			}
			fault := Faulted{"panic", "told to"}
			want := []any{
				1, Restarted{a, "fickle", fault, 1}, 2, Restarted{a, "fickle", fault, 2}, 3,
				Undelivered{a, "four", "the actor has ended"}, Returned{a, "fickle", fault},
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b Address) bool { return a == b })); diff != "" {
				t.Errorf("%s: want -, got +:\n%s", name, diff)
			}
			leave()
		}
	})
}

// What belongs to a life ends with it.
func TestRestartBeginsAnew(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		other := sys.Spawn(echo)
		lives := 0
		var ctx context.Context
		self.Spawn(func(s *Self) any {
			if lives++; lives == 2 {
				if context.Cause(ctx) != (Aborted{}) || s.Context().Err() != nil {
					t.Errorf("contexts: the first %v, the second %v", context.Cause(ctx), s.Context().Err())
				}
				m, ok := s.InputWithin(time.Hour)
				return []any{m, ok}
			}
			ctx = s.Context()
			if err := s.Publish("name", Process); err != nil {
				return err
			}
			s.Subscribe("name", Process)
			s.After(time.Minute, "timer")
			s.AfterFunc(time.Minute, func() { t.Error("a timer of the first life") })
			s.Every(time.Second, "tick")
			s.Ask(other, 1, func(any, error) { t.Error("a callback of the first life") })
			s.Spawn(echo)
			s.SpawnThen(echo, func(any, error) { t.Error("a child of the first life") })
			synctest.Wait()
			return Faulted{"no", ""}
		}, Restart{After: time.Second})
		self.Select(Is[Restarted])
		if n := len(slices.Collect(self.Children())); n != 1 {
			t.Errorf("%d children, want 1", n)
		}
		m := self.Input().(Returned)
		if took, ok := m.Value.([]any); !ok || !slices.Equal(took, []any{nil, false}) {
			t.Errorf("the second life took %v, want nothing", m.Value)
		}
	})
}

// A restarted actor publishes anew: who had a session with it is dropped, and has another.
func TestRestartDropsSessions(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("subscriber")
		defer leave()
		worker := func(self *Self) any {
			if err := self.Publish("worker", Process); err != nil {
				return err
			}
			for m := range self.Messages() {
				if _, ok := m.(crash); ok {
					return Faulted{"crash", ""}
				}
				if m, ok := m.(string); ok {
					self.Reply(m)
				}
			}
			return Aborted{}
		}
		a := sys.Spawn(worker, Restart{After: time.Second})
		self.Subscribe("worker", Process)
		for range 3 {
			found := self.Select(Is[Available]).(Available)
			if found.Publisher.at != a.at {
				t.Errorf("found %v, want %v", found.Publisher, a)
			}
			self.Send(found.Publisher, "hello")
			if got := self.Select(Is[string]); got != "hello" {
				t.Errorf("got %v, want hello", got)
			}
			sys.Send(a, crash{})
			self.Select(Is[Dropped])
		}
	})
}

func TestStopWhileItRests(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		a := self.Spawn(func(*Self) any { return Faulted{"no", ""} }, Restart{After: time.Hour})
		began := time.Now()
		self.Select(Is[Restarted])
		self.Stop(a)
		self.Stop(a)
		if got := self.Input(); got.(Returned).Value != (Aborted{}) || time.Since(began) > time.Minute {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		if err := self.Send(a, 1); !errors.Is(err, ErrEnded) {
			t.Errorf("got %v, want ErrEnded", err)
		}
		b := self.Spawn(func(self *Self) any { self.Input(); return Faulted{"no", ""} }, Restart{Always: true})
		self.Stop(b) // a fault after Stop is the end
		if got := self.Input(); got.(Returned).Value != (Faulted{"no", ""}) {
			t.Errorf("got %v, want the fault", got)
		}
	})
}

// Events tell of each life.
func TestEvents(t *testing.T) {
	var events []Event
	bubble(t, Options{Events: func(e Event) { events = append(events, e) }, Mailbox: 1}, func(t *testing.T, sys *System) {
		lives := 0
		a := sys.Spawn(func(self *Self) any {
			if lives++; lives == 1 {
				return Faulted{"no", ""}
			}
			return lives
		}, Named("a"), Restart{})
		sys.Wait(t.Context(), a)
		err := sys.Send(a, 1)
		want := []Event{
			Spawned{Actor: a, Name: "a"}, Restarted{a, "a", Faulted{"no", ""}, 1},
			Ended{a, 2}, Refused{To: a, Type: "int", Err: err},
		}
		if !slices.Equal(events, want) {
			t.Errorf("got %v, want %v", events, want)
		}
	})
}

// What was on its way to a life when that ended does not come to the next.
func TestNothingOfALifeComesToTheNext(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		client, leave := sys.Enter("client")
		defer leave()
		var late []item // what came too late to be thrown away
		lives := 0
		a := client.Spawn(func(self *Self) any {
			if lives++; lives == 1 {
				self.Watch(client.Address())
				self.After(time.Hour, "timer")
				self.Ask(client.Address(), "question", func(any, error) { t.Error("a callback of the first life runs") })
				w := self.watches[client.at]
				a := self.asks.first
				late = []item{{message: chime{}}, {message: w}, {message: a}, {message: expiry{}}}
				panic("no")
			}
			for _, it := range late {
				self.box.put(it)
			}
			self.Send(client.Address(), "ready")
			for m := range self.Messages() {
				if _, ended := m.(Ended); ended {
					t.Errorf("got %v", m)
				}
				self.Reply(m)
			}
			return Aborted{}
		}, Restart{})
		if m := client.Input(); m != "question" {
			t.Errorf("got %v", m)
		}
		client.Input() // Restarted
		client.Input() // ready
		client.Send(a, "mine")
		if m := client.Input(); m != "mine" || lives != 2 {
			t.Errorf("got %v from life %d, want what was sent, from the second", m, lives)
		}
	})
}

// What Options.Events does wrong is not the fault of those it is told of.
func TestEventsPanics(t *testing.T) {
	var log bytes.Buffer
	options := Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Events: func(Event) { panic("no metrics") }}
	bubble(t, options, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		lives := 0
		a := self.Spawn(fickle(&lives), Named("child"), Restart{Tries: 1})
		self.Send(a, crash{})
		self.Send(a, crash{})
		var got []any
		for range 2 {
			got = append(got, self.Input())
		}
		fault := Faulted{"panic", "told to"}
		if want := []any{Restarted{a, "child", fault, 1}, Returned{a, "child", fault}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := self.Send(a, "late"); !errors.Is(err, ErrEnded) {
			t.Errorf("got %v, want ErrEnded", err)
		}
	})
	for _, event := range []string{"Spawned", "Restarted", "Ended", "Refused"} {
		if !strings.Contains(log.String(), `msg="Options.Events panicked" event=`+event+` panic="no metrics" stack=`) {
			t.Errorf("no line for %s in %s", event, log.String())
		}
	}
}

// A parent that takes nothing does not get more and more of a child that falls over again
// and again; one that sets Restarted aside has it as it was.
func TestRestartedDoesNotPileUp(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		a := self.Spawn(func(*Self) any { return Faulted{"no", ""} }, Named("child"), Restart{After: time.Millisecond, Limit: time.Hour, Tries: 10})
		time.Sleep(10 * time.Hour)
		self.After(0, "on")
		self.Select(func(m any) bool { return m == "on" })
		b := self.Spawn(func(*Self) any { return nil }, Named("other"), Restart{Always: true, Tries: 1, After: time.Millisecond})
		var got []any
		for len(got) < 4 {
			got = append(got, self.Input())
		}
		fault := Faulted{"no", ""}
		want := []any{Restarted{a, "child", fault, 10}, Returned{a, "child", fault}, Restarted{b, "other", nil, 1}, Returned{b, "other", nil}}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
