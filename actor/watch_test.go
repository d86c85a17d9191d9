package actor

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ender ends with what it is sent.
func ender(self *Self) any { return self.Input() }

// nothing fails the test if anything comes.
func nothing(t *testing.T, self *Self) {
	t.Helper()
	if m, ok := self.InputWithin(time.Minute); ok {
		t.Errorf("got %T %v, want nothing", m, m)
	}
}

// ended fails the test unless Ended of a comes next, with that value.
func ended(t *testing.T, self *Self, a Address, value any) {
	t.Helper()
	m, ok := self.InputWithin(time.Minute)
	if want := (Ended{a, value}); !ok || m != want {
		t.Errorf("got %T %v, want %v", m, m, want)
	}
	if !self.Sender().IsZero() {
		t.Errorf("it is from %v, want nobody", self.Sender())
	}
}

// lost fails the test unless Ended of a comes next, for a reason with that text.
func lost(t *testing.T, self *Self, a Address, reason string) {
	t.Helper()
	m, ok := self.InputWithin(time.Minute)
	e, _ := m.(Ended)
	u, _ := e.Value.(Undelivered)
	if !ok || e.Actor != a || u.To != a || !strings.Contains(u.Reason, reason) {
		t.Errorf("got %T %v, want that %v ended: %s", m, m, a, reason)
	}
}

func watchers(s *Self) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.watchers)
}

func TestWatch(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		fault := Faulted{"broken", "badly"}
		for _, value := range []any{"done", nil, fault} {
			a := sys.Spawn(ender)
			self.Watch(a)
			self.Watch(a) // once more is once
			sys.Send(a, value)
			ended(t, self, a, value)
			nothing(t, self)
			self.Watch(a) // it is told so at once
			ended(t, self, a, value)
			nothing(t, self)
		}
		self.Watch(Address{})
		lost(t, self, Address{}, "there is nobody to watch")
		forged := sys.Spawn(ender)
		forged.at.Key++
		self.Watch(forged)
		lost(t, self, forged, ErrEnded.Error())
		child := self.Spawn(ender)
		self.Send(child, "done")
		await[Returned](t, self)
		self.Watch(child) // its result is not kept
		lost(t, self, child, ErrEnded.Error())
		self.Watch(self.Address()) // nobody is there to be told
		if len(self.tied().watches) != 1 {
			t.Errorf("%d watches are left, want that of itself", len(self.tied().watches))
		}
	})
}

// An actor has ended when its children have; its parent may watch it too.
func TestEndedComesAfterTheChildren(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		a := self.Spawn(func(self *Self) any {
			self.Spawn(func(self *Self) any {
				<-self.Context().Done()
				time.Sleep(time.Second)
				return nil
			})
			return "done"
		}, Named("child"))
		self.Watch(a)
		began := time.Now()
		var got []any
		for range 2 {
			got = append(got, self.Input())
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("told after %v", took)
		}
		if want := []any{Ended{a, "done"}, Returned{a, "child", "done"}}; !sameInAnyOrder(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Nothing comes after Unwatch: not of an end that comes later, nor of one that waits in
// the mailbox already.
func TestUnwatch(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		a, b := sys.Spawn(ender), sys.Spawn(ender)
		self.Watch(a)
		self.Watch(b)
		self.Unwatch(a)
		if n := watchers(sys.find(a)); n != 0 {
			t.Errorf("%d watch it", n)
		}
		sys.Send(a, "done")
		sys.Send(b, "done")
		synctest.Wait()
		self.Unwatch(b)
		self.Unwatch(b)
		self.Unwatch(Address{})
		nothing(t, self)
		// What waits is of the watch that was taken back; the new one has its own.
		self.Watch(a)
		self.Unwatch(a)
		self.Watch(a)
		ended(t, self, a, "done")
		nothing(t, self)
		if len(self.tied().watches) != 0 {
			t.Errorf("%d watches are left", len(self.tied().watches))
		}
	})
}

// Nothing comes after Unwatch either of what Select passed over, or a State has saved.
func TestUnwatchOfWhatWasSetAside(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		a, b := sys.Spawn(ender), sys.Spawn(ender)
		self.Watch(a)
		self.Watch(b)
		sys.Send(a, "done")
		sys.Send(b, "done")
		if m, ok := self.SelectWithin(time.Second, Is[string]); ok {
			t.Errorf("got %v", m)
		}
		self.Watch(b) // it waits already
		self.Unwatch(a)
		ended(t, self, b, "done")
		nothing(t, self)

		var got []any
		saver := sys.Spawn(func(self *Self) any {
			again := false
			var last State
			last = func(self *Self, m any) State {
				got = append(got, m)
				return last
			}
			self.Watch(a)
			self.Watch(b)
			return State(func(self *Self, m any) State {
				switch m := m.(type) {
				case Ended:
					if m.Actor == a && !again {
						again = true
						self.Watch(a) // the end that is saved is told all the same
					}
					return self.Save()
				case string:
					self.Unwatch(b)
					return last
				}
				return nil
			})
		})
		synctest.Wait()
		sys.Send(saver, "on")
		synctest.Wait()
		want := []any{Ended{a, "done"}, Ended{a, "done"}}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		sys.Stop(saver)
	})
}

// An actor that is restarted has not ended; what it watched is watched no more.
func TestWatchAndRestart(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		other := sys.Spawn(ender)
		first := true
		a := sys.Spawn(func(self *Self) any {
			if first {
				first = false
				self.Watch(other)
			}
			return self.Input()
		}, Restart{})
		self.Watch(a)
		sys.Send(a, Faulted{"broken", ""})
		synctest.Wait()
		if n := watchers(sys.find(other)); n != 0 {
			t.Errorf("%d watch", n)
		}
		nothing(t, self)
		sys.Send(other, 1)
		synctest.Wait()
		sys.Send(a, "done")
		ended(t, self, a, "done")
		nothing(t, self)
	})
}

// The end of who watches is the end of the watch, here and elsewhere.
func TestWatchEndsWithTheWatcher(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		here, there := m.two.Spawn(ender), m.one.Spawn(ender)
		other := Address{at: there.at}
		w := m.two.Spawn(func(self *Self) any {
			self.Watch(here)
			self.Watch(other)
			return self.Input()
		})
		synctest.Wait()
		if a, b := watchers(m.two.find(here)), watchers(m.one.find(there)); a != 1 || b != 1 {
			t.Errorf("%d and %d watch", a, b)
		}
		m.two.Send(w, "done")
		synctest.Wait()
		if a, b := watchers(m.two.find(here)), watchers(m.one.find(there)); a != 0 || b != 0 {
			t.Errorf("%d and %d watch still", a, b)
		}
	})
}

func TestTooManyWatchers(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("watcher")
		defer leave()
		a := sys.Spawn(ender)
		s := sys.find(a)
		s.mu.Lock()
		s.watchers = make(map[watcher]struct{})
		for range maxWatchers - 1 {
			s.watchers[&watch{self: self}] = struct{}{}
		}
		s.mu.Unlock()
		self.Watch(a)
		nothing(t, self)
		other, leaveOther := sys.Enter("one more")
		defer leaveOther()
		other.Watch(a)
		lost(t, other, a, "overloaded: 65536 watch the actor already")
		self.Unwatch(a)
		other.Watch(a)
		nothing(t, other)
		s.mu.Lock()
		clear(s.watchers)
		s.mu.Unlock()
	})
}

func TestWatchBetweenProcesses(t *testing.T) {
	plant(t, Types{Type[echoed]("echoed")}, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		self, one := m.client, m.one
		for _, test := range []struct{ value, want any }{
			{"done", nil}, {nil, nil}, {echoed{"x"}, nil},
			{Faulted{"broken", "badly"}, Faulted{"broken", "badly"}},
			{Aborted{}, Aborted{}},
			{TimedOut{time.Second}, TimedOut{time.Second}},
			{odd{errors.New("strange")}, Faulted{"strange", ""}},
			{Faulted{strings.Repeat("x", 100<<10), ""}, nil}, // too long to travel
		} {
			a := one.Spawn(ender)
			self.Watch(Address{at: a.at})
			self.Watch(Address{at: a.at})
			one.Send(a, test.value)
			ended(t, self, Address{at: a.at}, test.want)
			nothing(t, self)
			self.Watch(Address{at: a.at}) // it is known there: it is kept a while
			ended(t, self, Address{at: a.at}, test.want)
			nothing(t, self)
		}
		unknown := Address{at: one.Spawn(ender).at}
		unknown.at.Key++
		self.Watch(unknown)
		lost(t, self, unknown, "there is no such address")
		stranger := unknown
		stranger.at.Process[0]++
		self.Watch(stranger)
		lost(t, self, stranger, "unreachable")

		// The address that a session brings is as good, and stays what it was.
		bound := m.found.Publisher
		self.Watch(bound)
		self.Watch(stray(bound))
		one.Stop(Address{at: bound.at})
		var dropped, over int // the node tells of the one, the link of the other: in any order
		for range 2 {
			switch m, _ := self.InputWithin(time.Minute); m := m.(type) {
			case Dropped:
				dropped++
			case Ended:
				if over++; m != (Ended{bound, nil}) {
					t.Errorf("got %v, want that %v ended", m, bound)
				}
			}
		}
		if dropped != 1 || over != 1 {
			t.Errorf("%d Dropped and %d Ended came, want one of each", dropped, over)
		}
		nothing(t, self)
	})
}

// What the actor sent before, outside of sessions, comes before its end.
func TestEndedComesAfterWhatWasSent(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		self := m.client
		to := self.Address()
		a := m.one.Spawn(func(self *Self) any {
			self.Input()
			for i := range 20 {
				if err := self.Send(Address{at: to.at}, strings.Repeat("x", 20<<10)+fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		})
		self.Watch(Address{at: a.at})
		m.one.Send(a, 1)
		synctest.Wait()
		n := 0
		for {
			switch m := self.Input().(type) {
			case string:
				n++
				continue
			case Ended:
				if n != 20 || m.Value != nil {
					t.Errorf("it ended with %v after %d messages", m.Value, n)
				}
			default:
				t.Errorf("got %T", m)
			}
			break
		}
	})
}

// A lost link ends what was watched over it, and nobody is watched over it any more.
func TestWatchEndsWithTheLink(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		self, one := m.client, m.one
		a := one.Spawn(ender)
		far := Address{at: a.at}
		self.Watch(far)
		self.Watch(stray(m.found.Publisher))
		synctest.Wait()
		if n := watchers(one.find(a)); n != 1 {
			t.Fatalf("%d watch", n)
		}
		tr.network.Reset("here", "here")
		got := make(map[Address]int)
		for len(got) < 2 {
			if e := await[Ended](t, self); strings.HasPrefix(e.Value.(Undelivered).Reason, "link lost: ") {
				got[e.Actor]++
			} else {
				t.Fatalf("got %v", e)
			}
		}
		synctest.Wait()
		if n := watchers(one.find(a)); n != 0 {
			t.Errorf("%d watch still", n)
		}
		await[Available](t, self)
		one.Send(a, "done")
		nothing(t, self)
	})
}

// An actor is watched through a process that passes on; its end is told, and that of
// the link on either side.
func TestWatchThroughARelay(t *testing.T) {
	for _, how := range []string{"ends", "unwatch", "relay ends", "server ends"} {
		t.Run(how, func(t *testing.T) {
			plant(t, nil, func(t *testing.T, tr *tree) {
				one, relay, two := tr.open(t, Options{}), tr.open(t, Options{}), tr.open(t, Options{})
				server, to := introduced(t, one, relay, two, func(_ *Self, m any) bool { return m != "end" })
				self, leave := two.Enter("watcher")
				defer leave()
				self.Watch(to)
				synctest.Wait()
				if n := watchers(server); n != 1 {
					t.Fatalf("%d watch", n)
				}
				switch how {
				case "ends":
					one.Send(server.Address(), "end")
					ended(t, self, to, nil)
				case "unwatch":
					self.Unwatch(to)
					synctest.Wait()
					if n := watchers(server); n != 0 {
						t.Errorf("%d watch still", n)
					}
				case "relay ends":
					relay.Close(t.Context())
					lost(t, self, to, "link lost: ")
					synctest.Wait()
					if n := watchers(server); n != 0 {
						t.Errorf("%d watch still", n)
					}
				case "server ends":
					one.net.Close() // its actors are not asked
					lost(t, self, to, "link lost: ")
				}
				nothing(t, self)
			})
		})
	}
}

// Whoever watches, and takes that back, and whoever ends, and whatever link is cut: each
// watch that is not taken back is told of once, and no other.
func TestWatchesAtRandom(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			plant(t, nil, func(t *testing.T, tr *tree) { watchAtRandom(t, tr, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func watchAtRandom(t *testing.T, tr *tree, r *rand.Rand) {
	m := tr.meet(t, "server")
	// A watcher and what it is to be told.
	type model struct {
		self    *Self
		waits   map[Address]bool
		told    int
		watched int
	}
	var models []*model
	for _, sys := range []*System{m.one, m.two, m.two} {
		self, leave := sys.Enter("watcher")
		defer leave()
		models = append(models, &model{self: self, waits: make(map[Address]bool)})
	}
	alive := make(map[Address]bool)
	var all []Address
	cuts := 0
	look := func(w *model) {
		for {
			got, ok := w.self.InputWithin(0)
			if !ok {
				return
			}
			e, ok := got.(Ended)
			switch u, lost := e.Value.(Undelivered); {
			case !ok:
				t.Errorf("got %T %v", got, got)
			case !w.waits[e.Actor]:
				t.Errorf("%v is told of that was not watched, or was before", e)
			case alive[e.Actor] && (!lost || cuts == 0 || e.Actor.at.Process == w.self.sys.process):
				t.Errorf("%v is alive: got %v", e.Actor, e)
			case !alive[e.Actor] && !lost && e.Value != (Faulted{"end", ""}):
				t.Errorf("got %v", e)
			case lost && u.To != e.Actor:
				t.Errorf("got %v", e)
			}
			delete(w.waits, e.Actor)
			w.told++
		}
	}
	for range 200 {
		w := models[r.IntN(len(models))]
		switch k := r.IntN(20); {
		case k < 3 || len(all) == 0:
			sys := []*System{m.one, m.two}[r.IntN(2)]
			a := sys.Spawn(ender)
			alive[a] = true
			all = append(all, a)
		case k < 9:
			a := all[r.IntN(len(all))]
			w.self.Watch(a)
			if !w.waits[a] {
				w.waits[a] = true
				w.watched++
			}
		case k < 12:
			a := all[r.IntN(len(all))]
			w.self.Unwatch(a)
			if w.waits[a] {
				delete(w.waits, a)
				w.watched--
			}
		case k < 15:
			a := all[r.IntN(len(all))]
			delete(alive, a)
			for _, sys := range []*System{m.one, m.two} {
				if sys.process == a.at.Process {
					sys.Send(a, Faulted{"end", ""})
				}
			}
		case k < 16:
			cuts++
			tr.network.Reset("here", "here")
		case k < 18:
			time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
		default:
			look(w)
		}
	}
	clear(alive)
	for _, a := range all {
		for _, sys := range []*System{m.one, m.two} {
			if s := sys.find(a); s != nil {
				sys.Send(a, Faulted{"end", ""})
			}
		}
	}
	time.Sleep(10 * time.Second)
	synctest.Wait()
	for i, w := range models {
		look(w)
		if len(w.waits) > 0 || w.told != w.watched || len(w.self.tied().watches) > 0 {
			t.Errorf("watcher %d was told of %d of %d; it waits for %v, and has %d watches", i, w.told, w.watched, w.waits, len(w.self.tied().watches))
		}
	}
}
