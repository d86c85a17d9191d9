package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

func TestWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actortest.Open(t, api.Types)
		w := &worker{Pause: time.Second}
		sys.Spawn(w.run)
		client := actortest.NewProbe(t, sys)
		if err := client.Subscribe(api.WorkerNames); err != nil {
			t.Fatal(err)
		}
		found := actortest.Await[actor.Available](client)

		client.Send(found.Publisher, api.Xy{X: 2, Y: 3})
		client.Quiet(w.Pause / 2)
		if got := actortest.Expect[api.Table](client); len(got) != 3 || len(got[0]) != 2 {
			t.Errorf("got %d rows of %d, want 3 of 2", len(got), len(got[0]))
		}
		client.Send(found.Publisher, api.Xy{X: api.Most + 1})
		actortest.Expect[actor.Faulted](client)
	})
}
