package actor

import "github.com/layer-cake/layer-cake/transport"

// results has the results of the last actors that ended.
type results struct {
	values map[transport.Address]any
	order  []transport.Address // a ring; the next to go is at next
	next   int
}

// keptResults is how many results are kept.
const keptResults = 1024

func (r *results) put(a transport.Address, value any) {
	if r.values == nil {
		r.values = make(map[transport.Address]any)
	}
	if len(r.order) < keptResults {
		r.order = append(r.order, a)
	} else {
		delete(r.values, r.order[r.next])
		r.order[r.next] = a
		r.next = (r.next + 1) % keptResults
	}
	r.values[a] = value
}

func (r *results) get(a transport.Address) (any, bool) {
	value, ok := r.values[a]
	return value, ok
}
