package actor_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// open opens a system without a directory above it, for the examples.
func open(options actor.Options) (sys *actor.System, done func()) {
	options.Directory = "none"
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	sys, err := actor.Open(&options)
	if err != nil {
		log.Fatal(err)
	}
	return sys, func() {
		if err := sys.Close(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}

// An actor is a function; what it returns is its result.
func ExampleFunc() {
	sys, done := open(actor.Options{})
	defer done()
	adder := sys.Spawn(func(self *actor.Self) any {
		sum := 0
		for m := range self.Messages() { // until Stop is taken
			switch m := m.(type) {
			case int:
				sum += m
			}
		}
		return sum
	})
	for i := range 5 {
		sys.Send(adder, i)
	}
	sys.Stop(adder)
	fmt.Println(sys.Wait(context.Background(), adder))
	// Output: 10 <nil>
}

// A turnstile is a state machine: it costs no goroutine while nobody comes.
type turnstile struct{ coins int }

type (
	coin struct{}
	push struct{}
)

func (t *turnstile) locked(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case coin:
		t.coins++
		self.Reply("unlocked")
		return t.open
	case push:
		self.Reply("locked")
		return self.Stay()
	}
	return nil // not for this state; Stop ends it
}

func (t *turnstile) open(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case coin:
		return self.Save() // for who comes next
	case push:
		self.Reply("through")
		return t.locked
	}
	return nil
}

func ExampleState() {
	sys, done := open(actor.Options{})
	defer done()
	gate := sys.Spawn(func(self *actor.Self) any {
		return actor.State(new(turnstile).locked) // what changes belongs to this call
	})
	visitor, leave := sys.Enter("visitor")
	defer leave()
	for _, m := range []any{push{}, coin{}, coin{}, push{}, push{}, push{}} {
		visitor.Send(gate, m)
	}
	for range 6 { // each push and each coin is answered
		fmt.Println(visitor.Input())
	}
	// Output:
	// locked
	// unlocked
	// through
	// unlocked
	// through
	// locked
}

// Select takes what it wants first; the rest waits, in order.
func ExampleSelf_Select() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("clerk")
	defer leave()
	for _, m := range []any{1, "urgent", 2} {
		self.Send(self.Address(), m)
	}
	fmt.Println(self.Select(actor.Is[string]))
	fmt.Println(self.Input(), self.Input())
	// Output:
	// urgent
	// 1 2
}

func ExampleSelf_Spawn() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("parent")
	defer leave()
	self.Spawn(func(self *actor.Self) any { return 6 * 7 }, actor.Named("thinker"))
	m := self.Select(actor.Is[actor.Returned]).(actor.Returned)
	fmt.Println(m.Name, m.Value)
	// Output: thinker 42
}

// A result goes to a callback instead, which runs between two messages.
func ExampleSelf_SpawnThen() {
	sys, done := open(actor.Options{})
	defer done()
	parent := sys.Spawn(func(self *actor.Self) any {
		think := func(self *actor.Self) any { return 6 * 7 }
		self.SpawnThen(think, actor.Then(func(n int, err error) {
			fmt.Println(n, err)
			self.System().Stop(self.Address())
		}))
		for range self.Messages() {
		}
		return nil
	})
	sys.Wait(context.Background(), parent)
	// Output: 42 <nil>
}

func ExampleRestart() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("supervisor")
	defer leave()
	fetch := func(self *actor.Self) any { return actor.Faulted{Condition: "no answer"} }
	self.Spawn(fetch, actor.Named("fetch"), actor.Restart{After: time.Millisecond, Tries: 2})
	for {
		switch m := self.Input().(type) {
		case actor.Restarted:
			fmt.Println(m.Name, "again:", m.Fault)
		case actor.Returned:
			fmt.Println(m.Name, "given up:", m.Value)
			return
		}
	}
	// Output:
	// fetch again: no answer
	// fetch again: no answer
	// fetch given up: no answer
}

func ExampleSelf_Every() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("clock")
	defer leave()
	type tick struct{}
	ticks := self.Every(time.Millisecond, tick{})
	for range 3 {
		fmt.Printf("%T\n", self.Input())
	}
	ticks.Cancel() // none comes any more, also if one waits
	_, more := self.InputWithin(10 * time.Millisecond)
	fmt.Println(more)
	// Output:
	// actor_test.tick
	// actor_test.tick
	// actor_test.tick
	// false
}

func ExampleSelf_After() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("sleeper")
	defer leave()
	self.After(2*time.Millisecond, "wake up")
	self.After(time.Millisecond, "never heard").Cancel()
	fmt.Println(self.Input())
	// Output: wake up
}

func ExampleSelf_Publish() {
	sys, done := open(actor.Options{})
	defer done()
	sys.Spawn(func(self *actor.Self) any {
		if err := self.Publish("hello:greeter", actor.Process); err != nil {
			return err
		}
		for m := range self.Messages() {
			if name, ok := m.(string); ok {
				self.Reply("hello, " + name)
			}
		}
		return actor.Aborted{}
	})
	caller := sys.Spawn(func(self *actor.Self) any {
		if err := self.Subscribe("hello:.*", actor.Process); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Available:
				fmt.Println("found", m.Name)
				self.Send(m.Publisher, "world")
			case string:
				return m
			}
		}
		return actor.Aborted{}
	})
	fmt.Println(sys.Wait(context.Background(), caller))
	// Output:
	// found hello:greeter
	// hello, world <nil>
}

// Any goroutine may be an actor for a while.
func ExampleSystem_Enter() {
	sys, done := open(actor.Options{})
	defer done()
	echo := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			self.Reply(m)
		}
		return nil
	})
	self, leave := sys.Enter("main")
	defer leave()
	self.Send(echo, "again")
	fmt.Println(self.Input())
	// Output: again
}

// Events are for metrics and tests.
func ExampleEvent() {
	sys, done := open(actor.Options{Events: func(e actor.Event) {
		switch e := e.(type) {
		case actor.Spawned:
			fmt.Println("spawned", e.Name)
		case actor.Unhandled:
			fmt.Println("unhandled", e.Message)
		case actor.Ended:
			fmt.Println("ended", e.Value)
		}
	}})
	defer done()
	idle := func(self *actor.Self, m any) actor.State { return nil }
	a := sys.Spawn(func(self *actor.Self) any { return actor.State(idle) }, actor.Named("idle"))
	sys.Send(a, "hello?")
	sys.Stop(a)
	sys.Wait(context.Background(), a)
	// Output:
	// spawned idle
	// unhandled hello?
	// ended aborted
}

// A sender is told when nobody takes what it sends.
func ExampleSelf_Send_overloaded() {
	sys, done := open(actor.Options{})
	defer done()
	busy := sys.Spawn(func(self *actor.Self) any {
		<-self.Context().Done()
		return actor.Aborted{}
	}, actor.Mailbox(2))
	for range 3 {
		err := sys.Send(busy, "work")
		fmt.Println(errors.Is(err, actor.ErrOverloaded))
	}
	// Output:
	// false
	// false
	// true
}
