package actor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestPoolEndsWhenWhatIsInHandIsDone(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: slow, Size: 1}.Run, Named("pool"))
		self.Send(pool, "in hand")
		self.Send(pool, "in the queue")
		synctest.Wait()
		began := time.Now()
		self.Stop(pool)
		synctest.Wait()
		self.Send(pool, "after the Stop")
		got := []any{self.Input(), self.Input(), self.Input(), self.Input(), time.Since(began)}
		over := Unavailable{"the pool has ended"}
		if want := []any{over, over, "in hand", Returned{pool, "pool", Aborted{}}, time.Second}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is not done within three quarters of the grace is refused, and the children
// have the rest for their own end.
func TestPoolEndsWithinTheGrace(t *testing.T) {
	bubble(t, Options{Grace: 4 * time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		orderly := false
		pool := self.Spawn(Pool{Of: func(self *Self) any {
			for range self.Messages() { // it never replies
			}
			orderly = true
			return nil
		}, Size: 1}.Run, Named("pool"))
		self.Send(pool, 1)
		synctest.Wait()
		began := time.Now()
		self.Stop(pool)
		got := []any{self.Input(), time.Since(began), self.Input(), time.Since(began), orderly}
		want := []any{Unavailable{"the pool has ended"}, 3 * time.Second, Returned{pool, "pool", Aborted{}}, 3 * time.Second, true}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is in hand of a worker that ends meanwhile is given to another, also then.
func TestPoolThatEndsGivesToAnother(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run, Named("pool"))
		mortal := self.Spawn(func(self *Self) any {
			self.Input()
			time.Sleep(time.Second)
			return nil
		}, Named("mortal"))
		self.Send(pool, JoinPool{mortal})
		self.Send(pool, JoinPool{self.Spawn(slow)})
		self.Send(pool, 1)
		synctest.Wait()
		self.Stop(pool)
		got := []any{self.Input(), self.Input(), self.Input()}
		if want := []any{Returned{mortal, "mortal", nil}, 1, Returned{pool, "pool", Aborted{}}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// An actor that ends with an ask under way does not wait for its pool.
func TestPoolEndsWhenNobodyWaitsForWhatIsInHand(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		began := time.Now()
		server := self.Spawn(func(self *Self) any {
			pool := self.Spawn(Pool{Of: slow, Size: 2}.Run)
			for i := range 5 {
				self.Ask(pool, i, func(any, error) { t.Error("an ask of an actor that has ended was answered") })
			}
			for range self.Messages() {
			}
			return Aborted{}
		}, Named("server"))
		synctest.Wait()
		time.Sleep(time.Second / 2)
		self.Stop(server)
		// Two workers are at it for half a second more: it is theirs to end.
		got := []any{self.Input(), time.Since(began)}
		if want := []any{Returned{server, "server", Aborted{}}, time.Second}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPoolIsStoppedBeforeItBegan(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: slow, Size: 2}.Run, Named("pool"))
		self.Stop(pool)
		if got, want := self.Input(), (Returned{pool, "pool", Aborted{}}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// On a goroutine of somebody else, that must not be ended, the pool ends as well.
func TestPoolOfAGoroutineThatEntered(t *testing.T) {
	bubble(t, Options{Grace: time.Second}, func(t *testing.T, sys *System) {
		client, leaveClient := sys.Enter("client")
		defer leaveClient()
		result := make(chan any)
		addresses := make(chan Address)
		go func() {
			self, leave := sys.Enter("pool")
			defer leave()
			addresses <- self.Address()
			result <- Pool{Of: echoNever, Size: 1}.Run(self)
		}()
		pool := <-addresses
		client.Send(pool, 1)
		synctest.Wait()
		sys.Stop(pool)
		if got := client.Input(); got != (Unavailable{"the pool has ended"}) {
			t.Errorf("got %v", got)
		}
		if got := <-result; got != (Aborted{}) {
			t.Errorf("got %v", got)
		}
	})
}

// echoNever takes messages and does not reply.
func echoNever(self *Self) any {
	for range self.Messages() {
	}
	return nil
}

// What a worker in another process has in hand is another's as soon as it is gone,
// be it the actor alone or the process with it.
func TestPoolLosesAWorkerElsewhere(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		taken := make(chan string)
		worker := func(name string) Func {
			return func(self *Self) any {
				if err := self.Publish(name); err != nil {
					return err
				}
				for m := range self.Messages() {
					if m, ok := m.(string); ok {
						taken <- name
						if m == "end" || m == "close" {
							return nil
						}
					}
				}
				return nil
			}
		}
		near := tr.open(t, Options{})
		self, leave := near.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Pattern: "worker:.*"}.Run)
		far := map[string]*System{}
		for _, name := range []string{"worker:1", "worker:2", "worker:3"} {
			far[name] = tr.open(t, Options{})
			far[name].Spawn(worker(name))
		}
		synctest.Wait()
		began := time.Now()
		self.Send(pool, "end") // each ends over it
		first := map[string]bool{<-taken: true, <-taken: true, <-taken: true}
		u, ok := self.Input().(Undelivered)
		if len(first) != 3 || !ok || u.Message != "end" || time.Since(began) != 0 {
			t.Errorf("got %v of %v after %v, want Undelivered after three workers at once", u, first, time.Since(began))
		}

		// Now the processes: each is closed while its worker has the request.
		for name, sys := range far {
			sys.Spawn(worker(name))
		}
		synctest.Wait()
		began = time.Now()
		self.Send(pool, "work")
		for range 3 {
			if err := far[<-taken].Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
		u, ok = self.Input().(Undelivered)
		if !ok || u.Message != "work" || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want Undelivered at once", u, time.Since(began))
		}
	})
}

// A link that is lost under a request is as good: the request is given anew, to
// whoever is found.
func TestPoolLosesALink(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		taken := make(chan bool, 9)
		far := tr.open(t, Options{})
		far.Spawn(func(self *Self) any {
			if err := self.Publish("worker"); err != nil {
				return err
			}
			for m := range self.Messages() {
				if m == "work" {
					taken <- true
					if len(taken) == 2 {
						self.Reply("done")
					}
				}
			}
			return nil
		})
		near := tr.open(t, Options{})
		self, leave := near.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Pattern: "worker"}.Run)
		synctest.Wait()
		self.Send(pool, "work")
		synctest.Wait()
		began := time.Now()
		tr.network.Reset("here", "here")
		if got := self.Input(); got != "done" || time.Since(began) > time.Second {
			t.Errorf("got %v after %v, want done as soon as the worker is found again", got, time.Since(began))
		}
	})
}

// Also of a worker that joined by an address alone it is known when it has ended.
func TestPoolLosesAWorkerElsewhereThatJoined(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		near := tr.open(t, Options{})
		self, leave := near.Enter("client")
		defer leave()
		if err := self.Publish("client"); err != nil {
			t.Fatal(err)
		}
		pool := self.Spawn(Pool{}.Run)
		tr.open(t, Options{}).Spawn(func(self *Self) any {
			if err := self.Subscribe("client"); err != nil {
				return err
			}
			for m := range self.Messages() {
				switch m := m.(type) {
				case Available:
					for range maxTries {
						self.Send(m.Publisher, self.Spawn(func(self *Self) any { self.Input(); return nil }))
					}
				}
			}
			return nil
		})
		for workers := 0; workers < maxTries; {
			if a, ok := self.Input().(Address); ok {
				self.Send(pool, JoinPool{a})
				workers++
			}
		}
		began := time.Now()
		self.Send(pool, 1)
		u, ok := self.Input().(Undelivered)
		if !ok || u.Message != 1 || time.Since(began) != 0 {
			t.Errorf("got %v after %v, want Undelivered at once", u, time.Since(began))
		}
	})
}
