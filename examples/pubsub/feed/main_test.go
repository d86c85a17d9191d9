package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/pubsub/news"
)

func TestReadersComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actortest.Open(t, news.Types)
		s := &settings{Topic: "sport", Each: time.Second / 2}
		sys.Spawn(s.feed)
		one, two := actortest.NewProbe(t, sys), actortest.NewProbe(t, sys)
		one.Subscribe(news.Name(".*"))
		if got := actortest.Await[news.Headline](one); got != (news.Headline{Topic: "sport", Number: 1}) {
			t.Errorf("got %v, want the first", got)
		}
		two.Subscribe(news.Name("sport"))
		for _, reader := range []*actortest.Probe{one, two} {
			if got := actortest.Await[news.Headline](reader); got.Number != 2 {
				t.Errorf("got %v, want the second", got)
			}
		}
		one.Unsubscribe(news.Name(".*"))
		actortest.Await[actor.Unsubscribed](one)
		actortest.Await[news.Headline](two)
		one.Quiet(5 * time.Second)
	})
}
