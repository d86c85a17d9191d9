package main

import (
	"errors"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

func TestServerUsesTheOneWorker(t *testing.T) {
	sys := actortest.Open(t, api.Types)
	s := &server{ServerAddress: "127.0.0.1:0"}
	server := sys.Spawn(s.run)
	_, err := actor.Ask[api.Table](t.Context(), sys, server, api.Xy{X: 1, Y: 1})
	if !errors.As(err, new(actor.Undelivered)) {
		t.Errorf("without a worker: got %v, want Undelivered", err)
	}

	worker := actortest.NewProbe(t, sys)
	if err := worker.Publish(api.OneWorker); err != nil {
		t.Fatal(err)
	}
	actortest.Await[actor.Delivered](worker)
	client := actortest.NewProbe(t, sys)
	client.Send(server, api.Xy{X: 2, Y: 1})
	actortest.Expect[api.Xy](worker)
	worker.Reply(api.Texture(2, 1))
	actortest.Expect[api.Table](client)
}
