package actor_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// Two actors may ask each other: neither waits for the other.
func ExampleSelf_Ask() {
	sys := opened()
	defer sys.Close(context.Background())
	// host tells the price of a dinner, for which it asks the cook, who asks back.
	host := func(cook actor.Address) actor.Func {
		return func(self *actor.Self) any {
			for m := range self.Messages() {
				switch m {
				case "how many guests?":
					self.Reply(4)
				case "what is it?":
					guest := self.Sender() // in the callback it is the cook
					self.Ask(cook, self.Address(), actor.Then(func(price int, err error) {
						if err != nil {
							self.Send(guest, err)
							return
						}
						self.Send(guest, price)
					}))
				}
			}
			return actor.Aborted{}
		}
	}
	cook := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if host, ok := m.(actor.Address); ok {
				who := self.Sender()
				self.Ask(host, "how many guests?", actor.Then(func(guests int, err error) {
					if err != nil {
						self.Send(who, err)
						return
					}
					self.Send(who, 12*guests)
				}))
			}
		}
		return actor.Aborted{}
	})
	fmt.Println(actor.Ask[int](context.Background(), sys, sys.Spawn(host(cook)), "what is it?"))
	// Output: 48 <nil>
}

// Forward passes a message on, and the reply goes to whoever sent it.
func ExampleSelf_Forward() {
	sys := opened()
	defer sys.Close(context.Background())
	service := sys.Spawn(double)
	desk := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			switch m := m.(type) {
			case int:
				self.Forward(service, m)
			case string:
				self.Reply("numbers only")
			}
		}
		return actor.Aborted{}
	})
	client, leave := sys.Enter("client")
	defer leave()
	for _, m := range []any{21, "twelve"} {
		client.Send(desk, m)
		fmt.Println(client.Input(), client.Sender() == service)
	}
	// Output:
	// 42 true
	// numbers only false
}

// Who has much to say waits for room; a context is the limit.
func ExampleSelf_SendWait() {
	sys := opened()
	defer sys.Close(context.Background())
	sum := 0
	adder := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if n, ok := m.(int); ok {
				sum += n
			}
		}
		return sum
	}, actor.Mailbox(2))
	client, leave := sys.Enter("client")
	defer leave()
	for n := range 1000 {
		if err := client.SendWait(context.Background(), adder, n); err != nil {
			fmt.Println(err)
		}
	}
	sys.Stop(adder)
	fmt.Println(sys.Wait(context.Background(), adder))
	// Output: 499500 <nil>
}

// What an actor has no time for any more comes back to who sent it.
func ExampleUndelivered() {
	sys := opened()
	defer sys.Close(context.Background())
	client, leave := sys.Enter("client")
	defer leave()
	begin := make(chan bool)
	leaves := client.Spawn(func(self *actor.Self) any {
		<-begin
		return "gone"
	})
	client.Send(leaves, "are you there?")
	close(begin)
	m := client.Select(actor.Is[actor.Undelivered]).(actor.Undelivered)
	fmt.Println(m.Message, m.To == leaves)

	err := client.Send(leaves, "and now?")
	fmt.Println(errors.Is(err, actor.ErrEnded))
	// Output:
	// are you there? true
	// true
}

// Select may have a limit; what it does not want waits.
func ExampleSelf_SelectWithin() {
	sys := opened()
	defer sys.Close(context.Background())
	self, leave := sys.Enter("clerk")
	defer leave()
	self.Send(self.Address(), 1)
	_, urgent := self.SelectWithin(time.Millisecond, actor.Is[string])
	fmt.Println(urgent, self.Input())
	// Output: false 1
}

// Each parcel that crosses processes has a name that both know.
type parcel struct {
	To     string
	Grams  int
	secret string // is not sent
}

// A type of one's own has a name, to cross to another process: here one of the same
// program, which it connects to.
func ExampleType() {
	types := actor.Types{actor.Type[parcel]("parcel")}
	sender, err := actor.Open(&actor.Options{Types: types, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sender.Close(context.Background())
	receiver, err := actor.Open(&actor.Options{Types: types, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer receiver.Close(context.Background())

	there, leave := receiver.Enter("receiver")
	defer leave()
	if err := there.Listen("127.0.0.1:0"); err != nil {
		fmt.Println(err)
		return
	}
	at := there.Select(actor.Is[actor.Listening]).(actor.Listening)

	here, leave := sender.Enter("sender")
	defer leave()
	here.Connect(at.Address)
	to := here.Select(actor.Is[actor.Connected]).(actor.Connected)
	fmt.Println(here.Send(to.Remote, struct{ To string }{"Ann"}))
	here.Send(to.Remote, parcel{To: "Ben", Grams: 300, secret: "a cake"})
	fmt.Printf("%+v\n", there.Select(actor.Is[parcel]))
	// Output:
	// actor.Send: struct { To string }: its type is not registered; give it a name in Options.Types
	// {To:Ben Grams:300 secret:}
}
