package actor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestChildReturnsToItsParent(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		child := self.Spawn(func(*Self) any { return 7 }, Named("seven"))
		if got, want := self.Input(), (Returned{child, "seven", 7}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if list := slices.Collect(self.Children()); len(list) != 0 {
			t.Errorf("children are left: %v", list)
		}
		if err := self.Stop(child); err != ErrNotChild {
			t.Errorf("Stop of one that has ended: got %v, want ErrNotChild", err)
		}
	})
}

func TestChildReturnsToACallback(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		type end struct {
			value any
			err   error
		}
		var got []end
		then := func(value any, err error) { got = append(got, end{value, err}) }
		self.SpawnThen(func(*Self) any { return 7 }, then)
		synctest.Wait()
		self.SpawnThen(func(*Self) any { return Faulted{"no", ""} }, then)
		synctest.Wait()
		self.SpawnThen(func(*Self) any { return "typed" }, Then(func(s string, err error) { then(s, err) }))
		if m, ok := self.InputWithin(time.Second); ok {
			t.Errorf("got message %v", m)
		}
		if want := []end{{7, nil}, {nil, Faulted{"no", ""}}, {"typed", nil}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPanicIsAResult(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	bubble(t, Options{Logger: logger}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		child := self.Spawn(clumsy)
		if got, want := self.Input(), (Returned{child, "actor.clumsy", Faulted{"panic", "dropped it"}}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	text := log.String()
	if strings.Count(text, "dropped it") != 1 || !strings.Contains(text, "life_test.go") {
		t.Errorf("got log %q, want the panic once, with its stack", text)
	}
}

func clumsy(*Self) any { panic("dropped it") }

func TestPanicInACallbackEndsTheActor(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(self *Self) any {
			self.AfterFunc(time.Second, func() { panic("dropped it") })
			self.Input()
			return nil
		})
		if got, err := sys.Wait(t.Context(), a); got != (Faulted{"panic", "dropped it"}) || err != nil {
			t.Errorf("got %v, %v, want Faulted", got, err)
		}
	})
}

func TestGoexitIsAResult(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(*Self) any {
			runtime.Goexit()
			return 1
		})
		got, err := sys.Wait(t.Context(), a)
		if want := (Faulted{"goexit", "the actor's goroutine ended without a result"}); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// journal notes who did what, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) read() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

func TestChildrenEndBeforeTheirParent(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var j journal
		grandchild := func(self *Self) any {
			for range self.Messages() {
			}
			time.Sleep(time.Second)
			j.note("grandchild")
			return nil
		}
		child := func(self *Self) any {
			self.Spawn(grandchild)
			for range self.Messages() {
			}
			j.note("child's function")
			return nil
		}
		parent := sys.Spawn(func(self *Self) any {
			self.Spawn(child)
			synctestSettle()
			return "done" // not stopped: its end stops them
		})
		sys.Wait(t.Context(), parent)
		j.note("parent")
		if want := []string{"child's function", "grandchild", "parent"}; !slices.Equal(j.read(), want) {
			t.Errorf("got %v, want %v", j.lines, want)
		}
	})
}

// synctestSettle lets the other goroutines of a bubble go on until they wait.
func synctestSettle() { time.Sleep(time.Millisecond) }

func TestStopCancelsWhenSentAndEndsTheLoopWhenTaken(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var got []any
		a := sys.Spawn(func(self *Self) any {
			<-self.Context().Done() // sent, while two messages are before it
			got = append(got, context.Cause(self.Context()))
			for m := range self.Messages() {
				got = append(got, m)
			}
			for range 2 {
				m, ok := self.InputWithin(time.Second) // an orderly end goes on
				got = append(got, m, ok)
			}
			return "orderly"
		})
		for _, m := range []any{1, 2, Stop{}, 3, Stop{}} {
			if err := sys.Send(a, m); err != nil {
				t.Errorf("Send %v: %v", m, err)
			}
		}
		sys.Stop(a) // once is enough
		if value, _ := sys.Wait(t.Context(), a); value != "orderly" {
			t.Errorf("got result %v, want orderly", value)
		}
		if want := []any{Aborted{}, 1, 2, 3, true, nil, false}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestContextEndsWithTheActor(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var ctx context.Context
		a := sys.Spawn(func(self *Self) any { ctx = self.Context(); return nil })
		sys.Wait(t.Context(), a)
		if got := context.Cause(ctx); got != (Aborted{}) {
			t.Errorf("got %v, want Aborted", got)
		}
	})
}

func TestGraceEndsTheWholeTree(t *testing.T) {
	bubble(t, Options{Grace: 5 * time.Second}, func(t *testing.T, sys *System) {
		var j journal
		stubborn := func(name string) Func {
			return func(self *Self) any {
				defer j.note(name)
				for {
					self.Input() // Stop too is only a message to it
				}
			}
		}
		began := time.Now()
		a := sys.Spawn(func(self *Self) any {
			self.Spawn(stubborn("child"))
			return stubborn("parent")(self)
		})
		synctest.Wait()
		sys.Stop(a)
		if got, err := sys.Wait(t.Context(), a); got != (Aborted{}) || err != nil {
			t.Errorf("got %v, %v, want Aborted", got, err)
		}
		if got := time.Since(began); got != 5*time.Second {
			t.Errorf("ended after %v, want 5 s", got)
		}
		slices.Sort(j.lines)
		if want := []string{"child", "parent"}; !slices.Equal(j.read(), want) {
			t.Errorf("deferred functions that ran: got %v, want %v", j.lines, want)
		}
	})
}

func TestGraceOfTheStoppedHoldsForChildrenStoppedLater(t *testing.T) {
	bubble(t, Options{Grace: 5 * time.Second}, func(t *testing.T, sys *System) {
		began := time.Now()
		a := sys.Spawn(func(self *Self) any {
			self.Spawn(func(self *Self) any {
				for {
					self.Input()
				}
			})
			for range self.Messages() {
			}
			time.Sleep(3 * time.Second)
			return nil
		})
		synctest.Wait()
		sys.Stop(a)
		sys.Wait(t.Context(), a)
		if got := time.Since(began); got != 5*time.Second {
			t.Errorf("ended after %v, want 5 s", got)
		}
	})
}

func TestMessagesLeftAtTheEndAreUndelivered(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("sender")
		defer leave()
		a := sys.Spawn(func(self *Self) any { self.Input(); return nil })
		self.Send(a, 1)
		synctest.Wait()
		if err := self.Send(a, 2); !errors.Is(err, ErrEnded) {
			t.Errorf("Send to the ended: got %v, want ErrEnded", err)
		}
		b := sys.Spawn(func(self *Self) any {
			time.Sleep(time.Second)
			self.Input()
			return nil
		})
		self.Send(b, 3)
		self.Send(b, 4)
		sys.Send(b, 5) // from nobody: only counted
		want := Undelivered{b, 4, "the actor has ended"}
		if got := self.Input(); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		sys.Wait(t.Context(), b)
		if got, want := sys.Counts(), (Counts{Refused: 1, Undelivered: 2}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestNames(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		s := &stage{names: make(chan string, 3)}
		sys.Wait(t.Context(), sys.Spawn(s.play))
		sys.Wait(t.Context(), sys.Spawn(s.play, Named("lead")))
		sys.Wait(t.Context(), sys.Spawn(func(self *Self) any { s.names <- self.Name(); return nil }))
		got := []string{<-s.names, <-s.names, <-s.names}
		if want := []string{"actor.stage.play", "lead", "actor.TestNames.func1.1"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

type stage struct{ names chan string }

func (s *stage) play(self *Self) any { s.names <- self.Name(); return nil }

func TestLogNamesTheActor(t *testing.T) {
	var log bytes.Buffer
	bubble(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("probe")
		defer leave()
		self.Log().Warn("look")
		if want := "msg=look actor=probe address=" + self.Address().String(); !strings.Contains(log.String(), want) {
			t.Errorf("got %q, want %q in it", log.String(), want)
		}
	})
}

// A child that takes no messages cannot be ended. After the grace its parent goes on, and
// names it; the child's own end is nobody's then.
func TestParentGoesOnWithoutADeafChild(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, Options{Grace: 5 * time.Second, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		wakes := make(chan struct{})
		deaf := func(*Self) any { <-wakes; return "late" }
		lives := 0
		parent := func(self *Self) any {
			if lives++; lives > 1 {
				if list := slices.Collect(self.Children()); len(list) != 0 {
					t.Errorf("the next life has the children %v", list)
				}
				if m, ok := self.InputWithin(time.Hour); ok {
					t.Errorf("the next life is told %v", m)
				}
				return nil
			}
			self.Spawn(echo)
			self.Spawn(deaf, Named("deaf"))
			self.SpawnThen(deaf, func(any, error) { t.Error("a callback of the first life") }, Named("deaf too"))
			return Faulted{"no", ""}
		}
		began := time.Now()
		for _, options := range [][]SpawnOption{nil, {Restart{Tries: 1, After: time.Second}}} {
			lives = 0
			a := sys.Spawn(func(self *Self) any { self.Spawn(parent, options...); return self.Input() })
			value, _ := sys.Wait(t.Context(), a)
			switch m := value.(type) {
			case Returned:
				if took := time.Since(began); m.Value != (Faulted{"no", ""}) || took != 5*time.Second+lastMoment {
					t.Errorf("got %v after %v, want the fault", m, took)
				}
			case Restarted:
			default:
				t.Errorf("got %v", value)
			}
		}
		self, leave := sys.Enter("parent")
		lives = 0
		self.Spawn(parent, Restart{Tries: 1, After: time.Second})
		self.Select(Is[Restarted])
		time.AfterFunc(10*time.Minute, func() { close(wakes) })
		if m := self.Input().(Returned); m.Value != nil {
			t.Errorf("got %v", m)
		}
		leave()
		if err := sys.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if n := len(sys.cells.all()); n != 0 {
			t.Errorf("%d actors are left", n)
		}
	})
	for _, name := range []string{"deaf (", "deaf too ("} {
		if !strings.Contains(log.String(), `goes on without a child that takes no messages" actor=actor.TestParentGoesOn`) || !strings.Contains(log.String(), `child="`+name) {
			t.Errorf("the log names no %q: %s", name, log.String())
		}
	}
}

// Close names those whose parents have gone on. An actor that waits for such a child is
// none itself, be it that it ends or that it is restarted: its parent waits for it.
func TestCloseNamesOrphans(t *testing.T) {
	for name, value := range map[string]any{"ends": nil, "is restarted": Faulted{"no", ""}} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			sys := alone(t, Options{Grace: 5 * time.Second, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			wakes := make(chan struct{})
			sys.Spawn(func(self *Self) any {
				self.SpawnThen(func(self *Self) any {
					self.Spawn(func(*Self) any { <-wakes; return nil }, Named("deaf"))
					time.Sleep(3 * time.Second) // its child has until 8 s by itself
					return value
				}, func(any, error) {}, Restart{})
				for range self.Messages() {
				}
				time.Sleep(3 * time.Second)
				return nil
			})
			time.Sleep(time.Second)
			began := time.Now()
			err := sys.Close(context.Background())
			if err == nil || !strings.Contains(err.Error(), "ended: deaf (") || strings.Contains(err.Error(), ", ") {
				t.Errorf("%s: got %v, want an error that names deaf alone", name, err)
			}
			if took := time.Since(began); took != 5*time.Second+lastMoment {
				t.Errorf("%s: it took %v", name, took)
			}
			synctest.Wait()
			if n := strings.Count(log.String(), "goes on without"); n != 1 {
				t.Errorf("%s: %d go on without a child, want the one whose child is deaf:\n%s", name, n, log.String())
			}
			close(wakes)
		})
	}
}
