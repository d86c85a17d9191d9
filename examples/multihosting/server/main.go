// Server serves HTTP with every worker that publishes itself, wherever it runs.
// It never waits for one: a request goes to the pool with the requester's
// address, and the worker's answer goes straight there.
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
	if err := self.Subscribe(api.WorkerNames); err != nil {
		return err
	}
	workers := self.Spawn(actor.Pool{}.Run, actor.Named("workers"))

	for m := range self.Messages() {
		switch m := m.(type) {
		case api.Xy:
			self.Forward(workers, m)
		case actor.Available:
			self.Log().Info("worker found", "name", m.Name, "scope", m.Scope)
			self.Send(workers, actor.JoinPool{Worker: m.Publisher})
		case actor.Dropped:
			self.Log().Info("worker lost", "name", m.Name, "reason", m.Reason)
			self.Send(workers, actor.LeavePool{Worker: m.Remote})
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
