package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestGreeter(t *testing.T) {
	sys := actortest.Open(t, nil)
	sys.Spawn(greeter)
	caller := actortest.NewProbe(t, sys)
	if err := caller.Subscribe("hello:greeter"); err != nil {
		t.Fatal(err)
	}
	found := actortest.Await[actor.Available](caller)
	caller.Send(found.Publisher, "world")
	if got := actortest.Expect[string](caller); got != "hello, world" {
		t.Errorf("got %q, want hello, world", got)
	}
}
