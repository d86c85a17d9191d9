// Prices knows what things cost, and is found as shop:prices.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/requests/shop"
)

var list = map[string]int{"cake": 450, "layer": 120}

func prices(self *actor.Self) any {
	if err := self.Publish("shop:prices"); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case shop.PriceOf:
			if cents, ok := list[m.Item]; ok {
				self.Reply(shop.Price{Cents: cents})
			} else {
				self.Reply(actor.Faulted{Condition: "no such item", Explanation: m.Item})
			}
		}
	}
	return actor.Aborted{}
}

func main() { actor.Main(prices, &actor.Options{Types: shop.Types}) }
