package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

func TestClientChecksWhatItGets(t *testing.T) {
	for _, test := range []struct {
		name  string
		reply func(n int, m api.Xy) any
		want  any
	}{
		{"tables", func(_ int, m api.Xy) any { return api.Texture(m.X, m.Y) }, "done; the server was busy 0 times"},
		{"busy once", func(n int, m api.Xy) any {
			if n == 1 {
				return actor.Busy{Average: 1}
			}
			return api.Texture(m.X, m.Y)
		}, "done; the server was busy 1 times"},
		{"another table", func(_ int, m api.Xy) any { return api.Texture(m.X, m.Y+1) }, actor.Faulted{Condition: "not the table that was asked for"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sys := actortest.Open(t, api.Types, actortest.Local[rested]())
			server := actortest.NewProbe(t, sys)
			if err := server.ListenHTTP("127.0.0.1:0", api.Requests); err != nil {
				t.Fatal(err)
			}
			where := actortest.Expect[actor.Listening](server)
			s := &settings{Server: "http://" + where.Address, Requests: 3, Side: 5}
			client := sys.Spawn(s.run)
			server.Watch(client)
			for n := 1; ; n++ {
				switch m := server.Input().(type) {
				case api.Xy:
					server.Reply(test.reply(n, m))
					continue
				case actor.Ended:
					if m.Value != test.want {
						t.Errorf("got %v, want %v", m.Value, test.want)
					}
				default:
					t.Errorf("got %v", m)
				}
				return
			}
		})
	}
}

func TestClientWithoutAServer(t *testing.T) {
	sys := actortest.Open(t, api.Types)
	s := &settings{Server: "ftp://127.0.0.1", Requests: 1, Side: 1}
	got, err := sys.Wait(t.Context(), sys.Spawn(s.run))
	if _, ok := got.(actor.NotConnected); !ok || err != nil {
		t.Errorf("got %v, %v, want NotConnected", got, err)
	}
}
