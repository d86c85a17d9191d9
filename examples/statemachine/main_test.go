package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestWalkersWaitForRed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		types := actor.Types{actor.Type[walk]("walk"), actor.Type[goOn]("go-on"), actor.Type[tick]("tick")}
		sys := actortest.Open(t, types)
		settings := times{Green: time.Minute, Amber: 3 * time.Second, Red: 30 * time.Second}
		crossing := sys.Spawn(settings.crossing)
		walker := actortest.NewProbe(t, sys)

		walker.Send(crossing, walk{"Ann"})
		walker.Quiet(time.Minute + 3*time.Second - time.Millisecond)
		actortest.Expect[goOn](walker)
		walker.Send(crossing, walk{"Ben"})
		actortest.Expect[goOn](walker)
		walker.Quiet(31 * time.Second)
		walker.Send(crossing, walk{"Cleo"})
		walker.Quiet(time.Minute)
	})
}
