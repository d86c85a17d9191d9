package actor

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// failures are ways to fail over a message, of a function and of a State.
var failures = map[string]Func{
	"a panic":   func(self *Self) any { self.Input(); panic("told to") },
	"an error":  func(self *Self) any { self.Input(); return Faulted{"no", ""} },
	"a goexit":  func(self *Self) any { self.Input(); runtime.Goexit(); return nil },
	"an abort":  func(self *Self) any { self.Input(); return Aborted{} },
	"a request": func(self *Self) any { self.Input(); return func() {} },
	"a State's panic": func(self *Self) any {
		return State(func(self *Self, m any) State { panic("told to") })
	},
	"a State's end": func(self *Self) any {
		return State(func(self *Self, m any) State { return self.End(Faulted{"no", ""}) })
	},
	"a State's panic over what it had saved": func(self *Self) any {
		self.After(time.Millisecond, "now")
		return State(func(self *Self, m any) State {
			if m != "now" {
				return self.Save()
			}
			return func(self *Self, m any) State { panic("told to") }
		})
	},
}

// Who asked what an actor fails over is told at once, whether or not it is restarted,
// and however he waits.
func TestAskOfAnActorThatFails(t *testing.T) {
	for name, f := range failures {
		for _, options := range [][]SpawnOption{nil, {Restart{After: time.Hour}}} {
			bubble(t, Options{}, func(t *testing.T, sys *System) {
				self, leave := sys.Enter("client")
				defer leave()
				want := func(a Address) Undelivered { return Undelivered{a, "question", "the actor has failed over it"} }
				began := time.Now()

				a := sys.Spawn(f, options...)
				if _, err := Ask[int](t.Context(), sys, a, "question"); err != want(a) {
					t.Errorf("%s: from anywhere: got %v, want %v", name, err, want(a))
				}
				a = sys.Spawn(f, options...)
				if _, err := Ask[int](t.Context(), self, a, "question"); err != want(a) {
					t.Errorf("%s: in an actor: got %v, want %v", name, err, want(a))
				}
				a = sys.Spawn(f, options...)
				var got error
				self.Ask(a, "question", func(_ any, err error) { got = err; self.Send(self.Address(), "on") })
				if self.Input(); got != want(a) {
					t.Errorf("%s: by callback: got %v, want %v", name, got, want(a))
				}
				if took := time.Since(began); took > time.Second {
					t.Errorf("%s: it took %v", name, took)
				}
				if got, want := sys.Counts(), (Counts{Undelivered: 3}); got != want {
					t.Errorf("%s: got %+v, want %+v", name, got, want)
				}
			})
		}
	}
}

// Of what an actor has answered or passed on nothing is said when it fails, nor to one
// who did not ask.
func TestFailureAfterTheReply(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		slowly := sys.Spawn(func(self *Self) any {
			for m := range self.Messages() {
				time.Sleep(time.Second)
				self.Reply(m)
			}
			return nil
		})
		for name, answer := range map[string]func(self *Self, m any){
			"Reply":            func(self *Self, m any) { self.Reply(m) },
			"Send":             func(self *Self, m any) { self.Send(self.Sender(), m) },
			"Forward":          func(self *Self, m any) { self.Forward(slowly, m) },
			"the next message": func(self *Self, m any) { self.Forward(slowly, m); self.Input() },
			"waiting": func(self *Self, m any) {
				self.Forward(slowly, m)
				self.AfterFunc(time.Millisecond, func() { panic("told to") })
				self.SelectWithin(time.Second, Is[bool])
			},
		} {
			a := sys.Spawn(func(self *Self) any { answer(self, self.Input()); panic("told to") })
			sent := make(chan struct{})
			time.AfterFunc(time.Millisecond/2, func() { self.System().Send(a, "more"); close(sent) })
			if got, err := Ask[string](t.Context(), sys, a, name); got != name || err != nil {
				t.Errorf("%s: got %v, %v, want a reply", name, got, err)
			}
			<-sent
			synctest.Wait()
			if m, ok := self.InputWithin(time.Second); ok {
				t.Errorf("%s: got %v", name, m)
			}
		}
		if got := sys.Counts().Late; got != 0 {
			t.Errorf("%d replies were late", got)
		}
		a := sys.Spawn(failures["a panic"])
		self.Send(a, "no question")
		if m, ok := self.InputWithin(time.Second); ok {
			t.Errorf("who did not ask got %v", m)
		}
	})
}

// It is so between processes too, be it in a session or not: the message is told again
// from what was asked.
func TestAskOfAnActorThatFailsElsewhere(t *testing.T) {
	for _, bound := range []bool{true, false} {
		plant(t, nil, func(t *testing.T, tr *tree) {
			one, two := tr.open(t, Options{}), tr.open(t, Options{})
			client := enter(t, two, "client")
			lives := 0
			one.Spawn(func(self *Self) any {
				lives++
				if err := self.Publish("fickle"); err != nil {
					return err
				}
				for m := range self.Messages() {
					if m == "question" {
						panic("told to")
					}
				}
				return Aborted{}
			}, Restart{After: time.Hour})
			client.Subscribe("fickle")
			to := await[Available](t, client).Publisher
			if !bound {
				to = stray(to)
			}
			began := time.Now()
			_, err := Ask[int](context.Background(), client, to, "question")
			var u Undelivered
			if !errors.As(err, &u) || u.Message != "question" || u.Reason != "the actor has failed over it" || u.To.at != to.at {
				t.Errorf("bound %v: got %v, want Undelivered", bound, err)
			}
			if took := time.Since(began); took > time.Second || lives != 1 {
				t.Errorf("bound %v: it took %v, in life %d", bound, took, lives)
			}
		})
	}
}

// A worker that is restarted over a request has let go of it: another gets it at once.
func TestPoolAndAWorkerThatIsRestarted(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run)
		var took []string
		worker := func(name string, lives *int) Func {
			return func(self *Self) any {
				*lives++
				return State(func(self *Self, m any) State {
					if s, ok := m.(string); ok {
						if took = append(took, name+" "+s); name == "fickle" && *lives == 1 {
							panic("told to")
						}
						self.Reply(s)
						return self.Stay()
					}
					return nil
				})
			}
		}
		var first, second int
		fickle := sys.Spawn(worker("fickle", &first), Restart{After: time.Second})
		self.Send(pool, JoinPool{fickle})
		began := time.Now()
		self.Send(pool, "one")
		synctest.Wait()
		self.Send(pool, JoinPool{sys.Spawn(worker("steady", &second))})
		if got := self.Input(); got != "one" || time.Since(began) > 2*time.Second {
			t.Errorf("got %v after %v, want one", got, time.Since(began))
		}
		time.Sleep(2 * time.Second)
		for range 2 {
			self.Send(pool, "more")
			if got := self.Input(); got != "more" {
				t.Errorf("got %v, want more", got)
			}
		}
		slices.Sort(took[1:])
		if !slices.Contains(took, "fickle more") || first != 2 || second != 1 {
			t.Errorf("%v were taken, in lives %d and %d: who was restarted is a worker still", took, first, second)
		}
	})
}
