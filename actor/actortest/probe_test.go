package actortest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

// probed runs f as a test with a probe to which nobody sends the given messages.
func probed(f func(p *actortest.Probe), messages ...any) []string {
	return judge(func(t testing.TB) {
		sys := actortest.Open(t, apiTypes)
		p := actortest.NewProbe(t, sys)
		p.Within = 20 * time.Millisecond
		for _, m := range messages {
			sys.Send(p.Address(), m)
		}
		f(p)
	})
}

func TestExpect(t *testing.T) {
	both(t, func(t *testing.T) {
		expect := func(p *actortest.Probe) { actortest.Expect[Xy](p) }
		wants(t, probed(expect, Xy{}, "x"))
		wants(t, probed(func(p *actortest.Probe) { actortest.Expect[error](p) }, actor.Aborted{}))
		wants(t, probed(expect), []string{"wanted actortest_test.Xy; nothing came within 20ms"})
		wants(t, probed(expect, 7), []string{"wanted actortest_test.Xy; got int: 7; behind it waits nothing"})
		wants(t, probed(expect, "a\nb", Xy{1, 2}, 3),
			[]string{"wanted actortest_test.Xy; got string: a b; behind it waits actortest_test.Xy: {X:1 Y:2}; int: 3"})
		many := make([]any, 20)
		for i := range many {
			many[i] = fmt.Sprintf("%0500d", i)
		}
		failures := probed(expect, many...)
		wants(t, failures, []string{"; and 9 more"})
		if n := len(failures[0]); n > 3000 {
			t.Errorf("the failure has %d bytes", n)
		}
	})
}

func TestExpectShowsTheSender(t *testing.T) {
	var from actor.Address
	wants(t, judge(func(t testing.TB) {
		sys := actortest.Open(t, apiTypes)
		one, two := actortest.NewProbe(t, sys), actortest.NewProbe(t, sys)
		from = one.Address()
		one.Send(two.Address(), 7)
		actortest.Expect[string](two)
	}), []string{"got int: 7 from " + from.String()})
}

func TestAwait(t *testing.T) {
	both(t, func(t *testing.T) {
		await := func(p *actortest.Probe) { actortest.Await[Xy](p) }
		wants(t, probed(await, 1, "x", Xy{}, 2))
		wants(t, probed(await), []string{"wanted actortest_test.Xy; within 20ms there came nothing"})
		wants(t, probed(await, 1, "x"), []string{"wanted actortest_test.Xy; within 20ms there came int: 1; string: x"})
	})
}

func TestQuiet(t *testing.T) {
	both(t, func(t *testing.T) {
		quiet := func(p *actortest.Probe) { p.Quiet(time.Millisecond) }
		wants(t, probed(quiet))
		wants(t, probed(quiet, 7, 8), []string{"wanted nothing within 1ms; after ", "came int: 7; behind it waits int: 8"})
	})
}

func TestNewProbeRefusesAClosedSystem(t *testing.T) {
	both(t, func(t *testing.T) {
		wants(t, judge(func(t testing.TB) {
			sys := actortest.Open(t, nil)
			sys.Close(context.Background())
			actortest.NewProbe(t, sys)
		}), []string{"the system is closed"})
	})
}

// A probe is an actor as any: it asks by callback, has children and timers.
func TestProbeIsAnActor(t *testing.T) {
	both(t, func(t *testing.T) {
		sys := actortest.Open(t, apiTypes)
		p := actortest.NewProbe(t, sys)
		w := p.Spawn(worker)
		p.Ask(w, Xy{1, 1}, actor.Then(func(table Table, err error) {
			if err != nil {
				t.Error(err)
			}
			p.After(time.Millisecond, "done")
		}))
		actortest.Expect[string](p)
		p.Stop(w)
		if got := actortest.Expect[actor.Returned](p); got.Child != w || got.Value != (actor.Aborted{}) {
			t.Errorf("got %v", got)
		}
	})
}
