package main

import (
	"fmt"

	"github.com/layer-cake/layer-cake/actor"
)

// A subscriber is an actor that has a session, in which it does what others tell
// it.
type subscriber struct {
	system *actor.System
	actor  actor.Address
}

// An errand is what a subscriber is to do in its session.
type errand struct {
	do   func(self *actor.Self, to actor.Address) error
	done chan error
}

func subscribe(s *actor.System, name string) *subscriber {
	return &subscriber{s, s.Spawn(func(self *actor.Self) any {
		if err := self.Subscribe(name); err != nil {
			return err
		}
		var to actor.Address
		var waiting []errand
		var wrong error
		for m := range self.Messages() {
			switch m := m.(type) {
			case actor.Available:
				to = m.Publisher
			case errand:
				waiting = append(waiting, m)
			case actor.Dropped, actor.Undelivered:
				if wrong == nil {
					wrong = fmt.Errorf("%T came: %+v", m, m)
				}
			}
			for !to.IsZero() && len(waiting) > 0 {
				e := waiting[0]
				waiting = waiting[1:]
				if wrong == nil {
					wrong = e.do(self, to)
				}
				e.done <- wrong
			}
		}
		return actor.Aborted{}
	})}
}

// do does it, once there is a session.
func (s *subscriber) do(f func(self *actor.Self, to actor.Address) error) error {
	e := errand{f, make(chan error, 1)}
	if err := s.system.Send(s.actor, e); err != nil {
		return err
	}
	return <-e.done
}
