package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

// When the worker that is used has gone, the one that stands by is.
func TestWorkersStandBy(t *testing.T) {
	lan := actortest.NewTree(t, "alpha")
	one, two := lan.Open("alpha", api.Types), lan.Open("alpha", api.Types)
	client := actortest.NewProbe(t, lan.Open("alpha", api.Types))
	first := one.Spawn(worker)
	if err := client.Subscribe(api.OneWorker); err != nil {
		t.Fatal(err)
	}
	found := actortest.Await[actor.Available](client)
	two.Spawn(worker)
	one.Stop(first)
	actortest.Expect[actor.Dropped](client)
	if again := actortest.Expect[actor.Available](client); again.Publisher == found.Publisher {
		t.Errorf("found %v again", again.Publisher)
	} else {
		client.Send(again.Publisher, api.Xy{X: 2, Y: 3})
	}
	if got := actortest.Expect[api.Table](client); len(got) != 3 || len(got[0]) != 2 {
		t.Errorf("got %v, want 3 rows of 2", got)
	}
}
