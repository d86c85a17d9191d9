package actortest_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

// A user's program and its test.

type (
	Xy    struct{ X, Y int }
	Table [][]float64
)

var apiTypes = actor.Types{actor.Type[Xy]("xy"), actor.Type[Table]("table")}

func texture(x, y int) Table {
	t := make(Table, y)
	for r := range t {
		t[r] = make([]float64, x)
	}
	return t
}

func worker(self *actor.Self) any {
	if err := self.Publish("test-multihosting:worker-10:"+uuid.NewString(), actor.LAN); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case Xy:
			self.Reply(texture(m.X, m.Y))
		}
	}
	return actor.Aborted{}
}

func TestWorkerAnswers(t *testing.T) {
	both(t, func(t *testing.T) {
		sys := actortest.Open(t, apiTypes)
		sys.Spawn(worker)
		client := actortest.NewProbe(t, sys)

		if err := client.Subscribe("test-multihosting:worker-10:.*"); err != nil {
			t.Fatal(err)
		}
		found := actortest.Await[actor.Available](client)
		client.Send(found.Publisher, Xy{X: 2, Y: 3})
		if got := actortest.Expect[Table](client); len(got) != 3 || len(got[0]) != 2 {
			t.Errorf("got %d rows of %d, want 3 of 2", len(got), len(got[0]))
		}

		sys.Stop(found.Publisher)
		actortest.Expect[actor.Dropped](client)
	})
}

func TestWorkerIsFoundAgain(t *testing.T) {
	both(t, func(t *testing.T) {
		lan := actortest.NewTree(t, "alpha", "beta")
		lan.Open("alpha", apiTypes).Spawn(worker)
		client := actortest.NewProbe(t, lan.Open("beta", apiTypes))

		if err := client.Subscribe("test-multihosting:worker-10:.*", actor.LAN); err != nil {
			t.Fatal(err)
		}
		actortest.Await[actor.Available](client)
		lan.Cut("alpha")
		actortest.Expect[actor.Dropped](client)
		lan.Heal("alpha")
		actortest.Expect[actor.Available](client)
	})
}
