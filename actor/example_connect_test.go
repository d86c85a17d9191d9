package actor_test

import (
	"context"
	"fmt"

	"github.com/layer-cake/layer-cake/actor"
)

// An actor listens at an address, and replies to whoever connects there. Port 0 is any
// that is free.
func ExampleSelf_Listen() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	where := make(chan string, 1)
	sys.Spawn(func(self *actor.Self) any {
		if err := self.Listen("127.0.0.1:0"); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Listening:
				where <- m.Address
			case actor.Accepted:
				self.Send(m.Remote, "welcome")
			case string:
				self.Reply("you said " + m)
			}
		}
		return actor.Aborted{}
	})

	client, leave := sys.Enter("client")
	defer leave()
	client.Connect(<-where)
	for m := range client.Messages() {
		switch m := m.(type) {
		case actor.Connected:
			client.Send(m.Remote, "hello")
		case string:
			fmt.Println(m)
			if m != "welcome" {
				client.Close(client.Sender())
			}
		case actor.Closed:
			fmt.Println("closed:", m.Reason)
			return
		}
	}
	// Output:
	// welcome
	// you said hello
	// closed: this actor has closed the connection
}

// What cannot be reached is NotConnected; who wants to try again does so in a while.
func ExampleSelf_Connect() {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	client := sys.Spawn(func(self *actor.Self) any {
		self.Connect("127.0.0.1:1") // nobody listens there
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Connected:
				self.Send(m.Remote, "hello")
			case actor.NotConnected:
				return m // an error: the actor has failed
			case actor.Closed:
				return nil
			}
		}
		return actor.Aborted{}
	})
	result, _ := sys.Wait(context.Background(), client)
	fmt.Println(result)
	// Output:
	// actor.Connect: 127.0.0.1:1: unreachable: connect: connection refused
}
