// Worker makes tables for whoever finds it. It publishes itself under a name of
// its own and knows nobody.
package main

import (
	"time"

	"github.com/google/uuid"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

type worker struct {
	Pause time.Duration `usage:"how long each table takes, to look like work"`
}

func (w *worker) run(self *actor.Self) any {
	if err := self.Publish(api.WorkerPrefix + uuid.NewString()); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case api.Xy:
			if err := self.Reply(w.table(self, m)); err != nil {
				self.Log().Warn("table not sent", "x", m.X, "y", m.Y, "err", err)
			}
		}
	}
	return actor.Aborted{}
}

func (w *worker) table(self *actor.Self, m api.Xy) any {
	table := api.Make(m)
	if _, refused := table.(error); refused {
		return table
	}
	select {
	case <-time.After(w.Pause):
	case <-self.Context().Done():
	}
	self.Log().Info("table made", "x", m.X, "y", m.Y)
	return table
}

func main() {
	w := new(worker)
	actor.Main(w.run, &actor.Options{Settings: w, Types: api.Types})
}
