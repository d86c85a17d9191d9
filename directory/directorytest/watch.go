package directorytest

import (
	"github.com/layer-cake/layer-cake/directory"
)

// What actors are told, as they see it: R4, R7, R11, R12.

func (l *life) available(to directory.Party, m directory.Available) {
	s, sub := l.sessions[m.Session], l.subscription(m.Subscription)
	key := want{m.Subscription, m.Name}
	switch {
	case s == nil || s.over || s.began:
		l.w.fault("R11", "%s: %v, and there is no such end to begin", l.site.name, m)
		return
	case sub == nil || sub.over || sub.party != to:
		l.w.fault("R12", "%s: %v, and %v is not there to be told", l.site.name, m, to)
		return
	case l.seen[key] != nil:
		l.w.fault("R7", "%s: %v, and there is %v", l.site.name, m, l.seen[key].session)
	case s.name != m.Name || !l.w.matched(sub.Pattern, m.Name):
		l.w.fault("R2", "%s: %v, and the pattern does not match", l.site.name, m)
	case s.publication.Actor == sub.Actor:
		l.w.fault("R5", "%s: %v, and that is the subscriber", l.site.name, m)
	}
	s.subscription = m.Subscription
	l.seen[key] = s
	l.w.sessions++
	l.w.hopeful = true
	s.open()
}

func (l *life) delivered(to directory.Party, m directory.Delivered) {
	s, pub := l.sessions[m.Session], l.publication(m.Publication)
	switch {
	case s == nil || s.over || s.began:
		l.w.fault("R11", "%s: %v, and there is no such end to begin", l.site.name, m)
	case pub == nil || pub.over || pub.party != to:
		l.w.fault("R12", "%s: %v, and %v is not there to be told", l.site.name, m, to)
	case s.publication.ID != m.Publication:
		l.w.fault("R11", "%s: %v, and the session is with %v", l.site.name, m, s.publication)
	default:
		s.open()
	}
}

func (l *life) dropped(to directory.Party, m directory.Dropped) {
	s := l.sessions[m.Session]
	if s == nil || s.over || !s.began {
		l.w.fault("R11", "%s: %v, and the session is not begun or over", l.site.name, m)
		return
	}
	if m.Session.Opener == 0 {
		sub := l.subscription(m.Registration)
		if sub == nil || sub.over || sub.party != to {
			l.w.fault("R12", "%s: %v, and %v is not there to be told", l.site.name, m, to)
		}
		key := want{m.Registration, m.Name}
		if l.seen[key] != s {
			l.w.fault("R11", "%s: %v, and there is %v", l.site.name, m, l.seen[key])
		}
		delete(l.seen, key)
		// What the publisher sent before it heard of the end has been taken (R8).
		if far := s.ends[1]; s.heardClosed && far != nil && far.began && s.taken != far.sent {
			l.w.fault("R8", "%s: %v after %d messages, and the publisher sent %d", l.site.name, m, s.taken, far.sent)
		}
	} else {
		pub := l.publication(m.Registration)
		if pub == nil || pub.over || pub.party != to {
			l.w.fault("R12", "%s: %v, and %v is not there to be told", l.site.name, m, to)
		}
	}
	s.over, s.silent = true, true
}

// unsee forgets what a subscriber saw that has ended, and is told nothing more.
func (l *life) unsee(id directory.ID) {
	for key, s := range l.seen {
		if key.subscription == id {
			s.over, s.silent = true, true
			delete(l.seen, key)
		}
	}
}

// hearFact is what else an actor is told.
func (l *life) hearFact(to directory.Party, msg directory.Message) {
	switch m := msg.(type) {
	case directory.Published:
		l.aboutPublication(to, m.ID, m)
	case directory.Unpublished:
		if p := l.aboutPublication(to, m.ID, m); p != nil {
			p.over = true
		}
	case directory.Standby:
		l.stand(to, m.ID, m.Scope, true, m)
	case directory.Promoted:
		l.stand(to, m.ID, m.Scope, false, m)
	case directory.Subscribed:
		l.aboutSubscription(to, m.ID, m)
	case directory.Unsubscribed:
		if s := l.aboutSubscription(to, m.ID, m); s != nil {
			s.over = true
		}
	default:
		l.w.fault("R4", "%s tells %v %v", l.site.name, to, msg)
	}
}

func (l *life) aboutPublication(to directory.Party, id directory.ID, m directory.Message) *publication {
	p := l.publication(id)
	if p == nil || p.over || p.party != to {
		l.w.fault("R12", "%s tells %v %v", l.site.name, to, m)
		return nil
	}
	return p
}

func (l *life) aboutSubscription(to directory.Party, id directory.ID, m directory.Message) *subscription {
	s := l.subscription(id)
	if s == nil || s.over || s.party != to {
		l.w.fault("R12", "%s tells %v %v", l.site.name, to, m)
		return nil
	}
	return s
}

// stand keeps where a publication stands by: Standby and Promoted alternate (R4).
func (l *life) stand(to directory.Party, id directory.ID, scope directory.Scope, by bool, m directory.Message) {
	p := l.aboutPublication(to, id, m)
	switch {
	case p == nil:
		return
	case scope != l.site.scope && (!p.Scope.Reaches(scope) || scope > l.site.scope):
		l.w.fault("R4", "%s: %v of %v, which is no matter of that directory", l.site.name, m, p.Publication)
	case p.standby[scope] == by:
		l.w.fault("R4", "%s: %v again", l.site.name, m)
	}
	p.standby[scope] = by
	l.w.told++
}

// hearOffer keeps what the subscriptions of this process are offered (R6).
func (l *life) hearOffer(msg directory.Message) {
	switch m := msg.(type) {
	case directory.Offered:
		s := l.subscription(m.Subscription)
		if m.First {
			s.rounds[m.Scope]++
		}
		for _, p := range m.Offers {
			s.offered(l, m.Scope, p)
		}
		if m.Last {
			for key, o := range s.offers {
				if key.scope == m.Scope && o.round != s.rounds[m.Scope] {
					delete(s.offers, key)
				}
			}
		}
	case directory.Offer:
		l.subscription(m.Subscription).offered(l, m.Scope, m.Publication)
	case directory.Withdraw:
		delete(l.subscription(m.Subscription).offers, offerKey{m.Scope, m.Name})
	}
}

func (s *subscription) offered(l *life, scope directory.Scope, p directory.Publication) {
	switch {
	case p.Actor == s.Actor:
		l.w.fault("R5", "%s: %v is offered its own %v", l.site.name, s.Subscription, p)
	case !s.Scope.Reaches(scope) && scope != l.site.scope:
		l.w.fault("R1", "%s: %v is offered %v at %v", l.site.name, s.Subscription, p, scope)
	case !l.w.matched(s.Pattern, p.Name):
		l.w.fault("R2", "%s: %v is offered %v", l.site.name, s.Subscription, p)
	}
	s.offers[offerKey{scope, p.Name}] = &offerSaid{p, s.rounds[scope]}
}
