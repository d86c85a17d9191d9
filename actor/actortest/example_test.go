package actortest_test

import (
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func greeter(self *actor.Self) any {
	if err := self.Publish("greeter", actor.LAN); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case string:
			self.Reply("hello, " + m)
		}
	}
	return actor.Aborted{}
}

// An actor is tested by sending to it and looking at what comes back.
func ExampleOpen() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	sys := actortest.Open(t, nil)
	client := actortest.NewProbe(t, sys)
	client.Send(sys.Spawn(greeter), "world")
	fmt.Println(actortest.Expect[string](client))
	// Output: hello, world
}

// A probe subscribes, as any actor does. Await steps over the Subscribed.
func ExampleProbe() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	sys := actortest.Open(t, nil)
	sys.Spawn(greeter)
	client := actortest.NewProbe(t, sys)
	if err := client.Subscribe("greeter"); err != nil {
		t.Fatal(err)
	}
	found := actortest.Await[actor.Available](client)
	fmt.Println("found", found.Name)
	sys.Stop(found.Publisher)
	fmt.Println("lost", actortest.Expect[actor.Dropped](client).Name)
	client.Quiet(time.Millisecond) // and nothing more is said
	// Output:
	// found greeter
	// lost greeter
}

// A message that is meant to stay in the process need not be one that could leave it.
func ExampleLocal() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	type job func() string
	sys := actortest.Open(t, nil, actortest.Local[job]())
	client := actortest.NewProbe(t, sys)
	client.Send(sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if m, ok := m.(job); ok {
				self.Reply(m())
			}
		}
		return actor.Aborted{}
	}), job(func() string { return "done" }))
	fmt.Println(actortest.Expect[string](client))

	fmt.Println(client.Send(client.Address(), make(chan int)))
	// Output:
	// done
	// actor.Send: chan int: a chan cannot be sent
}

// A host is cut off and comes back.
func ExampleTree() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	lan := actortest.NewTree(t, "alpha", "beta")
	lan.Open("alpha", nil).Spawn(greeter)
	client := actortest.NewProbe(t, lan.Open("beta", nil))
	if err := client.Subscribe("greeter", actor.LAN); err != nil {
		t.Fatal(err)
	}
	fmt.Println("found at", actortest.Await[actor.Available](client).Scope)
	lan.Cut("alpha")
	actortest.Expect[actor.Dropped](client)
	lan.Heal("alpha")
	fmt.Println("found at", actortest.Await[actor.Available](client).Scope, "again")
	// Output:
	// found at LAN
	// found at LAN again
}

// A test that is about a panic says so.
func ExamplePanics() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	sys := actortest.Open(t, nil, actortest.Panics("index out of range"))
	parent := actortest.NewProbe(t, sys)
	parent.Spawn(func(self *actor.Self) any {
		numbers, _ := self.Input().([]int)
		return numbers[0]
	})
	for child := range parent.Children() {
		parent.Send(child, []int{})
	}
	fmt.Println(actortest.Expect[actor.Returned](parent).Value)
	// Output: panic (runtime error: index out of range [0] with length 0)
}

// A State that leaves a message is a failure of the test, unless it is meant to.
func ExampleLeaves() {
	t := new(verdict) // in a test it is the *testing.T
	defer t.end()

	sys := actortest.Open(t, nil, actortest.Leaves[string]())
	client := actortest.NewProbe(t, sys)
	closed := sys.Spawn(func(self *actor.Self) any {
		return actor.State(func(self *actor.Self, m any) actor.State {
			switch m.(type) {
			case int:
				self.Reply("we open at nine")
				return self.Stay()
			}
			return nil
		})
	})
	client.Send(closed, "knock")
	client.Send(closed, 8)
	fmt.Println(actortest.Expect[string](client))
	// Output: we open at nine
}
