// Package shop is what those who know prices and those who ask for them share.
package shop

import "github.com/layer-cake/layer-cake/actor"

// PriceOf asks what an item costs.
type PriceOf struct{ Item string }

// Price answers it.
type Price struct{ Cents int }

// Types are the messages that cross processes. Both programs pass them on to Main.
var Types = actor.Types{actor.Type[PriceOf]("price-of"), actor.Type[Price]("price")}
