package actor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A State that was restarted is a function again, with nothing of what it was told; what
// others sent it comes in the order in which it would have had it.
func TestRestartOfAStateBeginsAsAFunction(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		late := sys.Spawn(func(s *Self) any {
			for m := range s.Messages() {
				time.Sleep(time.Minute)
				s.Reply(m)
			}
			return nil
		})
		stateOf := func(a Address) string {
			for info := range sys.Actors() {
				if info.Address == a {
					return info.State
				}
			}
			return "none"
		}
		lives := 0
		var last any
		saves := func(s *Self, m any) State {
			if m == "go" {
				panic("told to")
			}
			return s.Save()
		}
		a := self.Spawn(func(s *Self) any {
			lives++
			if err := s.Publish("name", Process); err != nil {
				return err
			}
			if lives == 1 {
				s.Every(time.Millisecond, "tick") // the first is saved
				s.Ask(late, 1, func(any, error) { t.Error("a callback of the first life") })
				return State(func(s *Self, m any) State { // passes what was saved on to saves
					if m == "next" {
						return saves
					}
					return s.Save()
				})
			}
			if !s.Sender().IsZero() || s.Log() == nil {
				t.Errorf("the second life begins with the sender %v", s.Sender())
			}
			var got []any
			for range 5 {
				got = append(got, s.Input())
			}
			m, ok := s.InputWithin(time.Hour)
			got = append(got, m, ok)
			if want := []any{"a", "b", "c", "d", Published{"name", Process}, nil, false}; !slices.Equal(got, want) {
				t.Errorf("the second life took %v, want %v", got, want)
			}
			if _, err := Ask[int](t.Context(), s, late, 1); err != (TimedOut{5 * time.Second}) {
				t.Errorf("a function that asks: got %v, want TimedOut", err)
			}
			last = s.Select(Is[Stop])
			return "orderly"
		}, Restart{After: time.Second})
		synctest.Wait()
		time.Sleep(2 * time.Millisecond)
		// When it fails it has saved a and b again, c is to come again, and d waits.
		for _, m := range []any{"a", "b", "go", "c", "next", "d"} {
			self.Send(a, m)
		}
		self.Select(Is[Restarted])
		if got := stateOf(a); got != "" {
			t.Errorf("it rests in the state %s", got)
		}
		time.Sleep(2 * time.Hour)
		self.Stop(a)
		if m := self.Input().(Returned); m.Value != "orderly" || last != (Stop{}) || lives != 2 {
			t.Errorf("got %v in life %d, which took %v", m, lives, last)
		}
	})
}

// What a callback said before it panicked means nothing to the next life.
func TestBecomeBeforeAPanic(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		lives := 0
		wrong := State(func(s *Self, m any) State { s.Reply("wrong"); return s.Stay() })
		a := self.Spawn(func(s *Self) any {
			if lives++; lives == 1 {
				s.AfterFunc(time.Millisecond, func() { s.Become(wrong); panic("told to") })
			}
			return State(func(s *Self, m any) State {
				if _, stop := m.(Stop); stop {
					return nil
				}
				s.Reply("right")
				return s.Stay()
			})
		}, Restart{})
		self.Select(Is[Restarted])
		for range 2 {
			if got, err := Ask[string](t.Context(), self, a, 1); got != "right" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		}
	})
}

// One that is stopped while it ends its children, to live again, does not.
func TestStopWhileItEndsItsChildren(t *testing.T) {
	bubble(t, Options{Grace: 10 * time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		lives := 0
		a := self.Spawn(func(s *Self) any {
			lives++
			s.Spawn(func(s *Self) any {
				for range s.Messages() {
				}
				time.Sleep(3 * time.Second)
				return nil
			})
			synctestSettle()
			return Faulted{"no", ""}
		}, Restart{})
		time.Sleep(time.Second)
		self.Stop(a)
		began := time.Now()
		m := self.Select(Is[Returned]).(Returned)
		if took := time.Since(began).Round(time.Second); m.Value != (Aborted{}) || took != 2*time.Second || lives != 1 {
			t.Errorf("got %v after %v in life %d, want Aborted after 2 s in the first", m, took, lives)
		}
	})
}

// The grace of who was stopped first is that of all below, also of those that are ending
// already: by themselves, or to be restarted.
func TestGraceReachesThoseThatEndAlready(t *testing.T) {
	for name, test := range map[string]struct {
		value   any
		options []SpawnOption
	}{
		"ends":         {nil, nil},
		"is restarted": {Faulted{"no", ""}, []SpawnOption{Restart{}}},
	} {
		bubble(t, Options{Grace: 10 * time.Second}, func(t *testing.T, sys *System) {
			stubborn := func(s *Self) any {
				for {
					s.Input()
				}
			}
			middle := func(s *Self) any {
				s.Spawn(stubborn)
				time.Sleep(5 * time.Second)
				return test.value // its child has until 15 s by itself
			}
			began := time.Now()
			a := sys.Spawn(func(s *Self) any {
				s.Spawn(middle, test.options...)
				for range s.Messages() {
				}
				time.Sleep(8 * time.Second)
				return "over"
			})
			synctest.Wait()
			sys.Stop(a)
			if value, err := sys.Wait(t.Context(), a); value != "over" || err != nil || time.Since(began) != 10*time.Second {
				t.Errorf("%s: got %v, %v after %v, want 10 s", name, value, err, time.Since(began))
			}
		})
	}
}

// A clock that goes off in the moment in which its actor fails has nobody to call in the
// next life.
func TestClockOfTheLifeBefore(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		self.box.put(item{message: chime{}})
		self.box.put(item{message: expiry{}})
		if m, ok := self.InputWithin(time.Second); ok {
			t.Errorf("got %v", m)
		}
		self.After(time.Second, "timer")
		self.box.put(item{message: chime{}})
		began := time.Now()
		if m := self.Input(); m != "timer" || time.Since(began) != time.Second {
			t.Errorf("got %v after %v", m, time.Since(began))
		}
	})
}
