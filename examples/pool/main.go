// Pool shares orders between bakers and counts what became of them.
package main

import (
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

type (
	order struct{ burns bool }
	cake  struct{}
)

// baker bakes one cake after the other. A fire is the end of it.
func baker(self *actor.Self) any {
	for m := range self.Messages() {
		if m, ok := m.(order); ok {
			if m.burns {
				return actor.Faulted{Condition: "fire in the oven"}
			}
			time.Sleep(50 * time.Millisecond)
			self.Reply(cake{})
		}
	}
	return actor.Aborted{}
}

type shop struct {
	Bakers int `usage:"how many bake"`
	Orders int `usage:"cakes that are ordered, all at once"`
	Queue  int `usage:"orders that may wait"`
}

func (s *shop) run(self *actor.Self) any {
	bakers := self.Spawn(actor.Pool{
		Of:        baker,
		Size:      s.Bakers,
		Queue:     s.Queue,
		StandDown: 200 * time.Millisecond,
	}.Run, actor.Named("bakers"))
	for i := range s.Orders {
		self.Send(bakers, order{burns: i == 3})
	}

	became := map[string]int{}
	for answers := 0; answers < s.Orders; answers++ {
		switch m := self.Input().(type) {
		case cake:
			became["baked"]++
		case actor.Overloaded, actor.Busy:
			became["declined"]++
		case actor.Undelivered: // three bakers ended over it
			self.Log().Info("an order was not done", "reason", m.Reason)
			became["burnt"]++
		case actor.Unavailable: // so all of them did, and the next is not there yet
			became["unlucky"]++
		default: // the pool has ended, or was stopped
			return m
		}
	}
	figures, err := actor.Ask[actor.PoolFigures](self.Context(), self, bakers, actor.DescribePool{})
	if err != nil {
		return err
	}
	self.Log().Info("done", "bakers", figures.Workers, "to come", figures.StandingDown, "a cake takes", figures.Average)
	return became
}

func main() {
	s := &shop{Bakers: 4, Orders: 20, Queue: 8}
	actor.Main(s.run, &actor.Options{Settings: s, Directory: "none"})
}
