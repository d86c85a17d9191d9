package main

import (
	"errors"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

// What is in hand when the server is stopped is finished; what waits is declined.
func TestOrderlyEnd(t *testing.T) {
	sys := actortest.Open(t, api.Types)
	worker := actortest.NewProbe(t, sys)
	if err := worker.Publish(api.WorkerPrefix + "0"); err != nil {
		t.Fatal(err)
	}
	s := &server{ServerAddress: "127.0.0.1:0", Queue: 1, Responsiveness: time.Hour}
	server := sys.Spawn(s.run)
	actortest.Await[actor.Delivered](worker)
	client := actortest.NewProbe(t, sys)
	client.Watch(server)
	client.Send(server, api.Xy{X: 1, Y: 1})
	actortest.Expect[api.Xy](worker)
	client.Send(server, api.Xy{X: 2, Y: 2})
	client.Send(server, api.Xy{X: 3, Y: 3})
	actortest.Expect[actor.Overloaded](client)
	sys.Stop(server)
	actortest.Expect[actor.Unavailable](client) // the second
	worker.Reply(api.Texture(1, 1))
	actortest.Expect[api.Table](client)
	if m := actortest.Expect[actor.Ended](client); !errors.Is(m.Value.(error), actor.Aborted{}) {
		t.Errorf("ended with %v, want Aborted", m.Value)
	}
}
