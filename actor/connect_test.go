package actor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/transport/memory"
)

// pairOfSystems opens two systems on two machines that know of no directory.
func pairOfSystems(t *testing.T, f func(t *testing.T, network *memory.Network, one, two *System), options ...Options) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		open := func(place string) *System {
			var o Options
			if len(options) > 0 {
				o = options[0]
			}
			tr := &tree{network: network}
			o.Directory = "none"
			o.Transport = network.Transport(place)
			return tr.openAs(t, o)
		}
		one, two := open("one"), open("two")
		t.Cleanup(func() { // when the test's own actors have left
			for _, sys := range []*System{two, one} {
				if err := sys.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
		f(t, network, one, two)
	})
}

// enter is Enter for a test.
func enter(t *testing.T, sys *System, name string) *Self {
	t.Helper()
	self, leave := sys.Enter(name)
	t.Cleanup(leave)
	return self
}

// got returns the next message, which must be a T.
func got[T any](t *testing.T, self *Self) T {
	t.Helper()
	m, ok := self.InputWithin(time.Minute)
	if !ok {
		t.Fatalf("%s got nothing, want a %T", self.Name(), *new(T))
	}
	is, ok := m.(T)
	if !ok {
		t.Fatalf("%s got %T %v, want a %T", self.Name(), m, m, is)
	}
	return is
}

// nothing checks that no message waits.
func hearsNothing(t *testing.T, self *Self) {
	t.Helper()
	if m, ok := self.InputWithin(time.Minute); ok {
		t.Errorf("%s got %T %v, want nothing", self.Name(), m, m)
	}
}

// joined has one actor listen and another connect.
func joined(t *testing.T, listens, connects *Self) (Accepted, Connected) {
	t.Helper()
	if err := listens.Listen("one:0"); err != nil {
		t.Fatal(err)
	}
	at := got[Listening](t, listens)
	connects.Connect(at.Address)
	c := got[Connected](t, connects)
	a := got[Accepted](t, listens)
	if a.Listener != at.Address || at.Requested != "one:0" || c.Requested != at.Address {
		t.Errorf("got %+v, %+v and %+v", at, a, c)
	}
	if a.Remote.at != connects.Address().at || c.Remote.at != listens.Address().at {
		t.Errorf("%v and %v are connected with %v and %v", listens.Address(), connects.Address(), a.Remote, c.Remote)
	}
	return a, c
}

func TestConnect(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		a, c := joined(t, server, client)

		if err := client.Send(c.Remote, "hello"); err != nil {
			t.Fatal(err)
		}
		if m := got[string](t, server); m != "hello" || server.Sender() != a.Remote {
			t.Errorf("got %q from %v, want it from %v", m, server.Sender(), a.Remote)
		}
		server.Reply("welcome")
		if m := got[string](t, client); m != "welcome" || client.Sender() != c.Remote {
			t.Errorf("got %q from %v, want it from %v", m, client.Sender(), c.Remote)
		}

		// Last words go ahead of Closed.
		server.Send(a.Remote, "goodbye")
		server.Close(a.Remote)
		if err := server.Send(a.Remote, "too late"); !errors.Is(err, ErrEnded) {
			t.Errorf("after Close Send returns %v, want ErrEnded", err)
		}
		if m := got[Closed](t, server); m.Remote != a.Remote || m.Reason != "this actor has closed the connection" {
			t.Errorf("got %v", m)
		}
		if m := got[string](t, client); m != "goodbye" {
			t.Errorf("got %q", m)
		}
		if m := got[Closed](t, client); m.Remote != c.Remote || m.Reason != "the other actor has closed the connection" {
			t.Errorf("got %v", m)
		}
		if err := client.Send(c.Remote, "too late"); !errors.Is(err, ErrEnded) {
			t.Errorf("after Closed Send returns %v, want ErrEnded", err)
		}
		server.Close(a.Remote) // again, and of what is none
		client.Close(c.Remote)
		client.Close(Address{})
		client.Close(server.Address())
		hearsNothing(t, server)
		hearsNothing(t, client)
	})
}

// The other end of a connection may be in the same process, and even the same actor.
func TestConnectWithin(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, _ *System) {
		server, client := enter(t, one, "server"), enter(t, one, "client")
		a, c := joined(t, server, client)
		client.Send(c.Remote, "hello")
		if m := got[string](t, server); m != "hello" || server.Sender() != a.Remote {
			t.Errorf("got %q from %v, want it from %v", m, server.Sender(), a.Remote)
		}
		client.Close(c.Remote)
		got[Closed](t, client)
		got[Closed](t, server)

		if err := client.Listen("one:0"); err != nil {
			t.Fatal(err)
		}
		client.Connect(got[Listening](t, client).Address)
		var ends []Address
		for range 2 {
			switch m := client.Input().(type) {
			case Accepted:
				ends = append(ends, m.Remote)
			case Connected:
				ends = append(ends, m.Remote)
			default:
				t.Fatalf("got %T %v", m, m)
			}
		}
		for i, end := range ends {
			client.Send(end, "to myself")
			got[string](t, client)
			if from := client.Sender(); from != ends[1-i] {
				t.Errorf("what is sent to %v comes from %v", end, from)
			}
		}
		client.Close(ends[0])
		got[Closed](t, client)
		got[Closed](t, client)
	})
}

func TestConnectAsks(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		client := enter(t, two, "client")
		at := make(chan string, 1)
		one.Spawn(func(self *Self) any {
			self.Listen("one:0")
			at <- self.Input().(Listening).Address
			for m := range self.Messages() {
				switch m := m.(type) {
				case string:
					if m == "end" {
						return nil
					}
					self.Reply("you said " + m)
				}
			}
			return Aborted{}
		})
		client.Connect(<-at)
		c := got[Connected](t, client)
		if reply, err := Ask[string](t.Context(), client, c.Remote, "hello"); err != nil || reply != "you said hello" {
			t.Errorf("got %q, %v", reply, err)
		}
		// A request to one that ends is answered so, by callback or waiting.
		var late error
		client.Ask(c.Remote, 7, func(_ any, err error) { late = err })
		if _, err := Ask[string](t.Context(), client, c.Remote, "end"); !errors.As(err, new(Undelivered)) {
			t.Errorf("the actor that was asked ends: got %v, want Undelivered", err)
		}
		if m := got[Closed](t, client); m.Remote != c.Remote || m.Reason != "the other actor has ended" {
			t.Errorf("got %v", m)
		}
		hearsNothing(t, client)
		if !errors.As(late, new(Undelivered)) {
			t.Errorf("by callback: got %v, want Undelivered", late)
		}
	})
}

// R12: the connections of an actor that ends are closed, and so are its listeners.
func TestConnectedActorEnds(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server := enter(t, one, "server")
		if err := server.Listen("one:5000"); err != nil {
			t.Fatal(err)
		}
		got[Listening](t, server)
		two.Spawn(func(self *Self) any {
			self.Connect("one:5000")
			c := self.Input().(Connected)
			for i := range 100 {
				self.Send(c.Remote, i)
			}
			return nil
		})
		a := got[Accepted](t, server)
		for i := range 100 {
			if m := got[int](t, server); m != i {
				t.Fatalf("got %d, want %d", m, i)
			}
		}
		if m := got[Closed](t, server); m.Remote != a.Remote || m.Reason != "the other actor has ended" {
			t.Errorf("got %v", m)
		}

		listener := one.Spawn(func(self *Self) any {
			self.Listen("one:5001")
			for range self.Messages() {
			}
			return nil
		})
		synctest.Wait()
		if err := server.Listen("one:5001"); !errors.As(err, new(NotListening)) || !strings.Contains(err.Error(), "one:5001") {
			t.Errorf("at an address that is taken: %v", err)
		}
		one.Stop(listener)
		one.Wait(t.Context(), listener)
		if err := server.Listen("one:5001"); err != nil {
			t.Errorf("after the actor that listened has ended: %v", err)
		}
	})
}

func TestUnlisten(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		a, c := joined(t, server, client)
		server.Unlisten("one:1") // none of its
		client.Unlisten(a.Listener)
		client.Connect(a.Listener)
		other := got[Connected](t, client)
		got[Accepted](t, server)
		if other.Remote == c.Remote {
			t.Error("two connections have one address")
		}
		server.Unlisten(a.Listener)
		client.Connect(a.Listener)
		if m := got[NotConnected](t, client); m.Requested != a.Listener || !strings.Contains(m.Reason, "nobody listens there") {
			t.Errorf("got %v", m)
		}
		client.Send(c.Remote, "still there")
		got[string](t, server)
		if err := server.Listen(a.Listener); err != nil {
			t.Errorf("at the address that is free again: %v", err)
		}
		got[Listening](t, server)
	})
}

func TestConnectRefusals(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, network *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		for _, test := range []struct {
			address string
			want    string
		}{
			{"", "empty"},
			{"one", "missing port"},
			{"one:99999", "99999"},
		} {
			var refused NotListening
			if err := server.Listen(test.address); !errors.As(err, &refused) || refused.Address != test.address || !strings.Contains(refused.Reason, test.want) {
				t.Errorf("Listen %q: got %v, want %q", test.address, err, test.want)
			}
			client.Connect(test.address)
			if m := got[NotConnected](t, client); m.Requested != test.address || !strings.Contains(m.Reason, test.want) {
				t.Errorf("Connect %q: got %v, want %q", test.address, m, test.want)
			}
		}
		hearsNothing(t, server)

		// Nobody answers.
		network.Cut("one", "two")
		begin := time.Now()
		client.Connect("one:5000")
		got[NotConnected](t, client)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// Where only the link is slow or silent the call is given up in time, and nothing stays.
func TestConnectTimesOut(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, network *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		server.Listen("one:5000")
		got[Listening](t, server)
		network.Delay("one", "two", 300*time.Millisecond)
		begin := time.Now()
		client.Connect("one:5000")
		if m := got[NotConnected](t, client); m.Reason != "no answer in time" {
			t.Errorf("got %v", m)
		}
		if took := time.Since(begin); took != 700*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		// It was accepted in the last moment: the two are told the end as well.
		got[Accepted](t, server)
		if m := got[Closed](t, server); m.Reason != "it was answered too late" {
			t.Errorf("got %v", m)
		}
		hearsNothing(t, client)
		hearsNothing(t, server)
	}, Options{AskTimeout: 700 * time.Millisecond})
}

// R13: a silent machine is noticed, by both sides.
func TestConnectionIsCut(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, network *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		a, c := joined(t, server, client)
		network.Cut("one", "two")
		if m := got[Closed](t, server); m.Remote != a.Remote || !strings.HasPrefix(m.Reason, "link lost: ") {
			t.Errorf("got %v", m)
		}
		if m := got[Closed](t, client); m.Remote != c.Remote || !strings.HasPrefix(m.Reason, "link lost: ") {
			t.Errorf("got %v", m)
		}
		network.Heal("one", "two")
		client.Connect(a.Listener)
		got[Connected](t, client)
		network.Reset("one", "two")
		got[Closed](t, client)
		got[Accepted](t, server)
		got[Closed](t, server)
	})
}

// R17: who takes nothing stops who sends to him, in that connection only.
func TestConnectionBackPressure(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server, other, client := enter(t, one, "server"), enter(t, one, "other"), enter(t, two, "client")
		a, c := joined(t, server, client)
		_, d := joined(t, other, client)
		long := strings.Repeat("x", 10_000)
		sent := 0
		for client.Send(c.Remote, long) == nil {
			if sent++; sent > 1000 {
				t.Fatal("nothing stops who sends")
			}
			synctest.Wait()
		}
		if err := client.Send(c.Remote, long); !errors.Is(err, ErrOverloaded) {
			t.Errorf("got %v, want ErrOverloaded", err)
		}
		if err := client.Send(d.Remote, "short"); err != nil {
			t.Errorf("in the other connection: %v", err)
		}
		got[string](t, other)
		client.Send(d.Remote, strings.Repeat("y", 1<<20)) // in parts
		if m := got[string](t, other); len(m) != 1<<20 {
			t.Errorf("got %d bytes", len(m))
		}
		// What waits goes ahead of the end.
		client.Close(c.Remote)
		got[Closed](t, client)
		for range sent {
			got[string](t, server)
		}
		if m := got[Closed](t, server); m.Remote != a.Remote {
			t.Errorf("got %v", m)
		}

		_, c = joined(t, server, client)
		for client.Send(c.Remote, long) == nil {
			synctest.Wait()
		}
		done := make(chan error)
		go func() { done <- client.SendWait(context.Background(), c.Remote, "at last") }()
		synctest.Wait()
		for {
			if m, ok := server.Input().(string); ok && m == "at last" {
				break
			}
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// An address that is sent over a connection works where it arrives, and one of its own
// that comes back is bound to nothing.
func TestAddressesOverConnections(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		a, _ := joined(t, server, client)
		server.Send(a.Remote, one.Spawn(echo))
		worker := got[Address](t, client)
		if reply, err := Ask[string](t.Context(), client, worker, "hello"); err != nil || reply != "hello" {
			t.Errorf("got %q, %v", reply, err)
		}
	})
}

// Connections that come and go while an actor takes nothing do not pile up there.
func TestConnectionsUnseen(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		server, client := enter(t, one, "server"), enter(t, two, "client")
		server.Listen("one:5000")
		const many = keepPairs + 100
		for range many {
			client.Connect("one:5000")
			client.Close(got[Connected](t, client).Remote)
			got[Closed](t, client)
		}
		synctest.Wait()
		seen := map[string]int{}
		for {
			m, ok := server.InputWithin(time.Second)
			if !ok {
				break
			}
			seen[fmt.Sprintf("%T", m)]++
		}
		if seen["actor.Accepted"] != keepPairs || seen["actor.Closed"] != keepPairs {
			t.Errorf("got %v, want %d of each", seen, keepPairs)
		}
	})
}

// repeats is the state of an actor that says what others say, unless it is to fail.
func repeats(self *Self, message any) State {
	switch m := message.(type) {
	case Listening, Accepted, Closed:
		return self.Stay()
	case string:
		if m == "fail" {
			panic(m)
		}
		self.Reply(m)
		return self.Stay()
	}
	return nil
}

// An actor that is started again has no connections and no listeners left, and may
// listen where it did; a state listens and connects as a function does.
func TestConnectAndRestart(t *testing.T) {
	pairOfSystems(t, func(t *testing.T, _ *memory.Network, one, two *System) {
		client := enter(t, two, "client")
		one.Spawn(func(self *Self) any {
			if err := self.Listen("one:5000"); err != nil {
				return err
			}
			return State(repeats)
		}, Restart{Limit: time.Hour, Tries: 3})
		synctest.Wait()
		client.Connect("one:5000")
		for range 2 {
			c := got[Connected](t, client)
			if reply, err := Ask[string](t.Context(), client, c.Remote, "hello"); err != nil || reply != "hello" {
				t.Errorf("got %q, %v", reply, err)
			}
			client.Send(c.Remote, "fail")
			if m := got[Closed](t, client); m.Reason != "the other actor has ended" {
				t.Errorf("got %v", m)
			}
			time.Sleep(time.Minute) // it waits before it starts again
			client.Connect("one:5000")
		}
		got[Connected](t, client)
	})
}
