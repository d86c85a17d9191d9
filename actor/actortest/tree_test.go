package actortest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestTreeRefuses(t *testing.T) {
	both(t, func(t *testing.T) {
		for _, host := range []string{"", "alpha", "lan-cake", "a:1", "[::1]"} {
			wants(t, judge(func(t testing.TB) { actortest.NewTree(t, "alpha", host) }), []string{"cannot be a host"})
		}
		for verb, use := range map[string]func(*actortest.Tree){
			"Open": func(tr *actortest.Tree) { tr.Open("beta", nil) },
			"Cut":  func(tr *actortest.Tree) { tr.Cut("lan-cake") },
			"Heal": func(tr *actortest.Tree) { tr.Heal("beta") },
		} {
			wants(t, judge(func(t testing.TB) { use(actortest.NewTree(t, "alpha")) }), []string{"Tree." + verb, "there is no host", "[alpha]"})
		}
	})
}

// publisher publishes a name at a scope.
func publisher(name string, scope actor.Scope) actor.Func {
	return func(self *actor.Self) any {
		if err := self.Publish(name, scope); err != nil {
			return err
		}
		for range self.Messages() {
		}
		return nil
	}
}

func TestTreeHasScopes(t *testing.T) {
	both(t, func(t *testing.T) {
		lan := actortest.NewTree(t, "alpha", "beta")
		lan.Open("alpha", nil).Spawn(publisher("x", actor.Host))
		near := actortest.NewProbe(t, lan.Open("alpha", nil))
		far := actortest.NewProbe(t, lan.Open("beta", nil))
		for _, p := range []*actortest.Probe{near, far} {
			if err := p.Subscribe("x", actor.LAN); err != nil {
				t.Fatal(err)
			}
		}
		if got := actortest.Await[actor.Available](near); got.Scope != actor.Host {
			t.Errorf("got %v, want it at Host", got)
		}
		actortest.Expect[actor.Subscribed](far)
		far.Quiet(50 * time.Millisecond)
	})
}

// What is on the host stays; what is beyond is lost within 300 ms, and comes back.
func TestTreeCutsAHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lan := actortest.NewTree(t, "alpha", "beta", "gamma")
		lan.Open("alpha", nil).Spawn(publisher("x", actor.LAN))
		probes := map[string]*actortest.Probe{}
		for _, host := range []string{"alpha", "beta", "gamma"} {
			p := actortest.NewProbe(t, lan.Open(host, nil))
			if err := p.Subscribe("x", actor.LAN); err != nil {
				t.Fatal(err)
			}
			actortest.Await[actor.Available](p)
			probes[host] = p
		}
		began := time.Now()
		lan.Cut("alpha")
		lan.Cut("beta")
		for _, host := range []string{"beta", "gamma"} {
			actortest.Expect[actor.Dropped](probes[host])
		}
		if d := time.Since(began); d != 300*time.Millisecond {
			t.Errorf("it took %v, want 300 ms", d)
		}
		probes["alpha"].Quiet(time.Minute)
		lan.Heal("alpha")
		probes["gamma"].Within = 3 * time.Second
		actortest.Expect[actor.Available](probes["gamma"])
		probes["beta"].Quiet(time.Minute) // it is cut off still
		lan.Heal("beta")
		probes["beta"].Within = 3 * time.Second
		actortest.Expect[actor.Available](probes["beta"])
	})
}

func TestTreeLooksAfterEachSystem(t *testing.T) {
	both(t, func(t *testing.T) {
		wants(t, judge(func(t testing.TB) {
			lan := actortest.NewTree(t, "alpha")
			sys := lan.Open("alpha", nil)
			sys.Wait(context.Background(), sys.Spawn(func(*actor.Self) any { panic("oh dear") }))
			lan.Open("alpha", nil, actortest.Leaves[Xy]())
		}), []string{"panicked: oh dear"})
	})
}

// Whoever is cut off when the test ends does not keep it.
func TestTreeEndsCut(t *testing.T) {
	both(t, func(t *testing.T) {
		wants(t, judge(func(t testing.TB) {
			lan := actortest.NewTree(t, "alpha", "beta")
			lan.Open("alpha", nil).Spawn(publisher("x", actor.LAN))
			p := actortest.NewProbe(t, lan.Open("beta", nil))
			if err := p.Subscribe("x", actor.LAN); err != nil {
				t.Fatal(err)
			}
			actortest.Await[actor.Available](p)
			lan.Cut("alpha")
		}))
	})
}
