package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
)

// The functions of R15, in plain words: what holds at rest is a function of what
// is alive.

// alive yields the processes that run.
func (w *world) alive(yield func(*life) bool) {
	for _, s := range w.sites {
		if s.now != nil && !yield(s.now) {
			return
		}
	}
}

// known returns the publications of a name that a directory is to know: those
// below it that reach it, and its own.
func (w *world) known(d *site, name directory.Name) []*publication {
	var list []*publication
	for l := range w.alive {
		if !l.site.below(d) {
			continue
		}
		for _, p := range l.pubs {
			if p.live && p.Name == name && (l.site == d || p.Scope.Reaches(d.scope)) {
				list = append(list, p)
			}
		}
	}
	return list
}

// holder returns the oldest of them.
func (w *world) holder(d *site, name directory.Name) *publication {
	var oldest *publication
	for _, p := range w.known(d, name) {
		if oldest == nil || p.Stamp < oldest.Stamp || p.Stamp == oldest.Stamp && p.ID.Less(oldest.ID) {
			oldest = p
		}
	}
	return oldest
}

// branch returns the way from a directory down to a registration: the site below
// it, or in the process of the registration itself the actor.
func branch(d, s *site, actor int) any {
	path := s.path
	at := slices.Index(path, d)
	if at == 0 {
		return actor
	}
	return path[at-1]
}

// offersTo returns what a subscription is to be offered.
func (w *world) offersTo(l *life, s *subscription, names []directory.Name) map[offerKey]*publication {
	all := make(map[offerKey]*publication)
	for _, d := range l.site.path {
		if d != l.site && !s.Scope.Reaches(d.scope) {
			continue
		}
		for _, name := range names {
			if !w.matched(s.Pattern, name) {
				continue
			}
			p := w.holder(d, name)
			if p == nil || p.Actor == s.Actor {
				continue
			}
			at := w.lives[p.ID.Origin].site
			if branch(d, at, int(p.Actor.Actor)) != branch(d, l.site, int(s.Actor.Actor)) {
				all[offerKey{d.scope, name}] = p
			}
		}
	}
	return all
}

// standsBy reports whether a publication stands by at a scope (R4).
func (w *world) standsBy(l *life, p *publication, scope directory.Scope) bool {
	for _, d := range l.site.path {
		if d.scope == scope && (d == l.site || p.Scope.Reaches(scope)) {
			return w.holder(d, p.Name) != p
		}
	}
	return false
}

// usable reports whether a process can have a session with a publication that the
// directory of that scope offers.
func (l *life) usable(scope directory.Scope, p directory.Publication) bool {
	other := l.w.lives[p.ID.Origin]
	switch {
	case other.dead || other.frozen || !other.publication(p.ID).live:
		return false
	case other == l:
		return true
	case other.site.machine != l.site.machine && !p.Scope.Reaches(directory.LAN):
		return false // it is not opened from there (R16)
	}
	return l.routeTo(other.id) != nil || l.dialable(scope, p)
}

// dialable reports whether it could also if there were no link yet.
func (l *life) dialable(scope directory.Scope, p directory.Publication) bool {
	other := l.w.lives[p.ID.Origin]
	return other == l || l.reaches(other, p.Place(scope))
}

// better reports whether an offer of p at a scope outranks one of q (R8).
func better(scope directory.Scope, p directory.Publication, other directory.Scope, q directory.Publication) bool {
	if scope != other {
		return scope > other
	}
	return p.Stamp < q.Stamp || p.Stamp == q.Stamp && p.ID.Less(q.ID)
}

// best returns the innermost usable offer.
func (l *life) best(offers map[offerKey]*publication, name directory.Name) (scope directory.Scope, p *publication) {
	for scope = directory.Library; scope > 0; scope-- {
		if p := offers[offerKey{scope, name}]; p != nil && l.usable(scope, p.Publication) {
			return scope, p
		}
	}
	return 0, nil
}

// mayKeep reports whether a session may stay though no offer says so: its
// subscriber publishes the name itself, or who is offered instead cannot be reached.
func (l *life) mayKeep(s *subscription, got *sessionEnd) bool {
	for key, o := range s.offers {
		if key.name == got.name && !l.usable(key.scope, o.Publication) {
			return true
		}
	}
	return l.publishes(s, got.name)
}

// publishes reports whether the subscriber publishes the name itself.
func (l *life) publishes(s *subscription, name directory.Name) bool {
	return slices.ContainsFunc(l.pubs, func(p *publication) bool {
		return p.live && p.Name == name && p.Actor == s.Actor
	})
}

// certain reports whether the session for a name is a function of what is alive:
// none may be kept, and none depends on a link that happens to be there.
func (l *life) certain(s *subscription, name directory.Name) bool {
	for key, o := range s.offers {
		if key.name == name && !l.dialable(key.scope, o.Publication) {
			return false
		}
	}
	return !l.publishes(s, name)
}
