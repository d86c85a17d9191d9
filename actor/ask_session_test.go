package actor

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// keeper publishes a name and replies to nothing: who asked it tells the test.
func keeper(name string, asked chan<- Address) Func {
	return func(self *Self) any {
		if err := self.Publish(name); err != nil {
			return err
		}
		for m := range self.Messages() {
			if _, ok := m.(string); ok {
				asked <- self.Sender()
			}
		}
		return nil
	}
}

// A meeting is two systems, of which one keeps what is asked and the other has a client
// that was introduced to it.
type meeting struct {
	one, two *System
	asked    chan Address
	client   *Self
	found    Available
}

func (tr *tree) meet(t *testing.T, pattern string) meeting {
	t.Helper()
	m := meeting{one: tr.open(t, Options{}), two: tr.open(t, Options{}), asked: make(chan Address, 10)}
	m.one.Spawn(keeper("server", m.asked))
	client, leave := m.two.Enter("client")
	t.Cleanup(leave)
	m.client = client
	client.Subscribe(pattern)
	m.found = await[Available](t, client)
	return m
}

// An ask in a session whose link is lost ends with it, long before its time is up.
func TestAsksEndWithTheLinkOfTheirSession(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		two, client, found, asked := m.two, m.client, m.found, m.asked
		var got []any
		note := func(reply any, err error) { got = append(got, reply, err) }
		for _, m := range []any{"a", "b", "c"} {
			client.Ask(found.Publisher, m, note)
		}
		<-asked
		<-asked
		<-asked
		began := time.Now()
		tr.network.Reset("here", "here")
		reason := "session lost: " + await[Dropped](t, client).Reason
		again := await[Available](t, client)
		var want []any
		for _, m := range []any{"a", "b", "c"} {
			want = append(want, nil, Undelivered{found.Publisher, m, reason})
		}
		if !slices.Equal(got, want) {
			t.Errorf("by callback: got %v, want %v", got, want)
		}

		time.AfterFunc(time.Second, func() { <-asked; tr.network.Reset("here", "here") })
		_, err := Ask[string](t.Context(), client, again.Publisher, "d")
		if want := (Undelivered{again.Publisher, "d", reason}); err != want {
			t.Errorf("waiting: got %v, want %v", err, want)
		}
		if took := time.Since(began); took >= two.askTimeout {
			t.Errorf("it took %v", took)
		}
		if n := client.asks.n + len(two.asks.all()); n != 0 || client.waits.in != nil {
			t.Errorf("%d asks are left, and %v", n, client.waits)
		}
		if got := two.Counts().Undelivered; got != 4 {
			t.Errorf("%d are counted, want 4", got)
		}
	})
}

// A session that ends while its link lives takes no ask with it: what is under way
// at the old publisher is still answered (R8).
func TestAsksOutliveTheirSession(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "serv.*")
		one, two, client, found, asked := m.one, m.two, m.client, m.found, m.asked
		var got []any
		client.Ask(found.Publisher, "a", func(reply any, err error) { got = append(got, reply, err) })
		first := <-asked

		// A better publisher comes: in the client's own process.
		time.AfterFunc(time.Second, func() {
			second := <-asked
			two.Spawn(func(self *Self) any {
				self.Publish("server", Process)
				for range self.Messages() {
				}
				return nil
			})
			synctest.Wait() // the client was told, and waits for its reply
			one.Send(second, "reply to b")
		})
		reply, err := Ask[string](t.Context(), client, found.Publisher, "b")
		if reply != "reply to b" || err != nil {
			t.Errorf("waiting: got %q, %v, want reply to b", reply, err)
		}
		if dropped := await[Dropped](t, client); dropped.Remote != found.Publisher {
			t.Errorf("got %v, want Dropped of %v", dropped, found.Publisher)
		}
		if better := await[Available](t, client); better.Scope != Process {
			t.Errorf("got %v, want one at Process", better)
		}
		one.Send(first, "reply to a")
		client.InputWithin(time.Second)
		if want := []any{"reply to a", nil}; !slices.Equal(got, want) {
			t.Errorf("by callback: got %v, want %v", got, want)
		}
	})
}

// What is under way when a session ends goes on, and ends with the link, long before
// its time is up.
func TestAsksOfASessionThatIsOverEndWithItsLink(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		two, client, found, asked := m.two, m.client, m.found, m.asked
		var got []any
		client.Ask(found.Publisher, "a", func(reply any, err error) { got = append(got, reply, err) })
		<-asked
		client.Unsubscribe("server")
		await[Dropped](t, client)
		await[Unsubscribed](t, client)
		began := time.Now()
		tr.network.Reset("here", "here")
		client.Subscribe("server")
		again := await[Available](t, client)
		if len(got) != 2 {
			t.Fatalf("by callback: got %v", got)
		}
		if u, ok := got[1].(Undelivered); !ok || u.To != found.Publisher || u.Message != "a" {
			t.Errorf("by callback: got %v", got)
		}

		time.AfterFunc(time.Second, func() {
			<-asked
			two.Spawn(func(self *Self) any { // a better publisher: the session is replaced
				self.Publish("server", Process)
				for range self.Messages() {
				}
				return nil
			})
			synctest.Wait()
			tr.network.Reset("here", "here")
		})
		_, err := Ask[string](t.Context(), client, again.Publisher, "b")
		if u := (Undelivered{}); !errors.As(err, &u) {
			t.Errorf("waiting: got %v", err)
		}
		if took := time.Since(began); took >= two.askTimeout {
			t.Errorf("it took %v", took)
		}
		if n := client.asks.n + len(two.asks.all()); n != 0 || client.waits.in != nil {
			t.Errorf("%d asks are left, and %v", n, client.waits)
		}
	})
}
