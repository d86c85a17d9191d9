package directory

import (
	"cmp"
	"iter"

	"github.com/layer-cake/layer-cake/directory/internal/route"
)

// inspect lists what is done for the sessions of this process, from a mark on:
// the subscriptions by identity, of each the names in order.
func (r *Resolver) inspect(to Party, q Enquire) {
	found := Found{Route: q.Route, Number: q.Number}
	// Each has a name at least, but for the one that the mark is in.
	for _, id := range least(Page+1, compareIDs, r.listed(q)) {
		s := r.interests[id]
		room := Page - len(found.Efforts)
		names := least(room+1, cmp.Compare[Name], s.listed(q))
		for _, name := range names[:min(room, len(names))] {
			found.Efforts = append(found.Efforts, s.tracks[name].effort())
		}
		if len(names) > room {
			last := found.Efforts[Page-1]
			found.Next = Mark{Name: last.Name, ID: last.Subscription}
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

// listed yields the names that an enquiry is about.
func (s *interest) listed(q Enquire) iter.Seq[Name] {
	return func(yield func(Name) bool) {
		after := Name("")
		if s.ID == q.After.ID {
			after = q.After.Name
		}
		if q.Name != "" {
			if s.tracks[q.Name] != nil && after < q.Name {
				yield(q.Name)
			}
			return
		}
		for name := range s.tracks {
			if after < name && !yield(name) {
				return
			}
		}
	}
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
			State:       ProspectState(s),
			Failed:      uint64(failed),
			Reason:      o.failure,
		})
		return true
	})
	return e
}
