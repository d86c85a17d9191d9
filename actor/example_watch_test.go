package actor_test

import (
	"context"
	"fmt"

	"github.com/layer-cake/layer-cake/actor"
)

func ExampleSelf_Watch() {
	sys := opened()
	defer sys.Close(context.Background())
	worker := sys.Spawn(func(self *actor.Self) any {
		self.Input()
		return actor.Faulted{Condition: "out of paper"}
	})

	self, leave := sys.Enter("watcher")
	defer leave()
	self.Watch(worker) // in this process or another
	self.Send(worker, "print")
	for m := range self.Messages() {
		if m, ok := m.(actor.Ended); ok && m.Actor == worker {
			fmt.Println("ended:", m.Value)
			break
		}
	}
	// Output:
	// ended: out of paper
}
