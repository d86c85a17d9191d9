package actortest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestOpenEndsWhatTakesStop(t *testing.T) {
	both(t, func(t *testing.T) {
		wants(t, judge(func(t testing.TB) {
			sys := actortest.Open(t, apiTypes)
			for range 3 {
				sys.Spawn(worker)
			}
			sys.Spawn(func(self *actor.Self) any {
				self.Spawn(worker)
				return actor.State(func(self *actor.Self, m any) actor.State { return nil })
			})
			actortest.NewProbe(t, sys).Send(sys.Spawn(worker), "x")
		}))
	})
}

func TestOpenRefusesTypes(t *testing.T) {
	twice := actor.Types{actor.Type[Xy]("xy"), actor.Type[Table]("xy")}
	wants(t, judge(func(t testing.TB) { actortest.Open(t, twice) }), []string{`"xy"`, "taken"})
}

// In virtual time alone: an actor has ten seconds.
func TestOpenFindsActorsThatAreLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		wants(t, judge(func(t testing.TB) {
			actortest.Open(t, nil).Spawn(func(*actor.Self) any { <-release; return nil }, actor.Named("deaf"))
		}), []string{"deaf", "time after Stop"}, []string{"have not ended", "deaf"})
		close(release)

		wants(t, judge(func(t testing.TB) {
			actortest.Open(t, nil).Spawn(func(self *actor.Self) any {
				for {
					self.Input()
				}
			}, actor.Named("stubborn"))
		}), []string{"stubborn", "time after Stop"})
	})
}

func TestOpenFindsPanics(t *testing.T) {
	where := map[string]actor.Func{
		"a function": func(*actor.Self) any { panic("oh dear") },
		"a state": func(self *actor.Self) any {
			self.After(0, 1)
			return actor.State(func(*actor.Self, any) actor.State { panic("oh dear") })
		},
		"a timer of a state": func(self *actor.Self) any {
			self.AfterFunc(0, func() { panic("oh dear") })
			return actor.State(func(*actor.Self, any) actor.State { return nil })
		},
		"a callback": func(self *actor.Self) any {
			self.SpawnThen(func(*actor.Self) any { return nil }, func(any, error) { panic(errors.New("oh dear")) })
			return self.Input()
		},
	}
	for name, f := range where {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T) {
				live := func(t testing.TB, allowed ...actortest.Allowance) {
					sys := actortest.Open(t, nil, allowed...)
					if _, err := sys.Wait(context.Background(), sys.Spawn(f, actor.Named("clumsy"))); err != nil {
						t.Fatal(err)
					}
				}
				wants(t, judge(func(t testing.TB) { live(t) }), []string{"clumsy", "panicked: oh dear", "open_test.go"})
				wants(t, judge(func(t testing.TB) { live(t, actortest.Panics("dear")) }))
				wants(t, judge(func(t testing.TB) { live(t, actortest.Panics("other")) }), []string{"panicked: oh dear"})
			})
		})
	}
	wants(t, judge(func(t testing.TB) { actortest.Open(t, nil, actortest.Panics("dear")) }),
		[]string{`there was to be a panic with "dear"`})
}

// A child that panics and is restarted panics each time.
func TestOpenFindsPanicsOfTheRestarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := judge(func(t testing.TB) {
			sys := actortest.Open(t, nil)
			a := sys.Spawn(func(*actor.Self) any { panic("again") }, actor.Restart{Tries: 2})
			sys.Wait(context.Background(), a)
		})
		wants(t, failures, []string{"again"}, []string{"again"}, []string{"again"})
	})
}

// A case that handles its message and returns nil.
func forgetful(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case Xy:
		self.Reply(Table{})
	}
	return nil
}

func TestOpenFindsWhatStatesLeave(t *testing.T) {
	both(t, func(t *testing.T) {
		ask := func(t testing.TB, allowed ...actortest.Allowance) {
			sys := actortest.Open(t, apiTypes, allowed...)
			a := sys.Spawn(func(self *actor.Self) any {
				self.Publish("forgetful") // Published and Delivered may be left alone
				return actor.State(forgetful)
			})
			client := actortest.NewProbe(t, sys)
			if err := client.Subscribe("forgetful"); err != nil {
				t.Fatal(err)
			}
			actortest.Await[actor.Available](client)
			client.Send(a, Xy{2, 3})
			actortest.Expect[Table](client)
		}
		wants(t, judge(func(t testing.TB) { ask(t) }), []string{"forgetful", "returned nil for actortest_test.Xy: {X:2 Y:3}", "self.Stay()"})
		wants(t, judge(func(t testing.TB) { ask(t, actortest.Leaves[Xy]()) }))
		wants(t, judge(func(t testing.TB) { ask(t, actortest.Leaves[Xy](), actortest.Leaves[Table]()) }),
			[]string{"there was to be a State that returns nil for a actortest_test.Table"})
	})
}

type (
	unnamed struct{ X int } // not among the types
	inner   struct{ C chan int }
	strange struct{ error }
)

// Every way of sending, with a system that stands alone.
func ways(t *testing.T, sys *actor.System) map[string]func(message any) (arrived any, refused error) {
	client := actortest.NewProbe(t, sys)
	server := sys.Spawn(func(self *actor.Self) any {
		self.Publish("server")
		for m := range self.Messages() {
			if _, fact := m.(actor.Delivered); !fact {
				self.Reply(m)
			}
		}
		return nil
	})
	if err := client.Subscribe("server"); err != nil {
		t.Fatal(err)
	}
	session := actortest.Await[actor.Available](client).Publisher
	taken := func(err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return client.Input(), nil
	}
	return map[string]func(any) (any, error){
		"Send":     func(m any) (any, error) { return taken(client.Send(server, m)) },
		"SendWait": func(m any) (any, error) { return taken(client.SendWait(t.Context(), server, m)) },
		"session":  func(m any) (any, error) { return taken(client.Send(session, m)) },
		"System":   func(m any) (any, error) { return taken(sys.Send(client.Address(), m)) },
		"Ask":      func(m any) (any, error) { return actor.Ask[any](t.Context(), client, server, m) },
		"Ask of a System": func(m any) (any, error) {
			return actor.Ask[any](t.Context(), sys, server, m)
		},
		"Self.Ask": func(m any) (arrived any, refused error) {
			client.Ask(server, m, func(reply any, err error) { arrived, refused = reply, err })
			client.InputWithin(time.Second / 10)
			return arrived, refused
		},
	}
}

func TestOpenSendsThroughTheCodec(t *testing.T) {
	both(t, func(t *testing.T) {
		for name, send := range ways(t, actortest.Open(t, apiTypes)) {
			table := Table{{1, 2}, {3}}
			arrived, err := send(table)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			table[0][0] = 7
			if got, ok := arrived.(Table); !ok || got[0][0] != 1 || len(got) != 2 {
				t.Errorf("%s: got %v, want a copy", name, arrived)
			}
			for _, m := range []any{unnamed{1}, inner{}, make(chan int), &Xy{}, &unnamed{}, func() {}, []unnamed{{1}}, []any{unnamed{}}} {
				portable := new(actor.PortableError)
				if arrived, err := send(m); !errors.As(err, &portable) {
					t.Errorf("%s of a %T: got %v, %v, want a PortableError", name, m, arrived, err)
				}
			}
			// Words of the runtime stay what they are.
			for _, m := range []any{actor.LeavePool{}, actor.Published{Name: "x"}, nil, 7, "x"} {
				if arrived, err := send(m); arrived != m || (err != nil && m != nil) {
					if e := (actor.Unexpected{}); m == nil && errors.As(err, &e) {
						continue // Ask[any] of nil
					}
					t.Errorf("%s of %v: got %v, %v", name, m, arrived, err)
				}
			}
		}
	})
}

// What another process does not know is a Faulted there, so it is one here.
func TestOpenMakesErrorsFaulted(t *testing.T) {
	both(t, func(t *testing.T) {
		sys := actortest.Open(t, nil)
		client := actortest.NewProbe(t, sys)
		client.Send(client.Address(), strange{errors.New("strange")})
		if got := actortest.Expect[actor.Faulted](client); got.Condition != "strange" {
			t.Errorf("got %v, want strange", got)
		}
	})
}

func TestOpenLetsLocalMessagesThrough(t *testing.T) {
	both(t, func(t *testing.T) {
		sys := actortest.Open(t, apiTypes, actortest.Local[inner](), actortest.Local[*unnamed]())
		client := actortest.NewProbe(t, sys)
		c, p := make(chan int), new(unnamed)
		client.Send(client.Address(), inner{c})
		client.Send(client.Address(), p)
		if got := actortest.Expect[inner](client); got.C != c {
			t.Errorf("got %v, want the same", got)
		}
		if got := actortest.Expect[*unnamed](client); got != p {
			t.Errorf("got %v, want the same", got)
		}
		if err := client.Send(client.Address(), unnamed{}); err == nil {
			t.Error("only the pointer was said to be local")
		}
	})
}

func TestOpenRefusesWhatIsTooLarge(t *testing.T) {
	sys := actortest.Open(t, nil)
	client := actortest.NewProbe(t, sys)
	if err := client.Send(client.Address(), make([]byte, 65<<20)); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got %v, want too large", err)
	}
}

// The goroutine and the actor take turns, so the race detector finds nothing here.
func TestOpenFindsForeignGoroutines(t *testing.T) {
	verbs := map[string]func(self *actor.Self){
		"Send":    func(self *actor.Self) { self.Send(self.Address(), 1) },
		"Reply":   func(self *actor.Self) { self.Reply(1) },
		"Context": func(self *actor.Self) { self.Context() },
		"After":   func(self *actor.Self) { self.After(time.Hour, 1) },
		"Publish": func(self *actor.Self) { self.Publish("x") },
		"Ask":     func(self *actor.Self) { self.Ask(self.Address(), 1, func(any, error) {}) },
		"Spawn":   func(self *actor.Self) { self.Spawn(worker) },
		"Input":   func(self *actor.Self) { self.InputWithin(0) },
	}
	for verb, use := range verbs {
		t.Run(verb, func(t *testing.T) {
			both(t, func(t *testing.T) {
				wants(t, judge(func(t testing.TB) {
					sys := actortest.Open(t, nil)
					sys.Wait(context.Background(), sys.Spawn(func(self *actor.Self) any {
						done := make(chan struct{})
						go func() {
							defer close(done)
							use(self)
							use(self) // said once
						}()
						<-done
						return nil
					}, actor.Named("careless")))
				}), []string{"Self." + verb, "careless", "another goroutine", "the actor is\ngoroutine ", "(*Self).run"})
			})
		})
	}
}

func TestOpenFindsForeignGoroutinesOfStates(t *testing.T) {
	both(t, func(t *testing.T) {
		wants(t, judge(func(t testing.TB) {
			sys := actortest.Open(t, nil)
			given := make(chan *actor.Self, 1)
			sys.Spawn(func(self *actor.Self) any {
				self.AfterFunc(0, func() { given <- self })
				return actor.State(func(*actor.Self, any) actor.State { return nil })
			}, actor.Named("careless"))
			(<-given).Log()
		}), []string{"Self.Log", "careless", "the actor is"})
	})
}

// What an actor, of either form, does itself is never taken for another's: callbacks,
// restarts, deferred calls, children.
func TestOpenKnowsTheActorsOwnGoroutines(t *testing.T) {
	both(t, func(t *testing.T) {
		sys := actortest.Open(t, nil, actortest.Panics("once"))
		client := actortest.NewProbe(t, sys)
		lives := 0
		a := sys.Spawn(func(self *actor.Self) any {
			if lives++; lives == 1 {
				defer self.Send(client.Address(), "deferred")
				panic("once")
			}
			self.AfterFunc(time.Millisecond, func() { self.Send(client.Address(), "timer") })
			self.SpawnThen(func(*actor.Self) any { return nil }, func(any, error) { self.Send(client.Address(), "child") })
			return actor.State(func(self *actor.Self, m any) actor.State {
				if _, number := m.(int); !number {
					return nil
				}
				self.Reply(m)
				return self.Stay()
			})
		}, actor.Restart{After: time.Millisecond})
		got := map[string]bool{}
		for range 3 {
			got[actortest.Expect[string](client)] = true
		}
		for i := range 100 {
			client.Send(a, i)
			actortest.Expect[int](client)
		}
		if fmt.Sprint(got) != "map[child:true deferred:true timer:true]" {
			t.Errorf("got %v", got)
		}
	})
}
