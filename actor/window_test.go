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
