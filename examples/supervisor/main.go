// Supervisor keeps children running: by a rule, and by hand.
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

type settings struct {
	Patience int           `usage:"how often one that fails is started again"`
	Takes    time.Duration `usage:"how long each try takes"`
}

// fetch fails after a while: a call that blocks takes the actor's context like this.
func (s *settings) fetch(self *actor.Self) any {
	select {
	case <-time.After(s.Takes):
		return actor.TimedOut{After: s.Takes}
	case <-self.Context().Done():
		return actor.Aborted{}
	}
}

// byRule leaves it to Restart, and gives up with the child that did.
func (s *settings) byRule(self *actor.Self) any {
	for i := range 2 {
		self.Spawn(s.fetch, actor.Named(fmt.Sprintf("rule-%d", i)), actor.Restart{After: s.Takes, Tries: s.Patience})
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Restarted:
			fmt.Println(m.Name, "again:", m.Fault)
		case actor.Returned:
			return m.Value // the other ends with us
		}
	}
	return actor.Aborted{}
}

// byHand decides each time.
func (s *settings) byHand(self *actor.Self) any {
	tries := 0
	over := errors.New("not over")
	var start func()
	start = func() {
		self.SpawnThen(s.fetch, func(_ any, err error) {
			if tries++; tries > s.Patience || !errors.As(err, new(actor.TimedOut)) {
				over = err
				self.Send(self.Address(), over)
				return
			}
			fmt.Println("hand again:", err)
			self.AfterFunc(s.Takes, start)
		}, actor.Named("hand"))
	}
	start()
	for m := range self.Messages() {
		if m == over {
			return over
		}
	}
	return actor.Aborted{}
}

// both ends when both have given up.
func (s *settings) both(self *actor.Self) any {
	self.Spawn(s.byRule, actor.Named("by rule"))
	self.Spawn(s.byHand, actor.Named("by hand"))
	for range 2 {
		m, ok := self.Select(actor.Is[actor.Returned]).(actor.Returned)
		if !ok {
			return actor.Aborted{} // Stop
		}
		fmt.Println(m.Name, "has given up:", m.Value)
	}
	return nil
}

func main() {
	s := &settings{Patience: 2, Takes: 10 * time.Millisecond}
	actor.Main(s.both, &actor.Options{Settings: s, Directory: "none"})
}
