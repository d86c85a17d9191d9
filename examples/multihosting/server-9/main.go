// Server-9 serves HTTP with the one worker of a name that is known.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

type server struct {
	ServerAddress actor.HostPort `usage:"where HTTP clients connect"`
}

func (s *server) run(self *actor.Self) any {
	if err := self.ListenHTTP(string(s.ServerAddress), api.Requests); err != nil {
		return err
	}
	if err := self.Subscribe(api.OneWorker); err != nil {
		return err
	}
	var worker actor.Address
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Available:
			worker = m.Publisher
		case actor.Dropped:
			worker = actor.Address{}
		case api.Xy:
			if err := self.Forward(worker, m); err != nil {
				self.Reply(err)
			}
		case actor.NotListening:
			return m
		}
	}
	return actor.Aborted{}
}

func main() {
	s := &server{ServerAddress: "127.0.0.1:5050"}
	actor.Main(s.run, &actor.Options{Settings: s, Types: api.Types})
}
