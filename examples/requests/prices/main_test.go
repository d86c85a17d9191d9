package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/requests/shop"
)

func TestPrices(t *testing.T) {
	sys := actortest.Open(t, shop.Types)
	knows := sys.Spawn(prices)
	client := actortest.NewProbe(t, sys)

	client.Send(knows, shop.PriceOf{Item: "cake"})
	if got, want := actortest.Expect[shop.Price](client), (shop.Price{Cents: 450}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	client.Send(knows, shop.PriceOf{Item: "moon"})
	if got := actortest.Expect[actor.Faulted](client); got.Explanation != "moon" {
		t.Errorf("got %v, want that there is no moon", got)
	}
}
