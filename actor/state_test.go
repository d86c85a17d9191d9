package actor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// A lamp is a state machine: walkers wait while it is green for cars.
type lamp struct{}

type (
	walk struct{ who string }
	tick struct{}
)

func (l *lamp) green(self *Self, m any) State {
	switch m.(type) {
	case walk:
		return self.Save()
	case tick:
		return l.red
	}
	return nil
}

func (l *lamp) red(self *Self, m any) State {
	switch m := m.(type) {
	case walk:
		self.Reply("go on, " + m.who)
		return self.Stay()
	case tick:
		return l.green
	case string:
		return self.End(m)
	}
	return nil
}

func crossing(*Self) any { return State(new(lamp).green) }

func TestStateVerdicts(t *testing.T) {
	var events []Event
	bubble(t, Options{Events: func(e Event) {
		if _, ok := e.(Unhandled); ok {
			events = append(events, e)
		}
	}}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("walker")
		defer leave()
		a := self.Spawn(crossing)
		for _, m := range []any{walk{"one"}, walk{"two"}, 7, tick{}, walk{"three"}, tick{}, walk{"four"}, tick{}, "done"} {
			self.Send(a, m)
		}
		var got []any
		for range 5 {
			got = append(got, self.Input())
		}
		want := []any{"go on, one", "go on, two", "go on, three", "go on, four", Returned{a, "actor.crossing", "done"}}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if want := []Event{Unhandled{a, "actor.lamp.green", 7}}; !slices.Equal(events, want) {
			t.Errorf("got events %v, want %v", events, want)
		}
		if got := sys.Counts().Unhandled; got != 1 {
			t.Errorf("%d unhandled are counted, want 1", got)
		}
	})
}

// A bare method value is a State too; any other function is a fault.
func TestFunctionsAsResults(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		l := new(lamp)
		a := sys.Spawn(func(*Self) any { return l.red })
		sys.Send(a, "bare")
		if got, err := sys.Wait(t.Context(), a); got != "bare" || err != nil {
			t.Errorf("got %v, %v, want bare", got, err)
		}
		for _, f := range []any{func() {}, crossing, (func(*Self, any) State)(nil), State(nil)} {
			a := sys.Spawn(func(*Self) any { return f })
			got, err := sys.Wait(t.Context(), a)
			if fault, ok := got.(Faulted); !ok || err != nil || fault.Condition != "no result" {
				t.Errorf("%T: got %v, %v, want a Faulted", f, got, err)
			}
		}
	})
}

func TestStopEndsAState(t *testing.T) {
	bubble(t, Options{Grace: 5 * time.Second}, func(t *testing.T, sys *System) {
		a := sys.Spawn(crossing)
		synctest.Wait()
		sys.Stop(a)
		if got, err := sys.Wait(t.Context(), a); got != (Aborted{}) || err != nil {
			t.Errorf("got %v, %v, want Aborted", got, err)
		}

		// One that handles Stop may go on for the grace.
		deaf := State(func(self *Self, m any) State { return self.Stay() })
		b := sys.Spawn(func(self *Self) any { return deaf })
		began := time.Now()
		synctest.Wait()
		sys.Stop(b)
		if got, err := sys.Wait(t.Context(), b); got != (Aborted{}) || err != nil || time.Since(began) != 5*time.Second {
			t.Errorf("got %v, %v after %v, want Aborted after 5 s", got, err, time.Since(began))
		}
		c := sys.Spawn(func(self *Self) any {
			return State(func(self *Self, m any) State {
				if _, stop := m.(Stop); stop {
					return self.End("orderly")
				}
				return nil
			})
		})
		sys.Stop(c)
		if got, err := sys.Wait(t.Context(), c); got != "orderly" || err != nil {
			t.Errorf("got %v, %v, want orderly", got, err)
		}
	})
}

func TestStateMustNotWait(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		other := sys.Spawn(echo)
		verbs := map[string]func(self *Self){
			"Input":        func(self *Self) { self.Input() },
			"InputWithin":  func(self *Self) { self.InputWithin(0) },
			"Select":       func(self *Self) { self.Select() },
			"SelectWithin": func(self *Self) { self.SelectWithin(0) },
			"Messages": func(self *Self) {
				for range self.Messages() {
				}
			},
		}
		for verb, f := range verbs {
			state := sys.Spawn(func(self *Self) any {
				return State(func(self *Self, m any) State { f(self); return self.Stay() })
			})
			sys.Send(state, 1)
			callback := sys.Spawn(func(self *Self) any {
				self.AfterFunc(0, func() { f(self) })
				return self.Input()
			})
			for _, a := range []Address{state, callback} {
				got, _ := sys.Wait(t.Context(), a)
				if fault, ok := got.(Faulted); !ok || !strings.Contains(fault.Explanation, "must not wait") {
					t.Errorf("%s: got %v, want a Faulted", verb, got)
				}
			}
		}
		a := sys.Spawn(func(self *Self) any {
			return State(func(self *Self, m any) State {
				_, err := Ask[int](context.Background(), self, other, 1)
				return self.End([]error{err, self.SendWait(context.Background(), other, 1)})
			})
		})
		sys.Send(a, 1)
		got, _ := sys.Wait(t.Context(), a)
		for _, err := range got.([]error) {
			if !errors.Is(err, ErrWouldBlock) {
				t.Errorf("got %v, want ErrWouldBlock", err)
			}
		}
	})
}

func TestBecomeIsForCallbacks(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		other := sys.Spawn(echo)
		second := State(func(self *Self, m any) State { return self.End(fmt.Sprint("second ", m)) })
		a := sys.Spawn(func(self *Self) any {
			self.Ask(other, 1, func(any, error) { self.Become(second) })
			return State(func(self *Self, m any) State { return self.Save() })
		})
		sys.Send(a, "saved")
		if got, _ := sys.Wait(t.Context(), a); got != "second saved" {
			t.Errorf("got %v, want second saved", got)
		}
		b := sys.Spawn(func(self *Self) any {
			self.AfterFunc(time.Second, func() { self.Become(self.End(7)) })
			return State(func(self *Self, m any) State { return nil })
		})
		if got, _ := sys.Wait(t.Context(), b); got != 7 {
			t.Errorf("got %v, want 7", got)
		}
		for _, f := range []Func{
			func(self *Self) any { self.Become(second); return nil },
			func(self *Self) any {
				self.Send(self.Address(), 1)
				return State(func(self *Self, m any) State { self.Become(second); return self.Stay() })
			},
		} {
			got, _ := sys.Wait(t.Context(), sys.Spawn(f))
			if fault, ok := got.(Faulted); !ok || !strings.Contains(fault.Explanation, "actor.Become") {
				t.Errorf("got %v, want a Faulted", got)
			}
		}
	})
}

func TestPanicsOfStates(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		other := sys.Spawn(echo)
		waits := State(func(self *Self, m any) State {
			if m == "panic" {
				panic("dropped it")
			}
			return self.Stay()
		})
		for name, f := range map[string]Func{
			"state":    func(self *Self) any { self.Send(self.Address(), "panic"); return waits },
			"timer":    func(self *Self) any { self.AfterFunc(1, func() { panic("dropped it") }); return waits },
			"callback": func(self *Self) any { self.Ask(other, 1, func(any, error) { panic("dropped it") }); return waits },
			"child": func(self *Self) any {
				self.SpawnThen(echo2, func(any, error) { panic("dropped it") })
				return waits
			},
		} {
			if got, _ := sys.Wait(t.Context(), sys.Spawn(f)); got != (Faulted{"panic", "dropped it"}) {
				t.Errorf("%s: got %v, want Faulted", name, got)
			}
		}
	})
}

func echo2(*Self) any { return nil }

// What is saved counts against the bound.
func TestSavedIsBounded(t *testing.T) {
	bubble(t, Options{Mailbox: 3}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("sender")
		defer leave()
		a := self.Spawn(crossing)
		for i := range 5 {
			synctest.Wait()
			err := self.Send(a, walk{fmt.Sprint(i)})
			if want := i >= 3; errors.Is(err, ErrOverloaded) != want {
				t.Errorf("message %d: got %v", i, err)
			}
		}
		for info := range sys.Actors() {
			if info.Address == a && (info.Waiting != 3 || info.State != "actor.lamp.green") {
				t.Errorf("got %+v, want 3 waiting in actor.lamp.green", info)
			}
		}
		sys.Stop(a)
		var got []any
		for range 4 {
			got = append(got, self.Input())
		}
		want := []any{}
		for i := range 3 {
			want = append(want, Undelivered{a, walk{fmt.Sprint(i)}, "the actor has ended"})
		}
		if want = append(want, Returned{a, "actor.crossing", Aborted{}}); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// A machine that saves, against a list: each message once, in the order that the
// rules say.
func TestSaveAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// A message n is taken by the state n%3, which goes to n/3%3; others save it.
		messages := rapid.SliceOfN(rapid.IntRange(0, 8), 0, 40).Draw(t, "messages")
		var want []int
		state, rest := 0, slices.Clone(messages)
		for i := 0; i < len(rest); {
			if rest[i]%3 != state {
				i++
				continue
			}
			want = append(want, rest[i])
			state = rest[i] / 3
			rest = slices.Delete(rest, i, i+1)
			i = 0
		}
		sys := quiet(t)
		var got []int
		var at func(n int) State
		at = func(n int) State {
			return func(self *Self, m any) State {
				v, ok := m.(int)
				if !ok {
					return self.End(nil)
				}
				if v%3 != n {
					return self.Save()
				}
				got = append(got, v)
				return at(v / 3)
			}
		}
		a := sys.Spawn(func(*Self) any { return at(0) })
		for _, m := range messages {
			sys.Send(a, m)
		}
		sys.Send(a, "end")
		sys.Wait(context.Background(), a)
		sys.Close(context.Background())
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestStateFails sees that what a State was given when it failed waits no more, be it
// from the mailbox or saved before.
func TestStateFails(t *testing.T) {
	for _, saved := range []bool{false, true} {
		bubble(t, Options{}, func(t *testing.T, sys *System) {
			self, leave := sys.Enter("parent")
			defer leave()
			fails := func(self *Self, m any) State {
				if _, ok := m.(walk); ok {
					panic("run over")
				}
				self.Reply(m)
				return self.Stay()
			}
			a := self.Spawn(func(*Self) any {
				if !saved {
					return State(fails)
				}
				return State(func(self *Self, m any) State {
					if _, ok := m.(walk); ok {
						return self.Save()
					}
					return fails
				})
			}, Mailbox(2), Restart{})
			self.Send(a, walk{"one"})
			if saved {
				self.Send(a, tick{})
			}
			if m := self.Input(); !Is[Restarted](m) {
				t.Fatalf("got %v, want Restarted", m)
			}
			for info := range sys.Actors() {
				if info.Address == a && info.Waiting > 0 {
					t.Errorf("saved %v: %d wait", saved, info.Waiting)
				}
			}
		})
	}
}

// What a callback says Become to is the state when the next callback runs, also where the
// time of both asks is up at once.
func TestBecomeBetweenCallbacks(t *testing.T) {
	bubble(t, Options{AskTimeout: time.Second}, func(t *testing.T, sys *System) {
		deaf := sys.Spawn(func(*Self) any { return State(func(self *Self, m any) State { return nil }) })
		var got []string
		second := State(func(self *Self, m any) State { return self.Stay() })
		a := sys.Spawn(func(self *Self) any {
			for _, name := range []string{"one", "two", "three"} {
				self.Ask(deaf, "question", func(any, error) {
					if codeOf(self.state) == codeOf(second) {
						name += " in the second"
					}
					got = append(got, name)
					switch name {
					case "one":
						self.Become(second)
					case "two in the second":
						self.Become(self.End("over"))
					}
				})
			}
			return State(func(self *Self, m any) State { return self.Stay() })
		})
		result, _ := sys.Wait(t.Context(), a)
		if want := []string{"one", "two in the second"}; !slices.Equal(got, want) || result != "over" {
			t.Errorf("got %q and %v, want %q and its End", got, result, want)
		}
	})
}
