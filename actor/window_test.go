package actor

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What is sent comes out of a window and goes back into it when it is taken: by an actor,
// by an ask, or by nobody, for the actor has ended. A link carries many windows so.
func TestWindowsComeBack(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		took := 0
		server := one.Spawn(func(self *Self) any {
			self.Publish("server")
			for m := range self.Messages() {
				text, _ := m.(string)
				switch {
				case text == "question":
					self.Reply(strings.Repeat("a", 50<<10))
				case text != "":
					took++
				}
			}
			return nil
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("server")
		found := await[Available](t, client)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		long := strings.Repeat("x", 50<<10) // eighty are almost four windows of a link

		for i := range 80 {
			if err := two.SendWait(ctx, server, long); err != nil {
				t.Fatalf("outside of sessions, number %d: %v", i, err)
			}
			if i%5 == 4 {
				synctest.Wait() // what an actor has no time to take is given back there
			}
		}
		for i := range 80 {
			if err := client.SendWait(ctx, found.Publisher, long); err != nil {
				t.Fatalf("in the session, number %d: %v", i, err)
			}
		}
		synctest.Wait()
		if took != 160 {
			t.Errorf("%d were taken, want 160", took)
		}
		for i := range 80 {
			if _, err := Ask[string](ctx, client, found.Publisher, "question"); err != nil {
				t.Fatalf("question %d: %v", i, err)
			}
		}
		for i := range 40 {
			mortal := one.Spawn(func(self *Self) any {
				<-self.Context().Done()
				return nil
			})
			for range 3 {
				if err := two.SendWait(ctx, mortal, long); err != nil {
					t.Fatalf("to actor %d: %v", i, err)
				}
			}
			synctest.Wait()
			one.Stop(mortal)
			synctest.Wait()
		}
		if got := one.Counts().Undelivered; got != 120 {
			t.Errorf("%d were not delivered, want those that the actors left", got)
		}
	})
}

// What an actor has taken is given back to its sender also while it waits for a reply.
func TestWindowComesBackWhileAnActorAsks(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		long := strings.Repeat("x", 700<<10)
		asked := make(chan error, 1)
		var took time.Duration
		one.Spawn(func(self *Self) any {
			self.Publish("server")
			await[Delivered](t, self)
			self.Input() // fills most of the window of the link
			began := time.Now()
			_, err := Ask[string](t.Context(), self, self.Sender(), "question")
			took = time.Since(began)
			asked <- err
			return nil
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("server")
		found := await[Available](t, client)
		if err := client.Send(Address{at: found.Publisher.at}, long); err != nil { // in no session
			t.Fatal(err)
		}
		client.Input()
		if err := client.Reply(long); err != nil {
			t.Error(err)
		}
		if err := <-asked; err != nil || took != 0 {
			t.Errorf("got %v after %v, want the reply at once", err, took)
		}
	})
}

// Nor is room lost where messages were set aside when an actor fell over, was run again, or
// ended with them.
func TestWindowsComeBackFromWhatWasSetAside(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		far, near := tr.open(t, Options{Grace: time.Second}), tr.open(t, Options{})
		waits := func(m any) bool { return m == "crash" || m == "end" || m == "hang" }
		function := func(self *Self) any {
			if err := self.Publish("server"); err != nil {
				return err
			}
			switch m := self.Select(waits); m {
			case "crash":
				panic(m)
			case "hang":
				for {
					self.Select(func(any) bool { return false }) // also of Stop, until it is ended by force
				}
			}
			return nil
		}
		state := func(self *Self) any {
			if err := self.Publish("server"); err != nil {
				return err
			}
			return State(func(self *Self, m any) State {
				switch m.(type) {
				case Published, Delivered, Dropped:
					return self.Stay()
				}
				switch m {
				case "crash":
					panic(m)
				case "end":
					return self.End(nil)
				case "hang":
					return State(func(self *Self, m any) State { return self.Save() }) // Stop too
				}
				return self.Save()
			})
		}
		self, leave := near.Enter("client")
		defer leave()
		self.Subscribe("server")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		long := strings.Repeat("x", 25<<10) // a quarter of the window outside of sessions for each actor
		for round, f := range []Func{function, state, function, state, function, state} {
			a := far.Spawn(f, Restart{Tries: 6, After: time.Millisecond})
			for _, end := range []string{"crash", "crash", "crash", "crash", "hang"} {
				server := await[Available](t, self).Publisher
				for i := range 2 {
					for _, to := range []Address{server, {at: server.at}} {
						if err := self.SendWait(ctx, to, long); err != nil {
							t.Fatalf("round %d, %s, number %d: %v", round, end, i, err)
						}
					}
				}
				if round > 3 && end == "hang" {
					end = "end"
				}
				if err := self.Send(Address{at: server.at}, end); err != nil {
					t.Fatal(err)
				}
				if end == "hang" {
					synctest.Wait()
					far.Stop(a)
				}
				await[Dropped](t, self)
			}
			far.Wait(ctx, a)
		}
		far.Spawn(func(self *Self) any {
			self.Publish("server")
			return State(func(self *Self, m any) State { return self.Stay() })
		})
		server := await[Available](t, self).Publisher
		for i := range 80 {
			for _, to := range []Address{server, {at: server.at}} {
				if err := self.SendWait(ctx, to, long); err != nil {
					t.Fatalf("at last, number %d: %v", i, err)
				}
			}
		}
	})
}
