package directorytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/layer-cake/layer-cake/directory"
)

// names returns the names that are published, and those that sessions are for.
func (w *world) names() []directory.Name {
	var names []directory.Name
	for l := range w.alive {
		for _, p := range l.pubs {
			if p.live {
				names = append(names, p.Name)
			}
		}
		for at := range l.seen {
			names = append(names, at.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkRest compares all that there is with the functions of R15.
func (w *world) checkRest() {
	names := w.names()
	for l := range w.alive {
		w.checkKnown(l, names)
		w.checkTimers(l)
		for _, s := range l.subs {
			if s.live {
				offers := w.offersTo(l, s, names)
				w.checkOffers(l, s, offers)
				w.checkSessions(l, s, offers, names)
			}
		}
		for _, p := range l.pubs {
			if p.live {
				w.checkStanding(l, p)
			}
		}
	}
	w.checkEnds()
}

// checkKnown compares what a directory knows: of each name the holder first, and
// nobody who is not alive; and every subscription that reaches it.
func (w *world) checkKnown(l *life, names []directory.Name) {
	first := make(map[directory.Name]directory.ID)
	for p := range l.machine.Publications() {
		if _, ok := first[p.Name]; !ok {
			first[p.Name] = p.ID
		}
		origin := w.lives[p.ID.Origin]
		if pub := origin.publication(p.ID); origin.dead || !pub.live {
			w.fault("R12", "at rest %s knows %v of %s, which has ended", l.site.name, p, origin.site.name)
		}
	}
	for _, name := range names {
		holder := w.holder(l.site, name)
		if got, ok := first[name]; ok != (holder != nil) || ok && got != holder.ID {
			w.fault("R15", "at rest %s has %v as the holder of %q, want %v", l.site.name, got, name, holder)
		}
	}
	known := make(map[directory.ID]bool)
	for s := range l.machine.Subscriptions() {
		known[s.ID] = true
	}
	for other := range w.alive {
		for _, s := range other.subs {
			if s.live && other.site.below(l.site) && (other == l || s.Scope.Reaches(l.site.scope)) {
				if !known[s.ID] {
					w.fault("R15", "at rest %s does not know %v of %s", l.site.name, s.Subscription, other.site.name)
				}
				delete(known, s.ID)
			}
		}
	}
	for id := range known {
		w.fault("R12", "at rest %s knows the subscription %v, which has ended", l.site.name, id)
	}
}

// checkTimers checks that nothing is tried in vain: at rest every offer can be used,
// but of who cannot be reached.
func (w *world) checkTimers(l *life) {
	vain := false
	for _, s := range l.subs {
		for key, o := range s.offers {
			vain = vain || s.live && !l.usable(key.scope, o.Publication)
		}
	}
	for _, t := range l.timers {
		if t.Kind != directory.TimerRetry || !vain {
			w.fault("R9", "at rest %s runs the timer %v", l.site.name, t)
		}
	}
}

func (w *world) checkOffers(l *life, s *subscription, offers map[offerKey]*publication) {
	for key, p := range offers {
		if got := s.offers[key]; got == nil || got.ID != p.ID {
			w.fault("R15", "at rest %v of %s is offered %v at %v, want %v", s.Subscription, l.site.name, got, key.scope, p.Publication)
		}
	}
	for key, o := range s.offers {
		if offers[key] == nil {
			w.fault("R15", "at rest %v of %s is offered %v at %v, want nobody", s.Subscription, l.site.name, o.Publication, key.scope)
		}
	}
}

// checkSessions compares the session for each name with the best offer that can be
// used. An actor that publishes the name itself may keep one it had.
func (w *world) checkSessions(l *life, s *subscription, offers map[offerKey]*publication, names []directory.Name) {
	for _, name := range names {
		scope, p := l.best(offers, name)
		got := l.seen[want{s.ID, name}]
		switch {
		case got == nil && p == nil:
		case got == nil:
			w.fault("R15", "at rest %v of %s has no session for %q, want one with %v at %v", s.Subscription, l.site.name, name, p.Publication, scope)
		case p != nil && got.scope == scope && got.publication.ID == p.ID:
		case (p == nil || better(got.scope, got.publication, scope, p.Publication)) && l.mayKeep(s, got):
		default:
			w.fault("R15", "at rest %v of %s has a session with %v at %v, want %v at %v", s.Subscription, l.site.name, got.publication, got.scope, p, scope)
		}
	}
}

// checkStanding compares where a publication was told that it stands by (R4).
func (w *world) checkStanding(l *life, p *publication) {
	for scope := directory.LAN; scope <= directory.Library; scope++ {
		if want := w.standsBy(l, p, scope); p.standby[scope] != want {
			w.fault("R4", "at rest %v of %s stands by at %v: %v, want %v", p.Publication, l.site.name, scope, p.standby[scope], want)
		}
	}
}

// checkEnds checks that every end of a session belongs to one that lives at both.
func (w *world) checkEnds() {
	for l := range w.alive {
		for key, s := range l.sessions {
			for _, end := range s.ends {
				if end == nil || end.released || !end.began || end.over || end.life.dead {
					w.fault("R15", "%s has %v with %v, which does not live at both ends", l.site.name, key, s.publication)
					break
				}
			}
		}
	}
}

// checkQuiet checks what holds where not all is up: no session only if no offer is
// usable, none that an offer outranks, and each at both ends.
func (w *world) checkQuiet() {
	for l := range w.alive {
		if l.frozen {
			continue
		}
		for _, s := range l.subs {
			if !s.live {
				continue
			}
			for key, o := range s.offers {
				got := l.seen[want{s.ID, key.name}]
				switch {
				case !l.usable(key.scope, o.Publication):
				case got == nil:
					w.fault("R15", "%v of %s has no session for %q, and is offered %v at %v", s.Subscription, l.site.name, key.name, o.Publication, key.scope)
				case better(key.scope, o.Publication, got.scope, got.publication):
					w.fault("R8", "%v of %s has a session with %v at %v, and is offered %v at %v", s.Subscription, l.site.name, got.publication, got.scope, o.Publication, key.scope)
				}
			}
		}
		for key, s := range l.sessions {
			far := s.ends[0]
			if key.Opener == 0 {
				far = s.ends[1]
			}
			if far != nil && far.life.frozen {
				continue // of that nothing can be said
			}
			if !s.began || s.over || far == nil || far.life.dead || far.released || !far.began || far.over {
				w.fault("R15", "%s has %v with %v, which does not live at both ends", l.site.name, key, s.publication)
			}
		}
	}
}

// state is what must be the same however a world was repaired: who holds, what is
// offered, who has a session with whom, who stands by.
func (w *world) state() string {
	names := w.names()
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for l := range w.alive {
		holder := directory.Name("")
		for p := range l.machine.Publications() {
			if p.Name != holder {
				holder = p.Name
				add("%s: %q is held by %v", l.site.name, p.Name, p.ID)
			}
		}
		for _, p := range l.pubs {
			if p.live {
				add("%s: %v stands by: %v", l.site.name, p.ID, p.standby)
			}
		}
		for _, s := range l.subs {
			if !s.live {
				continue
			}
			for key, o := range s.offers {
				add("%s: %v is offered %v at %v", l.site.name, s.ID, o.ID, key.scope)
			}
			for _, name := range names {
				if got := l.seen[want{s.ID, name}]; got != nil && l.certain(s, name) {
					add("%s: %v has a session with %v at %v", l.site.name, s.ID, got.publication.ID, got.scope)
				}
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
