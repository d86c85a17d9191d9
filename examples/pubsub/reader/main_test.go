package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/pubsub/news"
)

func TestReaderEndsWithItsCount(t *testing.T) {
	sys := actortest.Open(t, news.Types)
	s := &settings{Topics: "(sport|weather)", Count: 2}
	reader := sys.Spawn(s.read)
	feed := actortest.NewProbe(t, sys)
	feed.Publish(news.Name("weather"))
	found := actortest.Await[actor.Delivered](feed)
	for i := range 2 {
		feed.Send(found.Subscriber, news.Headline{Topic: "weather", Number: i})
	}
	if got, err := sys.Wait(t.Context(), reader); got != nil || err != nil {
		t.Errorf("got %v, %v, want nil", got, err)
	}
	actortest.Await[actor.Dropped](feed)
}
