package directory

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/route"
)

// ahead is how many names of a subscription are put in order at once: a page is
// less than the walk over all of them costs.
const ahead = 16 * Page

// A reading is what is to be listed next of one subscription, so that not every
// page needs a walk. What has come since may be missing in it.
type reading struct {
	of    ID
	after Name   // what was listed before these
	names []Name // in order
	whole bool   // there are no more
}

// inspect lists what is done for the sessions of this process, from a mark on:
// the subscriptions by identity, of each the names in order.
func (r *Resolver) inspect(to Party, q Enquire) {
	found := Found{Route: q.Route, Number: q.Number}
	last := q.After
	// Each has a name at least, but for the one that the mark is in.
	for _, id := range least(Page+1, ID.Compare, r.listed(q)) {
		s := r.interests[id]
		after := Name("")
		if id == q.After.ID {
			after = q.After.Name
		}
		room := Page - len(found.Efforts)
		names := r.names(s, q.Name, after, room+1)
		for _, name := range names[:min(room, len(names))] {
			last = Mark{Name: name, ID: id}
			if t := s.tracks[name]; t != nil { // else it has gone since
				found.Efforts = append(found.Efforts, t.effort())
			}
		}
		if len(names) > room {
			found.Next = last
			break
		}
	}
	r.do(Send{to, found})
}

// listed yields the subscriptions that an enquiry is about.
func (r *Resolver) listed(q Enquire) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for id, s := range r.interests {
			switch {
			case id.Less(q.After.ID), q.Pattern != "" && s.Pattern != q.Pattern:
			case q.Name == "" && len(s.tracks) == 0, q.Name != "" && s.tracks[q.Name] == nil:
			default:
				if !yield(id) {
					return
				}
			}
		}
	}
}

// names returns the next n names of a subscription, or only the one that is asked
// for.
func (r *Resolver) names(s *interest, only, after Name, n int) []Name {
	if only != "" {
		if s.tracks[only] == nil || after >= only {
			return nil
		}
		return []Name{only}
	}
	if names, ok := r.reading.next(s.ID, after, n); ok {
		return names
	}
	names := least(ahead, cmp.Compare[Name], func(yield func(Name) bool) {
		for name := range s.tracks {
			if after < name && !yield(name) {
				return
			}
		}
	})
	if len(names) > Page { // else it would only be kept in vain
		r.reading = reading{s.ID, after, names, len(names) < ahead}
	}
	return names[:min(n, len(names))]
}

// next returns the next n names after one, if they are among those that were put
// in order.
func (a *reading) next(of ID, after Name, n int) ([]Name, bool) {
	at, found := slices.BinarySearch(a.names, after)
	switch {
	case a.of != of || len(a.names) == 0:
		return nil, false
	case found:
		at++
	case after != a.after:
		return nil, false
	}
	left := a.names[at:]
	if len(left) >= n {
		return left[:n], true
	}
	if !a.whole {
		return nil, false
	}
	*a = reading{} // nobody needs it any more
	return left, true
}

// prospectState is the state of an offer as a listing says it.
func prospectState(s route.State) ProspectState {
	switch s {
	case route.Spare:
		return Spare
	case route.Resting:
		return Resting
	case route.Trying:
		return Trying
	case route.Prepared:
		return Prepared
	case route.InUse:
		return InUse
	}
	panic(fmt.Sprintf("directory: an offer has no state %d", s))
}

func (t *track) effort() Effort {
	e := Effort{Subscription: t.interest.ID, Name: t.name}
	if o := t.route.Session(); o != nil {
		e.Session, e.Scope = o.publication.ID, o.scope
	}
	t.route.States(func(o *offer, s route.State, failed int) bool {
		e.Prospects = append(e.Prospects, Prospect{
			Publication: o.publication.ID,
			Scope:       o.scope,
			State:       prospectState(s),
			Failed:      uint64(failed),
			Reason:      o.failure,
		})
		return true
	})
	return e
}
