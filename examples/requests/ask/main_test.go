package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
	"github.com/layer-cake/layer-cake/examples/requests/shop"
)

// The test plays prices, on another host.
func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lan := actortest.NewTree(t, "shop", "home")
		prices := actortest.NewProbe(t, lan.Open("shop", shop.Types))
		if err := prices.Publish("shop:prices", actor.LAN); err != nil {
			t.Fatal(err)
		}
		home := lan.Open("home", shop.Types)
		s := &settings{Item: "cake", Within: 5 * time.Second}

		found := home.Spawn(s.run)
		if value, err := home.Wait(t.Context(), found); err != nil || value != (actor.Faulted{
			Condition: "nobody knows prices", Explanation: "is host-cake running, and prices?"}) {
			t.Errorf("on another host: got %v, %v, want that nobody is found, for it looks on its own", value, err)
		}

		client := actortest.NewProbe(t, lan.Open("shop", shop.Types))
		child := client.Spawn(s.run)
		if got := actortest.Await[shop.PriceOf](prices); got.Item != "cake" {
			t.Errorf("got %v, want a question about cake", got)
		}
		prices.Reply(shop.Price{Cents: 450})
		if got := actortest.Expect[actor.Returned](client); got.Child != child || got.Value != (shop.Price{Cents: 450}) {
			t.Errorf("got %v, want the price", got)
		}
	})
}
