package actor

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stray is an address without its session: what is sent there goes in none.
func stray(a Address) Address { return Address{at: a.at} }

// Asks outside of sessions end with the link that they went over, whoever waits and
// however, long before their time is up; and nothing is left of them.
func TestAsksEndWithTheLinkTheyWentOver(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		two, client, to, asked := m.two, m.client, stray(m.found.Publisher), m.asked

		var got []any
		note := func(reply any, err error) { got = append(got, reply, err) }
		client.Ask(to, "a", note)
		client.Ask(to, "b", note)
		errs := make(chan error, 1)
		go func() {
			_, err := Ask[string](t.Context(), two, to, "c")
			errs <- err
		}()
		for range 3 {
			<-asked
		}
		began := time.Now()
		tr.network.Reset("here", "here")
		reason := await[Dropped](t, client).Reason
		if !strings.HasPrefix(reason, "link lost: ") {
			t.Errorf("dropped: %s", reason)
		}
		await[Available](t, client)
		if want := []any{nil, Undelivered{to, "a", reason}, nil, Undelivered{to, "b", reason}}; !sameInAnyOrder(got, want) {
			t.Errorf("by callback: got %v, want %v", got, want)
		}
		if got, want := <-errs, (Undelivered{to, "c", reason}); got != want {
			t.Errorf("from a goroutine: got %v, want %v", got, want)
		}

		time.AfterFunc(time.Second, func() { <-asked; tr.network.Reset("here", "here") })
		_, err := Ask[string](t.Context(), client, to, "d")
		if want := (Undelivered{to, "d", reason}); err != want {
			t.Errorf("waiting: got %v, want %v", err, want)
		}
		if took := time.Since(began); took >= two.askTimeout {
			t.Errorf("it took %v", took)
		}
		if n := client.asks.n + len(two.asks.all()); n != 0 {
			t.Errorf("%d asks are left", n)
		}
		if got := two.Counts().Undelivered; got != 4 {
			t.Errorf("%d are counted, want 4", got)
		}
	})
}

// sameInAnyOrder reports whether two lists have the same.
func sameInAnyOrder(a, b []any) bool {
	for _, x := range a {
		i := slices.Index(b, x)
		if i < 0 {
			return false
		}
		b = slices.Delete(slices.Clone(b), i, i+1)
	}
	return len(b) == 0
}

// An ask whose way is lost while it is being sent ends all the same: whoever was told
// of the loss found no ask then.
func TestAskOverALinkThatIsLostInThisMoment(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		m := tr.meet(t, "server")
		two, to, asked := m.two, stray(m.found.Publisher), m.asked
		a := two.newAsk()
		a.wake = make(chan *ask, 1)
		a.to, a.message = to, "a"
		way, err := two.net.Ask(a.at, to.at, "a")
		if err != nil {
			t.Fatal(err)
		}
		<-asked
		tr.network.Reset("here", "here")
		synctest.Wait()
		if a.over.Load() {
			t.Fatal("it ended, and nobody knew its way")
		}
		a.goes(way)
		select {
		case got := <-a.wake:
			if _, ok := got.err.(Undelivered); !ok {
				t.Errorf("got %v", got.err)
			}
		default:
			t.Error("it did not end")
		}
	})
}

// An ask through a process that passes on ends when that process does.
func TestAskEndsWithTheRelay(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, relay, two := tr.open(t, Options{}), tr.open(t, Options{}), tr.open(t, Options{})
		asked := make(chan Address, 10)
		server, to := introduced(t, one, relay, two, func(self *Self, m any) bool {
			if _, ok := m.(string); ok {
				asked <- self.Sender()
			}
			return true
		})
		errs := make(chan error, 1)
		go func() {
			_, err := Ask[string](t.Context(), two, to, "a")
			errs <- err
		}()
		<-asked
		began := time.Now()
		if err := relay.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if u, ok := (<-errs).(Undelivered); !ok || u.To != to || u.Message != "a" || !strings.HasPrefix(u.Reason, "link lost: ") {
			t.Errorf("got %v", u)
		}
		if took := time.Since(began); took >= two.askTimeout {
			t.Errorf("it took %v", took)
		}
		if _, err := Ask[string](t.Context(), two, to, "b"); err == nil || !strings.Contains(err.Error(), "unreachable") {
			t.Errorf("there is no way any more: %v", err)
		}
		if got := server.box.waiting(); got != 0 {
			t.Errorf("%d came", got)
		}
		if n := len(two.asks.all()); n != 0 {
			t.Errorf("%d asks are left", n)
		}
	})
}

// introduced has a relay tell the second system of a server in the first, to which it
// has no link of its own. The server has takes called with what comes, and ends when
// that returns false. It returns the server and its address there.
func introduced(t *testing.T, one, relay, two *System, takes func(self *Self, m any) bool) (*Self, Address) {
	t.Helper()
	middle, end := relay.Enter("middle")
	defer end()
	if err := middle.Publish("middle"); err != nil {
		t.Fatal(err)
	}
	server := one.Spawn(func(self *Self) any {
		self.Subscribe("middle")
		for m := range self.Messages() {
			if a, ok := m.(Available); ok {
				self.Send(a.Publisher, self.Address())
			} else if !takes(self, m) {
				break
			}
		}
		return nil
	})
	client, leave := two.Enter("newcomer")
	defer leave()
	client.Subscribe("middle")
	await[Available](t, client)
	var at, newcomer Address
	for at.IsZero() || newcomer.IsZero() {
		switch m := middle.Input().(type) {
		case Address:
			at = m
		case Delivered:
			if m.Subscriber.at.Process == two.process {
				newcomer = m.Subscriber
			}
		}
	}
	middle.Send(newcomer, at)
	return one.find(server), await[Address](t, client)
}
