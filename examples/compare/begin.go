package main

import (
	"encoding/json"
	"errors"
	"os"

	"github.com/layer-cake/layer-cake/actor"
)

// beginPart is the part of a child that says something at its first message and ends.
const beginPart = "begin"

// beginMain is main of such a child.
func beginMain(name string) int {
	say := func() error { return json.NewEncoder(os.Stdout).Encode(answer{}) }
	if name != "ours" {
		if say() != nil {
			return 1
		}
		return 0
	}
	os.Args = os.Args[:1] // the others are not Main's
	actor.Main(func(self *actor.Self) any {
		if err := self.Send(self.Address(), boxed); err != nil {
			return err
		}
		if _, ok := self.Input().(Reading); !ok {
			return errors.New("something else came first")
		}
		if err := say(); err != nil {
			return err
		}
		return nil
	}, &actor.Options{Directory: "none"})
	return 0 // Main has ended the process
}
