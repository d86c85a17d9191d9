package actor_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/layer-cake/layer-cake/actor"
)

type square struct{ Of int }

type squares struct{ Below int }

var mathematics = actor.Types{
	actor.Type[square]("square"),
	actor.Type[squares]("squares"),
	actor.Type[actor.HTTPRequest]("any"), // whatever is none of the others
}

// alone opens a system for an example: without a directory, and silent.
func alone() *actor.System {
	sys, err := actor.Open(&actor.Options{Types: mathematics, Directory: "none", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	return sys
}

// show prints the response to a request.
func show(method, url, accept string) {
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d %s\n", response.StatusCode, body)
}

// An actor serves HTTP itself: each of its types has a path.
func ExampleSelf_ListenHTTP() {
	sys := alone()
	defer sys.Close(context.Background())
	address := make(chan string, 1)
	sys.Spawn(func(self *actor.Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", mathematics); err != nil {
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Listening:
				address <- m.Address
			case actor.NotListening: // the listener is lost
				return m
			case square:
				self.Reply(m.Of * m.Of)
			}
		}
		return actor.Aborted{}
	})

	url := "http://" + <-address + "/square?of=12"
	show("GET", url, "application/json")
	show("GET", url, "application/json; profile=plain")
	// Output:
	// 200 {"value":["integer",144,[]]}
	//
	// 200 144
}

// A program of package net/http has an actor answer. Any actor will do: a pool, or one
// of another process that was found by its name.
func ExampleSystem_Handler() {
	sys := alone()
	defer sys.Close(context.Background())
	workers := sys.Spawn(actor.Pool{Size: 2, Of: func(self *actor.Self) any {
		for m := range self.Messages() {
			if m, ok := m.(square); ok {
				self.Reply(m.Of * m.Of)
			}
		}
		return actor.Aborted{}
	}}.Run)
	mux := http.NewServeMux()
	mux.Handle("/numbers/", sys.Handler(workers, actor.Types{actor.Type[square]("square")}))
	server := httptest.NewServer(mux)
	defer server.Close()

	show("GET", server.URL+"/numbers/square?of=-3", "application/json;profile=plain")
	show("GET", server.URL+"/numbers/root?of=9", "application/json;profile=plain")
	// Output:
	// 200 9
	//
	// 404 {"error":{"status":404,"reason":"there is no \"root\"; there are: square"}}
}

// A request that is none of the types is a message too, and a response may have any
// status, header and body.
func ExampleHTTPResponse() {
	sys := alone()
	defer sys.Close(context.Background())
	server := httptest.NewServer(sys.Handler(sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if m, ok := m.(actor.HTTPRequest); ok {
				self.Reply(actor.HTTPResponse{
					Status: http.StatusAccepted,
					Header: http.Header{"Content-Type": {"text/plain"}},
					Body:   []byte(m.Method + " " + m.URI),
				})
			}
		}
		return actor.Aborted{}
	}), mathematics))
	defer server.Close()

	show("DELETE", server.URL+"/things/7?now", "*/*")
	// Output: 202 DELETE /things/7?now
}

// A response may go on as long as its actor has something to say. It is asked for one
// piece after the other, as fast as the client reads them.
func ExampleHTTPNext() {
	sys := alone()
	defer sys.Close(context.Background())
	server := httptest.NewServer(sys.Handler(sys.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			switch m := m.(type) {
			case squares:
				self.Reply(actor.HTTPResponse{
					Header: http.Header{"Content-Type": {"text/event-stream"}},
					Stream: self.Spawn(m.stream),
				})
			}
		}
		return actor.Aborted{}
	}), mathematics))
	defer server.Close()

	show("GET", server.URL+"/squares?below=10", "text/event-stream")
	// Output:
	// 200 data: 0
	//
	// data: 1
	//
	// data: 4
	//
	// data: 9
}

// stream is an actor for one client.
func (s squares) stream(self *actor.Self) any {
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.HTTPNext:
			n := m.Chunks // those that were written count
			last := (n+1)*(n+1) >= s.Below
			self.Reply(actor.HTTPChunk{Body: fmt.Appendf(nil, "data: %d\n\n", n*n), Last: last})
			if last {
				return nil
			}
		case actor.HTTPClosed: // the client is gone
			return nil
		}
	}
	return actor.Aborted{}
}
