package actor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/transport/memory"
)

// bubble runs f with a system that stands alone, in a bubble of its own: a
// goroutine that is left when the system is closed fails the test.
func bubble(t *testing.T, options Options, f func(t *testing.T, sys *System)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, options)
		t.Cleanup(func() {
			if err := sys.Close(context.Background()); err != nil {
				t.Errorf("Close: %v", err)
			}
			synctest.Wait() // goroutines whose ask was cut off
			if cells, asks := len(sys.cells.all()), len(sys.asks.all()); cells+asks > 0 {
				t.Errorf("%d actors and %d asks are left", cells, asks)
			}
		})
		f(t, sys)
	})
}

// alone opens a system without a parent directory.
func alone(t testing.TB, options Options) *System {
	t.Helper()
	options.Directory = "none"
	options.Transport = memory.NewNetwork().Transport("here")
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	sys, err := Open(&options)
	if err != nil {
		t.Fatal(err)
	}
	return sys
}

// echo replies with what it gets.
func echo(self *Self) any {
	for m := range self.Messages() {
		self.Reply(m)
	}
	return Aborted{}
}

func TestOpenRefuses(t *testing.T) {
	type xy struct{ X, Y int }
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{Types: Types{Type[xy]("xy"), Type[xy]("yx")}}, "yx"},
		{Options{Types: Types{Type[xy]("xy"), Type[echoed]("xy")}}, "xy"},
		{Options{Types: Types{Type[xy]("layer-cake.xy")}}, "layer-cake.xy"},
		{Options{Types: Types{Type[*xy]("xy")}}, "xy"},
		{Options{Directory: "nowhere"}, "nowhere"},
		{Options{Scope: WAN}, "WAN"},
		{Options{Scope: 9}, "Scope(9)"},
	} {
		sys, err := Open(&test.options)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, %v, want an error with %q", test.options, sys, err, test.want)
		}
	}
}

type echoed struct{ Text string }

func TestWaitReturnsTheResult(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(*Self) any { return 7 })
		for range 2 { // while it runs or just after, and long after
			if got, err := sys.Wait(t.Context(), a); got != 7 || err != nil {
				t.Errorf("Wait: got %v, %v, want 7", got, err)
			}
			synctest.Wait()
		}
		if _, err := sys.Wait(t.Context(), Address{}); !errors.Is(err, ErrEnded) {
			t.Errorf("Wait for nobody: got %v, want ErrEnded", err)
		}
		b := sys.Spawn(echo)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sys.Wait(ctx, b); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait for an actor that runs: got %v, want DeadlineExceeded", err)
		}
	})
}

func TestOnlySomeResultsAreKept(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		var all []Address
		for i := range keptResults + 1 {
			all = append(all, sys.Spawn(func(*Self) any { return i }))
			synctest.Wait()
		}
		if got, err := sys.Wait(t.Context(), all[0]); !errors.Is(err, ErrEnded) {
			t.Errorf("the first: got %v, %v, want ErrEnded", got, err)
		}
		if got, err := sys.Wait(t.Context(), all[1]); got != 1 || err != nil {
			t.Errorf("the second: got %v, %v, want 1", got, err)
		}
		if n := len(sys.results.values); n != keptResults {
			t.Errorf("got %d results kept, want %d", n, keptResults)
		}
	})
}

func TestCloseNamesWhoDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, Options{Grace: 3 * time.Second})
		deaf := make(chan struct{})
		sys.Spawn(func(self *Self) any {
			self.Spawn(func(self *Self) any {
				for {
					self.Input() // it would go on for ever, and is ended
				}
			}, Named("stubborn"))
			<-deaf
			return nil
		}, Named("deaf"))
		sys.Spawn(echo)
		synctest.Wait()
		began := time.Now()
		err := sys.Close(context.Background())
		if err == nil || !strings.Contains(err.Error(), "deaf (") || strings.Contains(err.Error(), ", ") {
			t.Errorf("got %v, want an error that names deaf", err)
		}
		if got, want := time.Since(began), 4*time.Second; got != want {
			t.Errorf("Close took %v, want %v", got, want)
		}
		if err := sys.Close(context.Background()); err != nil {
			t.Errorf("Close again: %v", err)
		}
		close(deaf)
	})
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, Options{})
		deaf := make(chan struct{})
		sys.Spawn(func(*Self) any { <-deaf; return nil }, Named("deaf"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := sys.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "deaf") {
			t.Errorf("got %v, want DeadlineExceeded and the name", err)
		}
		close(deaf)
	})
}

func TestNothingRunsAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, Options{})
		a := sys.Spawn(echo)
		if err := sys.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if b := sys.Spawn(echo); !b.IsZero() {
			t.Errorf("Spawn: got %v, want nobody", b)
		}
		if self, leave := sys.Enter("late"); self != nil {
			t.Errorf("Enter: got %v, want nil", self.Address())
		} else {
			leave()
		}
		if err := sys.Send(a, 1); !errors.Is(err, ErrEnded) {
			t.Errorf("Send: got %v, want ErrEnded", err)
		}
		if err := sys.Stop(a); !errors.Is(err, ErrEnded) {
			t.Errorf("Stop: got %v, want ErrEnded", err)
		}
	})
}

func TestNobodyEntersWhileClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := alone(t, Options{})
		last, leaveLast := sys.Enter("last")
		go func() {
			if err := sys.Close(context.Background()); err != nil {
				t.Errorf("Close: %v", err)
			}
		}()
		if got := last.Input(); got != (Stop{}) {
			t.Errorf("got %v, want Stop", got)
		}
		self, leave := sys.Enter("late")
		if self != nil {
			t.Errorf("got %v, want nil", self.Address())
		}
		leave() // does nothing
		if a := sys.Spawn(echo); !a.IsZero() {
			t.Errorf("Spawn: got %v, want nobody", a)
		}
		leaveLast()
		synctest.Wait()
	})
}

func TestOpenNamesThePortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := taken.Addr().String()
	for _, test := range []struct {
		listen string
		scope  Scope
		want   string
	}{
		{at, Host, "actor.Open: " + at + ": address already in use; is a host-cake running already?"},
		{at, LAN, "actor.Open: " + at + ": address already in use; is a lan-cake running already?"},
		{at, Process, "actor.Open: " + at + ": address already in use; does another process listen there?"},
		{"192.0.2.1:0", LAN, "actor.Open: 192.0.2.1:0: cannot assign requested address; is it an address of this machine?"},
		{"nowhere", Process, "actor.Open: nowhere: address nowhere: missing port in address"},
	} {
		sys, err := Open(&Options{Listen: test.listen, Scope: test.scope, Directory: "none"})
		if err == nil {
			sys.Close(t.Context())
			t.Errorf("%+v: it is open", test)
		} else if err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
	network := memory.NewNetwork()
	options := Options{Listen: "127.0.0.1:1", Directory: "none", Transport: network.Transport("here")}
	first, err := Open(&options)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close(t.Context())
	if _, err := Open(&options); err == nil || err.Error() != "actor.Open: 127.0.0.1:1: address already in use" {
		t.Errorf("in memory: got %v", err)
	}
}

func TestEnteredGoroutineIsAnActor(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("probe")
		child := self.Spawn(echo)
		self.Send(child, "hello")
		if got := self.Input(); got != "hello" || self.Sender() != child {
			t.Errorf("got %v from %v, want hello from %v", got, self.Sender(), child)
		}
		if self.Name() != "probe" {
			t.Errorf("got name %q, want probe", self.Name())
		}
		leave()
		leave() // does nothing
		if err := sys.Send(child, "hello"); !errors.Is(err, ErrEnded) {
			t.Errorf("Send to the child of one who left: got %v, want ErrEnded", err)
		}
	})
}

func TestEnteredGoroutineIsNotEnded(t *testing.T) {
	bubble(t, Options{Grace: time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("probe")
		defer leave()
		if err := sys.Stop(self.Address()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		for range 3 {
			if got := self.Input(); got != (Stop{}) {
				t.Errorf("got %v, want Stop", got)
			}
		}
	})
}

func TestActorsAreListed(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		child := self.Spawn(func(self *Self) any { <-self.Context().Done(); return nil }, Named("child"))
		sys.Send(child, 1)
		sys.Send(child, 2)
		got := map[string]Info{}
		for info := range sys.Actors() {
			got[info.Name] = info
		}
		want := map[string]Info{
			"parent": {self.Address(), Address{}, "parent", "", 0, time.Now()},
			"child":  {child, self.Address(), "child", "", 2, time.Now()},
		}
		if len(got) != 2 || got["parent"] != want["parent"] || got["child"] != want["child"] {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
