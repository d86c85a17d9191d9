package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/transport/memory"
)

func TestPublisherAndSubscriberMeet(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		publisher, leave := sys.Enter("publisher")
		defer leave()
		subscriber, leaveSubscriber := sys.Enter("subscriber")
		if err := publisher.Publish("shop:worker", Process); err != nil {
			t.Fatal(err)
		}
		if got, want := publisher.Input(), (Published{"shop:worker", Process}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := subscriber.Subscribe("shop:.*", Process); err != nil {
			t.Fatal(err)
		}
		if got, want := subscriber.Input(), (Subscribed{"shop:.*", Process}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		available := subscriber.Input().(Available)
		if want := (Available{"shop:worker", "shop:.*", Process, available.Publisher, time.Now()}); available != want {
			t.Errorf("got %v, want %v", available, want)
		}
		delivered := publisher.Input().(Delivered)
		if want := (Delivered{"shop:worker", Process, delivered.Subscriber, time.Now()}); delivered != want {
			t.Errorf("got %v, want %v", delivered, want)
		}

		// In the session, both ways, and the sender is the session's.
		if err := subscriber.Send(available.Publisher, 1); err != nil {
			t.Error(err)
		}
		if got := publisher.Input(); got != 1 || publisher.Sender() != delivered.Subscriber {
			t.Errorf("got %v from %v", got, publisher.Sender())
		}
		if err := publisher.Reply(2); err != nil {
			t.Error(err)
		}
		if got := subscriber.Input(); got != 2 || subscriber.Sender() != available.Publisher {
			t.Errorf("got %v from %v", got, subscriber.Sender())
		}
		// An ask in the session.
		subscriber.Ask(available.Publisher, 3, func(reply any, err error) {
			if reply != 4 || err != nil {
				t.Errorf("got %v, %v, want 4", reply, err)
			}
		})
		if got := publisher.Input(); got != 3 {
			t.Errorf("got %v, want 3", got)
		}
		publisher.Reply(4)
		if m, ok := subscriber.InputWithin(time.Second); ok {
			t.Errorf("got message %v", m)
		}

		// Somebody else's address is not in the session.
		other := sys.Spawn(func(self *Self) any {
			self.Input()
			return self.Send(available.Publisher, 5)
		})
		sys.Send(other, "go on")
		if got := publisher.Input(); got != 5 || publisher.Sender() != other {
			t.Errorf("got %v from %v, want 5 from %v", got, publisher.Sender(), other)
		}

		// A subscriber that ends is dropped (R12), and then it is over.
		leaveSubscriber()
		got := publisher.Input().(Dropped)
		want := Dropped{"shop:worker", "", Process, delivered.Subscriber, got.Reason}
		if got != want || got.Reason == "" {
			t.Errorf("got %v, want %v", got, want)
		}
		bound := sys.Spawn(func(self *Self) any {
			self.Input()
			return self.Send(available.Publisher, 7) // in no session: it arrives all the same
		})
		sys.Send(bound, "go on")
		if got := publisher.Input(); got != 7 || publisher.Sender() != bound {
			t.Errorf("got %v from %v, want 7 from %v", got, publisher.Sender(), bound)
		}
		if err := publisher.Send(delivered.Subscriber, 6); !errors.Is(err, ErrEnded) {
			t.Errorf("after Dropped: got %v, want ErrEnded", err)
		}
		publisher.Unpublish("shop:worker")
		if got, want := publisher.Input(), (Unpublished{"shop:worker"}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestRefusalsAreErrors(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		var p NotPublished
		for _, err := range []error{self.Publish(""), self.Publish("a\nb"), self.Publish("x", Scope(9))} {
			if !errors.As(err, &p) || p.Reason == "" {
				t.Errorf("got %v, want NotPublished with a reason", err)
			}
		}
		if err := self.Publish("x", Process); err != nil {
			t.Fatal(err)
		}
		if err := self.Publish("x", Process); !errors.As(err, &p) || p.Name != "x" || p.Scope != Process {
			t.Errorf("twice: got %v, want NotPublished", err)
		}
		var s NotSubscribed
		for _, err := range []error{self.Subscribe("("), self.Subscribe("a)|(b"), self.Subscribe("x", Scope(-1))} {
			if !errors.As(err, &s) || s.Reason == "" {
				t.Errorf("got %v, want NotSubscribed with a reason", err)
			}
		}
	})
}

func TestPoolByPattern(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		worker := func(name string) Func {
			return func(self *Self) any {
				if err := self.Publish(name, Process); err != nil {
					return err
				}
				for m := range self.Messages() {
					if _, ok := m.(string); ok {
						self.Reply(name)
					}
				}
				return nil
			}
		}
		pool := sys.Spawn(Pool{Pattern: "pool:.*", Scope: Process}.Run)
		a := sys.Spawn(worker("pool:a"))
		b := sys.Spawn(worker("pool:b"))
		synctest.Wait()
		var got []string
		for range 4 {
			name, err := Ask[string](t.Context(), sys, pool, "who?")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
		}
		if got[0] == got[1] || !slices.Equal(got[:2], got[2:]) {
			t.Errorf("got %v, want both in turn", got)
		}
		sys.Stop(a)
		sys.Wait(t.Context(), a)
		synctest.Wait()
		for range 2 {
			if name, err := Ask[string](t.Context(), sys, pool, "who?"); name != "pool:b" || err != nil {
				t.Errorf("got %v, %v, want pool:b", name, err)
			}
		}
		sys.Stop(b)
	})
}

func TestPoolKeepsAWorkerThatHasAnotherName(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		pool := sys.Spawn(Pool{Pattern: "pool:.*", Scope: Process}.Run)
		worker := sys.Spawn(func(self *Self) any {
			self.Publish("pool:a", Process)
			self.Publish("pool:b", Process)
			for m := range self.Messages() {
				switch m {
				case "stop being a":
					self.Unpublish("pool:a")
				case "who?":
					self.Reply("still here")
				}
			}
			return nil
		})
		synctest.Wait()
		sys.Send(worker, "stop being a")
		synctest.Wait()
		if got, err := Ask[string](t.Context(), sys, pool, "who?"); got != "still here" || err != nil {
			t.Errorf("got %v, %v, want still here", got, err)
		}
	})
}

// A tree in memory: a host directory and two processes.
type tree struct {
	network *memory.Network
	types   Types
	opened  []*System
}

func plant(t *testing.T, types Types, f func(t *testing.T, tr *tree)) {
	synctest.Test(t, func(t *testing.T) {
		tr := &tree{network: memory.NewNetwork(), types: types}
		tr.open(t, Options{Scope: Host, Listen: "127.0.0.1:4000", Directory: "none"})
		t.Cleanup(func() {
			for _, sys := range slices.Backward(tr.opened) {
				if err := sys.Close(context.Background()); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
		})
		f(t, tr)
	})
}

func (tr *tree) open(t *testing.T, options Options) *System {
	t.Helper()
	options.Transport = tr.network.Transport("here")
	options.Types = tr.types
	options.Logger = slog.New(slog.DiscardHandler)
	if options.Directory == "" {
		options.Directory = "127.0.0.1:4000"
	}
	return tr.openAs(t, options)
}

func (tr *tree) openAs(t *testing.T, options Options) *System {
	t.Helper()
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	sys, err := Open(&options)
	if err != nil {
		t.Fatal(err)
	}
	tr.opened = append(tr.opened, sys)
	return sys
}

func await[T any](t *testing.T, self *Self) T {
	t.Helper()
	for {
		m, ok := self.InputWithin(time.Minute)
		if !ok {
			t.Fatalf("no %v came", reflect.TypeFor[T]())
		}
		if m, ok := m.(T); ok {
			return m
		}
	}
}

type odd struct{ error }

func TestBetweenProcesses(t *testing.T) {
	type box struct {
		Owner Address
		Any   any
	}
	types := Types{Type[echoed]("echoed"), Type[box]("box")}
	plant(t, types, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		server := one.Spawn(func(self *Self) any {
			if err := self.Publish("server"); err != nil {
				return err
			}
			for m := range self.Messages() {
				switch m := m.(type) {
				case string:
					self.Reply(odd{fmt.Errorf("no %s here", m)})
				case error, echoed, box, int:
					self.Reply(m)
				}
			}
			return nil
		})
		client, leave := two.Enter("client")
		defer leave()
		if err := client.Subscribe("server"); err != nil {
			t.Fatal(err)
		}
		found := await[Available](t, client)
		if found.Publisher.at != server.at || found.Scope != Host {
			t.Errorf("got %v, want %v at Host", found, server)
		}
		unbound := Address{at: found.Publisher.at}
		local := two.Spawn(echo)
		for _, to := range []Address{found.Publisher, unbound} {
			for _, test := range []struct {
				message any
				want    any // the reply
				err     error
			}{
				{echoed{"x"}, echoed{"x"}, nil},
				{7, 7, nil},
				{box{local, echoed{"y"}}, box{local, echoed{"y"}}, nil},
				{"bread", nil, Faulted{"no bread here", ""}},
				{odd{errors.New("strange")}, nil, Faulted{"strange", ""}},
				{TimedOut{time.Second}, nil, TimedOut{time.Second}},
				{Overloaded{3}, nil, Overloaded{3}},
				{Unavailable{"x"}, nil, Unavailable{"x"}},
				{Aborted{}, nil, Aborted{}},
				{Undelivered{local, 7, "x"}, nil, Undelivered{local, 7, "x"}},
			} {
				got, err := client.ask(t.Context(), to, test.message)
				if got != test.want || err != test.err {
					t.Errorf("%T in session %v: got %v, %v, want %v, %v", test.message, to.in != nil, got, err, test.want, test.err)
				}
			}
			// What has no name on the wire cannot be said there (R16).
			for _, m := range []any{
				Stop{}, Dropped{}, Available{}, Delivered{}, Returned{}, Published{}, Unpublished{},
				Subscribed{}, Unsubscribed{}, JoinPool{}, LeavePool{}, DescribePool{}, PoolFigures{}, &timer{}, &ask{}, expiry{}, &ending{}, Ended{}, &watch{},
				[]Stop{{}}, box{Any: Stop{}}, struct{ X int }{1}, &echoed{}, make(chan int),
			} {
				var portable *PortableError
				if err := client.Send(to, m); !errors.As(err, &portable) {
					t.Errorf("%T in session %v: got %v, want a PortableError", m, to.in != nil, err)
				}
			}
		}
		synctest.Wait()
		if one.find(server) == nil {
			t.Error("the server was stopped from afar")
		}
	})
}

// A reply that cannot leave its process is told to who asked, at once.
func TestReplyThatCannotTravel(t *testing.T) {
	type secret struct{ X int }
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		one.Spawn(func(self *Self) any {
			self.Publish("server")
			for m := range self.Messages() {
				switch m {
				case "secret":
					self.Reply(secret{1})
				case "large":
					self.Reply(strings.Repeat("x", 65<<20))
				}
			}
			return nil
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("server")
		found := await[Available](t, client)
		began := time.Now()
		for _, question := range []string{"secret", "large"} {
			_, err := client.ask(t.Context(), found.Publisher, question)
			if fault, ok := err.(Faulted); !ok || fault.Condition != "no reply" || time.Since(began) > 0 {
				t.Errorf("%s: got %v after %v, want Faulted at once", question, err, time.Since(began))
			}
		}
	})
}

func TestEndOfARemoteActorIsTold(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		server := one.Spawn(func(self *Self) any {
			self.Publish("server")
			for m := range self.Messages() {
				if m == "end" {
					time.Sleep(time.Second)
					break
				}
			}
			return nil
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("server")
		found := await[Available](t, client)
		unbound := Address{at: found.Publisher.at}
		client.Send(unbound, "end")
		synctest.Wait()
		client.Send(unbound, "too late") // it waits in the mailbox when the actor ends
		var got error
		client.Ask(unbound, "asked too late", func(_ any, err error) { got = err })
		var dropped Dropped
		var back Undelivered
		for m, ok := client.InputWithin(time.Minute); ok; m, ok = client.InputWithin(time.Minute) {
			switch m := m.(type) {
			case Dropped:
				dropped = m
			case Undelivered:
				back = m
				if !client.Sender().IsZero() {
					t.Errorf("Undelivered is from %v, want nobody", client.Sender())
				}
			}
		}
		if want := (Dropped{"server", "server", Host, found.Publisher, dropped.Reason}); dropped != want {
			t.Errorf("got %v, want %v", dropped, want)
		}
		if want := (Undelivered{unbound, "too late", "the actor has ended"}); back != want {
			t.Errorf("got %v, want %v", back, want)
		}
		if want := (Undelivered{unbound, "asked too late", "the actor has ended"}); got != want {
			t.Errorf("the ask: got %v, want %v", got, want)
		}
		if err := one.Send(server, 1); !errors.Is(err, ErrEnded) {
			t.Errorf("got %v, want ErrEnded", err)
		}
		client.Send(unbound, "later still")
		if u := await[Undelivered](t, client); u.Message != "later still" || u.To != unbound {
			t.Errorf("got %v, want Undelivered", u)
		}
	})
}
