// Package route decides what to do about one name: of ranked offers, which to
// try, which to use, and when to change over.
//
// An attempt at an offer that comes to be ready becomes the session. A better
// offer is tried while the session goes on; only when it is ready is the
// session closed. An offer that failed rests for a while. Package route knows no
// clock and no wire: its user says what happened and does what is returned, in
// the order given.
package route

import "slices"

// An Offer is one of the things to choose from. The zero Offer is none.
type Offer[O any] interface {
	comparable
	// Compare is negative if the offer is better than other, and 0 only if both
	// are the same one.
	Compare(other O) int
}

// A Verb says what to do.
type Verb uint8

// The verbs. Each is about one offer.
const (
	Open    Verb = iota + 1 // begin an attempt; Ready or Failed follows, unless Abandon does
	Abandon                 // end the attempt, under way or ready
	Close                   // ask that the session end; Closed or Lost follows
	Begin                   // the attempt is the session from now on, to be seen
	Drop                    // the session is over, to be seen
	Cut                     // Close and Drop at once, without an answer
	Rest                    // after a while, longer with each Try, say Rested
	Wake                    // do not: the rest is over
)

var verbs = [...]string{"none", "open", "abandon", "close", "begin", "drop", "cut", "rest", "wake"}

// String returns the verb as a word.
func (v Verb) String() string { return verbs[v] }

// An Action is one thing to do.
type Action[O any] struct {
	Verb  Verb
	Offer O
	Try   int // of Rest and Wake: how often the offer has failed since it last was the session
}

// A Route is the state of one name. The zero Route has no offers.
//
//	           Open           Ready           Closed, Lost,
//	                                          or no session
//	attempt: none ──► under way ──► ready ───────────────────┐
//	                  Abandon, Failed                        │ Begin
//	           Drop                    Close                 ▼
//	session: none ◄── closing ◄─────────────────────────── begun
//	              ◄─────────────────────────── Lost: Drop ───┘
//
// From Close on, what is ready is to be the session: neither that its offer goes
// nor a better one changes it before Begin.
type Route[O Offer[O]] struct {
	offers  []entry[O] // best first
	session O
	attempt O
	closing bool // of the session: Close was asked for
	ready   bool // of the attempt: it waits for the session to be over
}

type entry[O any] struct {
	offer   O
	failed  int32 // since it last was the session
	resting bool
}

// Empty reports whether the route is as good as the zero Route.
func (r *Route[O]) Empty() bool {
	var none O
	return len(r.offers) == 0 && r.session == none && r.attempt == none
}

// Offers calls yield for each offer, best first, until it returns false.
func (r *Route[O]) Offers(yield func(O) bool) {
	for _, e := range r.offers {
		if !yield(e.offer) {
			return
		}
	}
}

// Change takes the offer gone away and puts come in its place. Either may be
// none. If come is there already it is said again.
func (r *Route[O]) Change(gone, come O) []Action[O] {
	var none O
	var do []Action[O]
	if i, ok := r.find(gone); ok {
		do = r.wake(i, do)
		r.offers = slices.Delete(r.offers, i, i+1)
	}
	if i, ok := r.find(come); ok {
		do = r.wake(i, do)
	} else if come != none {
		r.offers = slices.Insert(r.offers, i, entry[O]{offer: come})
	}
	return r.settle(do)
}

// Again says that there is a reason to try an offer now, if it rests.
func (r *Route[O]) Again(o O) []Action[O] {
	i, ok := r.find(o)
	if !ok {
		return nil
	}
	return r.settle(r.wake(i, nil))
}

// Rested says that the rest of an offer is over.
func (r *Route[O]) Rested(o O) []Action[O] {
	i, ok := r.find(o)
	if !ok || !r.offers[i].resting {
		return nil
	}
	r.offers[i].resting = false
	return r.settle(nil)
}

// Ready says that the attempt can be the session.
func (r *Route[O]) Ready() []Action[O] {
	var none O
	switch {
	case r.attempt == none || r.ready:
		return nil
	case r.session == none:
		return r.settle(r.begin(nil))
	}
	r.ready = true
	if r.closing {
		return nil
	}
	r.closing = true
	return []Action[O]{{Verb: Close, Offer: r.session}}
}

// Failed says that there is no attempt any more, under way or ready.
func (r *Route[O]) Failed() []Action[O] {
	var none O
	if r.attempt == none {
		return nil
	}
	do := r.rest(r.attempt, nil)
	r.attempt, r.ready = none, false
	return r.settle(do)
}

// Closed says that Close was answered, or that its time is up.
func (r *Route[O]) Closed() []Action[O] {
	if !r.closing {
		return nil
	}
	return r.Lost()
}

// Lost says that there is no session any more.
func (r *Route[O]) Lost() []Action[O] {
	var none O
	if r.session == none {
		return nil
	}
	do := []Action[O]{{Verb: Drop, Offer: r.session}}
	if !r.closing {
		do = r.rest(r.session, do)
	}
	r.session, r.closing = none, false
	if r.ready {
		do = r.begin(do)
	}
	return r.settle(do)
}

// End takes everything away.
func (r *Route[O]) End() []Action[O] {
	var none O
	var do []Action[O]
	switch {
	case r.closing:
		do = append(do, Action[O]{Verb: Drop, Offer: r.session})
	case r.session != none:
		do = append(do, Action[O]{Verb: Cut, Offer: r.session})
	}
	if r.attempt != none {
		do = append(do, Action[O]{Verb: Abandon, Offer: r.attempt})
	}
	for i := range r.offers {
		do = r.wake(i, do)
	}
	*r = Route[O]{}
	return do
}

// settle makes the attempt the one that is wanted.
func (r *Route[O]) settle(do []Action[O]) []Action[O] {
	var none O
	want := r.want()
	if r.closing && r.ready || r.attempt == want {
		return do
	}
	if r.attempt != none {
		do = append(do, Action[O]{Verb: Abandon, Offer: r.attempt})
	}
	r.attempt = want
	if want != none {
		do = append(do, Action[O]{Verb: Open, Offer: want})
	}
	return do
}

// want returns the best offer that does not rest, if it is better than the
// session. A session that is closing does not count.
func (r *Route[O]) want() O {
	var none O
	for _, e := range r.offers {
		if r.session != none && !r.closing && e.offer.Compare(r.session) >= 0 {
			break
		}
		if !e.resting {
			return e.offer
		}
	}
	return none
}

func (r *Route[O]) begin(do []Action[O]) []Action[O] {
	var none O
	if i, ok := r.find(r.attempt); ok {
		r.offers[i].failed = 0
	}
	r.session, r.attempt, r.ready = r.attempt, none, false
	return append(do, Action[O]{Verb: Begin, Offer: r.session})
}

func (r *Route[O]) rest(o O, do []Action[O]) []Action[O] {
	i, ok := r.find(o)
	if !ok {
		return do
	}
	e := &r.offers[i]
	e.failed++
	e.resting = true
	return append(do, Action[O]{Rest, e.offer, int(e.failed)})
}

func (r *Route[O]) wake(i int, do []Action[O]) []Action[O] {
	e := &r.offers[i]
	if !e.resting {
		return do
	}
	e.resting = false
	return append(do, Action[O]{Wake, e.offer, int(e.failed)})
}

// find returns where o is, or where it belongs.
func (r *Route[O]) find(o O) (int, bool) {
	var none O
	if o == none {
		return 0, false
	}
	return slices.BinarySearchFunc(r.offers, o, func(e entry[O], o O) int { return e.offer.Compare(o) })
}
