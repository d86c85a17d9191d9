// Ask finds shop:prices and asks it for one price.
package main

import (
	"context"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/requests/shop"
)

type settings struct {
	Item   string        `usage:"what to ask for"`
	Within time.Duration `usage:"how long to look for somebody who knows"`
}

func (s *settings) run(self *actor.Self) any {
	if err := self.Subscribe("shop:prices"); err != nil {
		return err
	}
	for {
		m, ok := self.InputWithin(s.Within)
		if !ok {
			return actor.Faulted{Condition: "nobody knows prices", Explanation: "is host-cake running, and prices?"}
		}
		switch m := m.(type) {
		case actor.Available:
			return s.ask(self, m.Publisher)
		case actor.Stop:
			return actor.Aborted{}
		}
	}
}

func (s *settings) ask(self *actor.Self, prices actor.Address) any {
	ctx, cancel := context.WithTimeout(self.Context(), time.Second)
	defer cancel()
	price, err := actor.Ask[shop.Price](ctx, self, prices, shop.PriceOf{Item: s.Item})
	if err != nil {
		return err
	}
	return price
}

func main() {
	s := &settings{Item: "cake", Within: 5 * time.Second}
	actor.Main(s.run, &actor.Options{Settings: s, Types: shop.Types})
}
