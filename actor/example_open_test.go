package actor_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A service takes HTTP requests, and workers share them. In a program of its own Main
// runs it, with the address as a setting.
func Example() {
	type count struct{ Text string }
	types := actor.Types{actor.Type[count]("count")}
	worker := func(self *actor.Self) any {
		for m := range self.Messages() {
			if m, ok := m.(count); ok {
				self.Reply(len(strings.Fields(m.Text)))
			}
		}
		return actor.Aborted{}
	}
	served := make(chan string, 1)
	service := func(self *actor.Self) any {
		workers := self.Spawn(actor.Pool{Of: worker, Size: 4}.Run, actor.Named("workers"))
		if err := self.ListenHTTP("127.0.0.1:0", types); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Listening:
				served <- "http://" + m.Address
			case count:
				self.Forward(workers, m) // the reply is the response
			case actor.Returned: // the pool has failed
				return m.Value
			case actor.NotListening:
				return m
			}
		}
		return actor.Aborted{}
	}

	sys, err := actor.Open(&actor.Options{Types: types, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	sys.Spawn(service)
	response, err := http.Get(<-served + "/count?text=a+name+introduces+strangers")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(strings.TrimSpace(string(body)), err)
	// Output: {"value":["integer",4,[]]} <nil>
}

// A program with a main of its own opens a system, and any goroutine of it may ask.
func ExampleOpen() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	counter := sys.Spawn(func(self *actor.Self) any {
		visits := 0
		for m := range self.Messages() {
			if m == "visit" {
				visits++
				self.Reply(visits)
			}
		}
		return visits
	}, actor.Named("counter"))

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 2 {
		visits, err := actor.Ask[int](ctx, sys, counter, "visit")
		fmt.Println(visits, err)
	}
	fmt.Println(sys.Close(ctx)) // ends the actors
	// Output:
	// 1 <nil>
	// 2 <nil>
	// <nil>
}

// A subscriber is told of each publisher that a pattern finds, and of its end.
func ExampleSelf_Subscribe() {
	sys := opened()
	defer sys.Close(context.Background())
	feed := func(self *actor.Self) any {
		if err := self.Publish("news:weather", actor.Process); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Delivered: // somebody subscribes
				self.Send(m.Subscriber, "rain")
			case string:
				return nil
			}
		}
		return actor.Aborted{}
	}
	self, leave := sys.Enter("reader")
	defer leave()
	if err := self.Subscribe("news:.*", actor.Process); err != nil {
		fmt.Println(err)
		return
	}
	sys.Spawn(feed)
	for {
		switch m := self.Input().(type) {
		case actor.Available:
			fmt.Println("found", m.Name)
		case string:
			fmt.Println(m)
			self.Reply("thanks")
		case actor.Dropped:
			fmt.Println("lost", m.Name)
			return
		}
	}
	// Output:
	// found news:weather
	// rain
	// lost news:weather
}
