package main

import (
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/actortest"
)

func TestOfferIsTheSum(t *testing.T) {
	sys := actortest.Open(t, types)
	sys.Spawn(offers)
	client := actortest.NewProbe(t, sys)
	if err := client.Subscribe("shop:offers"); err != nil {
		t.Fatal(err)
	}
	desk := actortest.Await[actor.Available](client).Publisher

	client.Send(desk, Wanted{"cake"}) // nobody sells yet
	actortest.Expect[actor.Unavailable](client)

	services := map[string]*actortest.Probe{}
	for _, name := range []string{prices, stocks, taxes} {
		services[name] = actortest.NewProbe(t, sys)
		if err := services[name].Publish(name); err != nil {
			t.Fatal(err)
		}
		actortest.Await[actor.Delivered](services[name])
	}
	client.Send(desk, Wanted{"cake"})
	// Both are asked before either answers.
	actortest.Expect[PriceOf](services[prices])
	actortest.Expect[StockOf](services[stocks])
	services[stocks].Reply(Stock{7})
	services[prices].Reply(Price{1000})
	if got := actortest.Expect[TaxOn](services[taxes]); got.Cents != 1000 {
		t.Errorf("tax on %d, want 1000", got.Cents)
	}
	services[taxes].Reply(Tax{190})
	if got := actortest.Expect[Offer](client); got != (Offer{1190, 7}) {
		t.Errorf("got %v, want 1190 and 7", got)
	}
}
