package directorytest

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// What scripts say they expect.

// A watch sees that an actor has one session for a name from its first on, or that
// it never has one with a publisher at some site.
type watch struct {
	at    *site
	actor uint8
	name  directory.Name
	begun bool
	never *site // nil: it has one
}

// sessionsFor returns the sessions that an actor sees for a name.
func (s *site) sessionsFor(actor uint8, name directory.Name) []*sessionEnd {
	if s.now == nil {
		return nil
	}
	var list []*sessionEnd
	for key, end := range s.now.seen {
		if sub := s.now.subscription(key.subscription); key.name == name && sub.Actor.Actor == transport.ActorID(actor) {
			list = append(list, end)
		}
	}
	return list
}

func (x *watch) check(w *world) {
	list := x.at.sessionsFor(x.actor, x.name)
	if x.never != nil {
		for _, s := range list {
			if w.lives[s.publication.ID.Origin].site == x.never {
				w.fault("R8", "%s:%d has a session for %q with %v", x.at.name, x.actor, x.name, s.publication)
			}
		}
		return
	}
	n := len(list)
	x.begun = x.begun || n > 0
	if x.begun && n != 1 {
		w.fault("R8", "%s:%d has %d sessions for %q", x.at.name, x.actor, n, x.name)
	}
}

// expect checks has and lacks.
func (w *world) expect(a action) bool {
	at, to := w.sites[a.at], w.sites[a.to]
	list := at.sessionsFor(a.actor, directory.Name(a.text))
	switch {
	case a.verb == lacks && len(list) > 0:
		w.fault("script", "%s: it has one with %v", a.line(w.sites), list[0].publication)
	case a.verb == has && len(list) != 1:
		w.fault("script", "%s: it has %d", a.line(w.sites), len(list))
	case a.verb == has && (list[0].scope != a.scope || w.lives[list[0].publication.ID.Origin] != to.now):
		w.fault("script", "%s: it is with %v at %v", a.line(w.sites), list[0].publication, list[0].scope)
	}
	return true
}
