// Squares gives the squares of numbers and tells the time, to whoever speaks HTTP.
package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A Square is asked for at /square?of=12.
type Square struct{ Of float64 }

var types = actor.Types{
	actor.Type[Square]("square"),
	actor.Type[actor.HTTPRequest]("any"), // what is at no such path
}

type settings struct {
	ServerAddress string        `usage:"where HTTP clients connect"`
	Tick          time.Duration `usage:"between two times that /clock tells"`
	Ticks         int           `usage:"how often it tells the time"`
}

func (s *settings) run(self *actor.Self) any {
	if err := self.ListenHTTP(s.ServerAddress, types); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Listening:
			fmt.Println("serving at", m.Address)
		case actor.NotListening:
			return m
		case Square:
			self.Reply(m.Of * m.Of)
		case actor.HTTPRequest:
			self.Reply(s.other(self, m))
		case actor.HTTPNext:
			s.tick(self, m)
		}
	}
	return actor.Aborted{}
}

// other answers what is no square.
func (s *settings) other(self *actor.Self, m actor.HTTPRequest) actor.HTTPResponse {
	if m.Method != "GET" || m.URI != "/clock" {
		return actor.HTTPResponse{Status: http.StatusNotFound, Body: []byte("there are /square?of=12 and /clock\n")}
	}
	return actor.HTTPResponse{
		Header: http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}},
		Stream: self.Address(), // so that HTTPNext comes here
	}
}

// tick tells a client the time, in a while.
func (s *settings) tick(self *actor.Self, m actor.HTTPNext) {
	client := self.Sender()
	self.AfterFunc(s.Tick, func() {
		self.Send(client, actor.HTTPChunk{
			Body: fmt.Appendf(nil, "data: %s\n\n", time.Now().Format(time.TimeOnly)),
			Last: m.Chunks+1 >= s.Ticks,
		})
	})
}

func main() {
	s := &settings{ServerAddress: "127.0.0.1:5050", Tick: time.Second, Ticks: 10}
	actor.Main(s.run, &actor.Options{Settings: s, Types: types, Directory: "none"})
}
