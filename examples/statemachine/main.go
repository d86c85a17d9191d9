// Statemachine is a pedestrian crossing: states, timers, a message saved for later.
package main

import (
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

type (
	walk struct{ Who string } // a pedestrian asks
	goOn struct{}             // and is told
	tick struct{}

	crossed struct{ err error } // all of them, or the reason why not
)

// Times are how long each light is on.
type times struct {
	Green time.Duration `usage:"for cars"`
	Amber time.Duration `usage:"before they must stop"`
	Red   time.Duration `usage:"in which pedestrians walk"`
}

// light is one crossing. Its times are a copy: what changes belongs to the call.
type light struct{ times }

func (t *times) crossing(self *actor.Self) any {
	l := &light{*t}
	self.After(l.Green, tick{})
	return actor.State(l.green)
}

func (l *light) green(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case walk:
		return self.Save()
	case tick:
		self.After(l.Amber, tick{})
		return l.amber
	}
	return nil
}

func (l *light) amber(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case walk:
		return self.Save()
	case tick:
		self.After(l.Red, tick{})
		return l.red
	}
	return nil
}

func (l *light) red(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case walk:
		self.Reply(goOn{})
		return self.Stay()
	case tick:
		self.After(l.Green, tick{})
		return l.green
	}
	return nil
}

// street has a crossing, and three who want to cross it.
func (t *times) street(self *actor.Self) any {
	crossing := self.Spawn(t.crossing)
	began := time.Now()
	walkers := []actor.Request{}
	for _, who := range []string{"Ann", "Ben", "Cleo"} {
		walkers = append(walkers, actor.Request{To: crossing, Message: walk{who}, Within: time.Minute})
	}
	self.Concurrently(walkers, func(_ []any, err error) {
		self.Send(self.Address(), crossed{err})
	})
	for m := range self.Messages() {
		if m, ok := m.(crossed); ok {
			if m.err == nil {
				fmt.Printf("%d cross after %v\n", len(walkers), time.Since(began).Round(100*time.Millisecond))
			}
			return m.err
		}
	}
	return actor.Aborted{}
}

func main() {
	t := &times{Green: time.Second, Amber: 200 * time.Millisecond, Red: time.Second}
	actor.Main(t.street, &actor.Options{Settings: t, Directory: "none"})
}
