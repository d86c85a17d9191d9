package actor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// shouter is a worker: it replies to one message after the other.
func shouter(self *actor.Self) any {
	for m := range self.Messages() {
		if text, ok := m.(string); ok {
			self.Reply(strings.ToUpper(text))
		}
	}
	return actor.Aborted{}
}

// Four actors share the work. Whoever sends to the pool gets the reply.
func ExamplePool() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	workers := sys.Spawn(actor.Pool{Of: shouter, Size: 4}.Run, actor.Named("workers"))
	reply, err := actor.Ask[string](context.Background(), sys, workers, "bread")
	fmt.Println(reply, err)
	// Output: BREAD <nil>
}

// Nothing waits for ever, and nothing is lost: beyond Queue the pool declines.
func ExamplePool_queue() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	self, leave := sys.Enter("client")
	defer leave()

	// Nobody has joined yet, so that all wait.
	workers := self.Spawn(actor.Pool{Queue: 2}.Run)
	for _, text := range []string{"bread", "cake", "tea"} {
		self.Send(workers, text)
	}
	fmt.Println(self.Input())
	self.Send(workers, actor.JoinPool{Worker: self.Spawn(shouter)})
	fmt.Println(self.Input(), self.Input())
	// Output:
	// overloaded: 2 requests wait
	// BREAD CAKE
}

// A pool is fed by whoever knows the workers.
func ExampleJoinPool() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	self, leave := sys.Enter("server")
	defer leave()

	workers := self.Spawn(actor.Pool{}.Run)
	shouts := self.Spawn(shouter)
	self.Send(workers, actor.JoinPool{Worker: shouts})
	fmt.Println(actor.Ask[string](context.Background(), self, workers, "bread"))
	self.Send(workers, actor.LeavePool{Worker: shouts})
	figures, err := actor.Ask[actor.PoolFigures](context.Background(), self, workers, actor.DescribePool{})
	fmt.Println(figures.Workers, figures.Answered, err)
	// Output:
	// BREAD <nil>
	// 0 1 <nil>
}

// A pool whose workers answer too slowly says so, and lets few through until they are
// quicker.
func ExampleBusy() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	workers := sys.Spawn(actor.Pool{Of: shouter, Size: 1, Responsiveness: time.Nanosecond, Timeout: time.Minute}.Run)
	fmt.Println(actor.Ask[string](context.Background(), sys, workers, "bread"))
	_, err = actor.Ask[string](context.Background(), sys, workers, "cake")
	var busy actor.Busy
	fmt.Println(errors.As(err, &busy), busy.Average > time.Nanosecond)
	// Output:
	// BREAD <nil>
	// true true
}

// The workers may be anywhere: the pool finds them by a pattern of names.
func ExamplePool_pattern() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	sys.Spawn(func(self *actor.Self) any { // in a process of its own, as a rule
		if err := self.Publish("shop:shouter:1", actor.Process); err != nil {
			return err
		}
		return shouter(self)
	})
	workers := sys.Spawn(actor.Pool{Pattern: "shop:shouter:.*", Scope: actor.Process}.Run)
	reply, err := actor.Ask[string](context.Background(), sys, workers, "bread")
	fmt.Println(reply, err)
	// Output: BREAD <nil>
}

// A worker that fails over a message is replaced; the message is tried on three of them,
// and then whoever sent it is told.
func ExamplePool_fault() {
	sys, done := open(actor.Options{})
	defer done()
	careless := func(self *actor.Self) any {
		for m := range self.Messages() {
			if m == "poison" {
				panic("it is poison")
			}
			self.Reply(m)
		}
		return actor.Aborted{}
	}
	workers := sys.Spawn(actor.Pool{Of: careless, Size: 4, StandDown: time.Millisecond}.Run)
	_, err := actor.Ask[string](context.Background(), sys, workers, "poison")
	fmt.Println(errors.As(err, new(actor.Undelivered)))
	fmt.Println(actor.Ask[string](context.Background(), sys, workers, "bread"))
	// Output:
	// true
	// bread <nil>
}

// What is in hand when the pool is stopped is finished; what comes then is refused.
func ExamplePool_end() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	self, leave := sys.Enter("client")
	defer leave()

	taken, finish := make(chan bool), make(chan bool)
	careful := func(self *actor.Self) any {
		for m := range self.Messages() {
			taken <- true
			<-finish // it takes its time
			self.Reply(m)
		}
		return nil
	}
	workers := self.Spawn(actor.Pool{Of: careful, Size: 1}.Run, actor.Named("workers"))
	self.Send(workers, "in hand")
	<-taken
	self.Send(workers, "waits")
	self.Stop(workers)
	fmt.Println(self.Input())
	finish <- true
	fmt.Println(self.Input())
	if m, ok := self.Input().(actor.Returned); ok {
		fmt.Println(m.Name, "returned", m.Value)
	}
	// Output:
	// unavailable: the pool has ended
	// in hand
	// workers returned aborted
}
