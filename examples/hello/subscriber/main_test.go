package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestCaller(t *testing.T) {
	sys := actortest.Open(t, nil)
	greeter := actortest.NewProbe(t, sys)
	if err := greeter.Publish("hello:greeter"); err != nil {
		t.Fatal(err)
	}
	called := sys.Spawn(caller)
	if got := actortest.Await[string](greeter); got != "world" {
		t.Errorf("got %q, want world", got)
	}
	greeter.Reply("hello, you")
	if value, err := sys.Wait(t.Context(), called); value != "hello, you" || err != nil {
		t.Errorf("got %v, %v, want hello, you", value, err)
	}
}
