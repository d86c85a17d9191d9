package actor_test

import (
	"context"
	"fmt"

	"github.com/layer-cake/layer-cake/actor"
)

type sum struct{ A, B int }

type total struct{ Value int }

var sums = actor.Types{actor.Type[sum]("sum"), actor.Type[total]("total")}

// An actor asks an HTTP server as it asks any actor.
func ExampleSelf_ConnectHTTP() {
	sys, err := actor.Open(&actor.Options{Types: sums, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	urls := make(chan string, 1)
	sys.Spawn(func(self *actor.Self) any { // the server
		if err := self.ListenHTTP("127.0.0.1:0", sums); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Listening:
				urls <- "http://" + m.Address + "/"
			case sum:
				self.Reply(total{m.A + m.B})
			}
		}
		return actor.Aborted{}
	})

	client := sys.Spawn(func(self *actor.Self) any {
		self.ConnectHTTP(<-urls)
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Connected:
				self.Send(m.Remote, sum{2, 3}) // POST /sum {"value":["sum",{"a":2,"b":3},[]]}
			case total:
				fmt.Println("total:", m.Value)
				self.Close(self.Sender())
			case actor.Closed:
				return m.Reason
			case error: // NotConnected, or why there is no total
				return m
			}
		}
		return actor.Aborted{}
	})
	fmt.Println(sys.Wait(context.Background(), client))
	// Output:
	// total: 5
	// closed by the actor that connected <nil>
}
