package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestPatienceIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actortest.Open(t, nil)
		s := &settings{Patience: 3, Takes: time.Second}
		for name, test := range map[string]struct {
			f        actor.Func
			min, max time.Duration
		}{
			"rule": {s.byRule, 4*time.Second + 7*800*time.Millisecond, 4*time.Second + 7*1200*time.Millisecond},
			"hand": {s.byHand, 7 * time.Second, 7 * time.Second},
		} {
			began := time.Now()
			got, err := sys.Wait(t.Context(), sys.Spawn(test.f))
			if got != (actor.TimedOut{After: time.Second}) || err != nil {
				t.Errorf("%s: got %v, %v, want TimedOut", name, got, err)
			}
			if d := time.Since(began); d < test.min || d > test.max {
				t.Errorf("%s: given up after %v, want %v to %v", name, d, test.min, test.max)
			}
		}
	})
}
