package actor_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// double replies with twice what it gets.
func double(self *actor.Self) any {
	for m := range self.Messages() {
		if n, ok := m.(int); ok {
			self.Reply(2 * n)
		}
	}
	return nil
}

// opened is a system that has no directory but its own.
func opened() *actor.System {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		panic(err)
	}
	return sys
}

func ExampleAsk() {
	sys := opened()
	defer sys.Close(context.Background())
	service := sys.Spawn(double)

	n, err := actor.Ask[int](context.Background(), sys, service, 21)
	fmt.Println(n, err)
	_, err = actor.Ask[string](context.Background(), sys, service, 21)
	fmt.Println(err)
	// Output:
	// 42 <nil>
	// unexpected reply: int
}

func ExampleThen() {
	sys := opened()
	defer sys.Close(context.Background())
	service := sys.Spawn(double)

	client := sys.Spawn(func(self *actor.Self) any {
		self.Ask(service, 21, actor.Then(func(n int, err error) {
			fmt.Println(n, err)
			self.Send(self.Address(), "done")
		}))
		return self.Input() // the callback runs before
	})
	fmt.Println(sys.Wait(context.Background(), client))
	// Output:
	// 42 <nil>
	// done <nil>
}

func ExampleSelf_Concurrently() {
	sys := opened()
	defer sys.Close(context.Background())
	service := sys.Spawn(double)
	silent := sys.Spawn(func(self *actor.Self) any {
		for range self.Messages() {
		}
		return nil
	})

	self, leave := sys.Enter("client")
	defer leave()
	note := func(replies []any, err error) {
		fmt.Println(replies, errors.As(err, new(actor.TimedOut)))
		self.Send(self.Address(), "done")
	}
	self.Concurrently([]actor.Request{{To: service, Message: 1}, {To: service, Message: 2}}, note)
	self.Input()
	self.Concurrently([]actor.Request{
		{To: service, Message: 3},
		{To: silent, Message: 4, Within: time.Millisecond},
	}, note)
	self.Input()
	// Output:
	// [2 4] false
	// [] true
}

func ExampleSelf_Sequentially() {
	sys := opened()
	defer sys.Close(context.Background())
	till := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if m == "bread" {
				self.Reply(actor.Faulted{Condition: "sold out"})
			} else {
				self.Reply("sold")
			}
		}
		return nil
	})

	self, leave := sys.Enter("client")
	defer leave()
	self.Sequentially([]actor.Request{
		{To: till, Message: "milk"},
		{To: till, Message: "bread"},
		{To: till, Message: "butter"}, // is not asked
	}, func(replies []any, err error) {
		var failed *actor.RequestError
		errors.As(err, &failed)
		fmt.Println(failed.Index, failed.Err)
		self.Send(self.Address(), "done")
	})
	self.Input()
	// Output:
	// 1 sold out
}
