package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
)

// An offered is the last that a directory says in a step of what it offers one
// subscription for a name.
type offered struct {
	subscription directory.ID
	name         directory.Name
	publication  directory.ID // zero: it is withdrawn
}

// watchOffers looks at what the directory itself offers, before it is passed on.
func (l *life) watchOffers(effects []directory.Effect) {
	for _, e := range effects {
		send, ok := e.(directory.Send)
		if !ok {
			continue
		}
		switch m := send.Message.(type) {
		case directory.Offered:
			if m.Scope == l.site.scope {
				for _, p := range m.Offers {
					l.makes(m.Subscription, p)
				}
			}
		case directory.Offer:
			if m.Scope == l.site.scope {
				l.makes(m.Subscription, m.Publication)
			}
		case directory.Withdraw:
			if m.Scope == l.site.scope {
				l.lastWord(offered{m.Subscription, m.Name, directory.ID{}})
			}
		}
	}
}

// watchFull checks that no list is said to whom there is no room for it (R17).
func (l *life) watchFull(full []directory.Party) {
	for _, e := range l.effects {
		send, _ := e.(directory.Send)
		if m, list := send.Message.(directory.Offered); list && slices.Contains(full, send.To) {
			l.w.fault("R17", "%s says %v to %v, where there is no room", l.site.name, m, send.To)
		}
	}
}

// makes checks an offer that this directory makes: not to whom the holder came with (R5).
func (l *life) makes(s directory.ID, p directory.Publication) {
	l.lastWord(offered{s, p.Name, p.ID})
	for _, e := range l.ends {
		if _, seeks := e.seeks[s]; seeks && slices.Contains(e.claims[p.Name], p.ID) {
			l.w.fault("R5", "%s offers %v to %v: both came over %v", l.site.name, p, s, e.party)
		}
	}
}

func (l *life) lastWord(o offered) {
	for i, other := range l.offers {
		if other.subscription == o.subscription && other.name == o.name {
			l.offers[i] = o
			return
		}
	}
	l.offers = append(l.offers, o)
}

// checkStep checks what must hold after each step, in the directory that made it:
// what it knows (R1), and that of each name it offers the oldest that it knows (R3).
func (l *life) checkStep() {
	w := l.w
	w.steps++
	var holder, before directory.Publication
	own := 0
	for p := range l.machine.Publications() {
		if p.Name != holder.Name {
			holder = p
			for _, o := range l.offers {
				if o.name == p.Name && o.publication != p.ID && o.publication != (directory.ID{}) {
					w.fault("R3", "%s offers %v for %q, and %v holds it", l.site.name, o.publication, o.name, p)
				}
			}
		} else if !before.Older(p) {
			w.fault("R3", "%s has %v before %v", l.site.name, before, p)
		}
		before = p
		if p.ID.Origin == l.id {
			if mine := l.publication(p.ID); mine != nil && mine.known {
				own++
			}
		}
		l.mayKnow(p.ID, p.Scope, p)
	}
	l.offers = l.offers[:0]
	for _, p := range l.pubs {
		if p.known {
			own--
		}
	}
	for s := range l.machine.Subscriptions() {
		if s.ID.Origin == l.id {
			if mine := l.subscription(s.ID); mine != nil && mine.known {
				own++
			}
		}
		l.mayKnow(s.ID, s.Scope, s)
	}
	for _, s := range l.subs {
		if s.known {
			own--
		}
	}
	if own != 0 {
		w.fault("R1", "%s does not know all that its own actors have registered", l.site.name)
	}
	for _, watch := range w.watches {
		watch.check(w)
	}
}

// mayKnow checks that a registration comes from below, and reaches so far (R1).
func (l *life) mayKnow(id directory.ID, scope directory.Scope, what any) {
	if id.Origin == l.id {
		return
	}
	if origin := l.w.lives[id.Origin]; !origin.site.below(l.site) || origin.site == l.site {
		l.w.fault("R1", "%s knows %v of %s, which is not below it", l.site.name, what, origin.site.name)
	} else if !scope.Reaches(l.site.scope) {
		l.w.fault("R1", "%s knows %v of %s, which does not reach it", l.site.name, what, origin.site.name)
	}
}
