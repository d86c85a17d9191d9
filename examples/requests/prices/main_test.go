package main

import (
	"context"
	"errors"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/requests/shop"
)

func TestPrices(t *testing.T) {
	sys, err := actor.Open(&actor.Options{Types: shop.Types, Directory: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(context.Background())
	knows := sys.Spawn(prices)

	price, err := actor.Ask[shop.Price](t.Context(), sys, knows, shop.PriceOf{Item: "cake"})
	if want := (shop.Price{Cents: 450}); err != nil || price != want {
		t.Errorf("got %v, %v, want %v", price, err, want)
	}
	_, err = actor.Ask[shop.Price](t.Context(), sys, knows, shop.PriceOf{Item: "moon"})
	if fault := new(actor.Faulted); !errors.As(err, fault) || fault.Explanation != "moon" {
		t.Errorf("got %v, want that there is no moon", err)
	}
}
