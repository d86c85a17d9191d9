// Offer asks two services at once, then a third, and answers with the sum.
package main

import "github.com/layer-cake/layer-cake/actor"

type (
	Wanted  struct{ Item string }
	Offer   struct{ Cents, Stock int }
	PriceOf struct{ Item string }
	Price   struct{ Cents int }
	StockOf struct{ Item string }
	Stock   struct{ Pieces int }
	TaxOn   struct{ Cents int }
	Tax     struct{ Cents int }
)

var types = actor.Types{
	actor.Type[Wanted]("wanted"), actor.Type[Offer]("offer"),
	actor.Type[PriceOf]("price-of"), actor.Type[Price]("price"),
	actor.Type[StockOf]("stock-of"), actor.Type[Stock]("stock"),
	actor.Type[TaxOn]("tax-on"), actor.Type[Tax]("tax"),
}

// The services that it needs.
const prices, stocks, taxes = "shop:prices", "shop:stock", "shop:tax"

// desk is where offers are made: it knows the services by name.
type desk map[string]actor.Address

func offers(self *actor.Self) any {
	for _, name := range []string{prices, stocks, taxes} {
		if err := self.Subscribe(name); err != nil {
			return err
		}
	}
	if err := self.Publish("shop:offers"); err != nil {
		return err
	}
	return actor.State(make(desk).serve)
}

func (d desk) serve(self *actor.Self, m any) actor.State {
	switch m := m.(type) {
	case actor.Available:
		d[m.Name] = m.Publisher
	case actor.Dropped:
		delete(d, m.Name) // to ask nobody is Undelivered at once
	case Wanted:
		d.offer(self, m.Item)
	default:
		return nil
	}
	return self.Stay()
}

func (d desk) offer(self *actor.Self, item string) {
	client := self.Sender() // in a callback it is who replied
	tell := func(m any) {
		if err := self.Send(client, m); err != nil {
			self.Log().Warn("nobody to tell", "client", client, "err", err)
		}
	}
	both := []actor.Request{
		{To: d[prices], Message: PriceOf{item}},
		{To: d[stocks], Message: StockOf{item}},
	}
	self.Concurrently(both, func(replies []any, err error) {
		if err != nil {
			tell(actor.Unavailable{Reason: err.Error()})
			return
		}
		price, known := replies[0].(Price)
		stock, counted := replies[1].(Stock)
		if !known || !counted {
			tell(actor.Faulted{Condition: "an answer that is none"})
			return
		}
		self.Ask(d[taxes], TaxOn(price), actor.Then(func(tax Tax, err error) {
			if err != nil {
				tell(actor.Unavailable{Reason: err.Error()})
				return
			}
			tell(Offer{price.Cents + tax.Cents, stock.Pieces})
		}))
	})
}

func main() { actor.Main(offers, &actor.Options{Types: types}) }
