// Server-11 serves HTTP with every worker it finds, declines what is too much, and ends
// in good order.
package main

import (
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

type server struct {
	ServerAddress  actor.HostPort `usage:"where HTTP clients connect"`
	Queue          int            `usage:"requests that may wait"`
	Responsiveness time.Duration  `usage:"average above which requests are declined"`
	PassRate       int            `usage:"one in so many gets through all the same"`
}

func (s *server) run(self *actor.Self) any {
	if err := self.ListenHTTP(string(s.ServerAddress), api.Requests); err != nil {
		return err
	}
	pool := actor.Pool{Pattern: api.WorkerNames, Queue: s.Queue, Responsiveness: s.Responsiveness, PassRate: s.PassRate}
	workers := self.Spawn(pool.Run, actor.Named("workers"))
	ending := s.serve(self, workers)

	// Stopped, or nobody can reach us: no new requests; what is in hand is finished.
	self.Unlisten(string(s.ServerAddress))
	if self.Stop(workers) == nil {
		self.Select(actor.Is[actor.Returned])
	}
	return ending
}

// serve gives requests to the workers until it is over.
func (s *server) serve(self *actor.Self, workers actor.Address) any {
	for m := range self.Messages() {
		switch m := m.(type) {
		case api.Xy:
			client := self.Sender() // in the callback it is who replied
			self.Ask(workers, m, func(table any, err error) {
				if err != nil {
					self.Log().Warn("no table", "err", err)
					table = err
				}
				self.Send(client, table)
			})
		case actor.Returned:
			return m.Value // the pool cannot go on
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
