// Worker-9 makes tables under a name that is known: one is used, others stand by.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

func worker(self *actor.Self) any {
	if err := self.Publish(api.OneWorker); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case api.Xy:
			if err := self.Reply(api.Make(m)); err != nil {
				self.Log().Warn("table not sent", "err", err)
			}
		}
	}
	return actor.Aborted{}
}

func main() { actor.Main(worker, &actor.Options{Types: api.Types}) }
