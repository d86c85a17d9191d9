package main

import "github.com/layer-cake/layer-cake/actor"

func greeter(self *actor.Self) any {
	if err := self.Publish("hello:greeter"); err != nil {
		return err
	}
	for m := range self.Messages() {
		if name, ok := m.(string); ok {
			self.Reply("hello, " + name)
		}
	}
	return actor.Aborted{}
}

func main() { actor.Main(greeter, nil) }
