package actor

import (
	"errors"
	"fmt"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

func TestFatalErrorsAreKeptUpToABound(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		for i := range 20 {
			office{sys}.Fatal(fmt.Errorf("reason %d", i))
		}
		for i := range 16 {
			if got, want := (<-sys.Fatal()).Error(), fmt.Sprintf("reason %d", i); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		if n := len(sys.fatal); n != 0 {
			t.Errorf("%d are left, want none", n)
		}
	})
}

func TestDeliveriesAreRefusedWithTheTransportsReasons(t *testing.T) {
	bubble(t, Options{Mailbox: 1}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		made := sys.mint.Address(9)
		for _, test := range []struct {
			to   transport.Address
			want error
		}{
			{self.at, nil},
			{self.at, transport.ErrOverloaded},
			{made, transport.ErrEnded},
			{sys.mint.Address(10), nil}, // an ask that is over: counted
		} {
			if got := (office{sys}).Deliver(node.Delivery{To: test.to, Message: 1}); !errors.Is(got, test.want) {
				t.Errorf("%v: got %v, want %v", test.to, got, test.want)
			}
		}
		leave()
		(office{sys}).Tell(self.at.Actor, directory.Published{}, nil) // to nobody, harmless
		if got, want := sys.Counts(), (Counts{Undelivered: 1, Late: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestWhatWasGivenBackIsTold(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		far := transport.Address{Process: transport.NewProcessID(), Actor: 3, Key: 4}
		(office{sys}).Undelivered(node.Undelivered{From: self.at, To: far, Message: 1, Reason: "gone"})
		if got, want := self.Input(), (Undelivered{Address{at: far}, 1, "gone"}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		// What is undeliverable about an Undelivered ends there.
		(office{sys}).Undelivered(node.Undelivered{From: self.at, To: far, Message: Undelivered{}, Reason: "gone"})
		if m, ok := self.InputWithin(0); ok {
			t.Errorf("got %v, want nothing", m)
		}
		if got, want := sys.Counts(), (Counts{Undelivered: 2}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}
