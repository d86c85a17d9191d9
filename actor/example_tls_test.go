package actor_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/layer-cake/layer-cake/actor"
)

// An actor serves HTTPS with the certificates of Options.TLS.
func ExampleEncrypted() {
	certified := httptest.NewTLSServer(nil) // stands for whoever gives certificates
	defer certified.Close()
	type ping struct{}
	types := actor.Types{actor.Type[ping]("ping")}
	sys, err := actor.Open(&actor.Options{Types: types, TLS: certified.TLS, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())

	served := make(chan string, 1)
	sys.Spawn(func(self *actor.Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", types, actor.Encrypted); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Listening:
				served <- "https://" + m.Address
			case ping:
				self.Reply("pong")
			}
		}
		return actor.Aborted{}
	})
	client := certified.Client() // trusts it
	response, err := client.Get(<-served + "/ping")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	fmt.Println(response.Status, response.TLS.HandshakeComplete)
	// Output: 200 OK true
}

// A message may be a GET whose query has its fields, for servers that want it so.
func ExampleAsQuery() {
	sys, err := actor.Open(&actor.Options{Types: sums, Directory: "none"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	adder := sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if m, ok := m.(sum); ok {
				self.Reply(total{m.A + m.B})
			}
		}
		return actor.Aborted{}
	})
	server := httptest.NewServer(sys.Handler(adder, sums)) // or any other
	defer server.Close()

	self, leave := sys.Enter("client")
	defer leave()
	self.ConnectHTTP(server.URL, actor.AsQuery)
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Connected:
			self.Send(m.Remote, sum{2, 3}) // GET /sum?a=2&b=3
		case total:
			fmt.Println("total:", m.Value)
			return
		case error:
			fmt.Println(m)
			return
		}
	}
	// Output: total: 5
}
