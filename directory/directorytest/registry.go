package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A publication as its process knows it, and what its actor was told of it.
type publication struct {
	directory.Publication
	party   directory.Party
	live    bool                        // as the actor knows
	known   bool                        // as the machines know
	over    bool                        // nothing more may be said of it
	standby [directory.Library + 1]bool // its last word there was Standby
}

// A subscription as its process knows it, and what it is offered.
type subscription struct {
	directory.Subscription
	party             directory.Party
	live, known, over bool
	offers            map[offerKey]*offerSaid
	rounds            [directory.Library + 1]int
}

type offerKey struct {
	scope directory.Scope
	name  directory.Name
}

type offerSaid struct {
	directory.Publication
	round int
}

func (l *life) address(actor int) transport.Address {
	return transport.Address{Process: l.id, Actor: transport.ActorID(actor), Key: 1}
}

func (l *life) nextID() directory.ID {
	l.last++
	return directory.ID{Origin: l.id, Seq: l.last}
}

// publish is refused for a name that the process has already, as the registry of
// the shell does.
func (l *life) publish(actor int, name directory.Name, scope directory.Scope, stamp directory.Stamp) bool {
	if slices.ContainsFunc(l.pubs, func(p *publication) bool { return p.live && p.Name == name }) {
		return false
	}
	p := directory.Publication{ID: l.nextID(), Name: name, Scope: scope, Stamp: stamp, Actor: l.address(actor)}
	p.Token = directory.Token{byte(p.ID.Seq), byte(p.ID.Seq >> 8), l.id[0], l.id[1]}
	if scope <= directory.Group {
		p.Endpoints = append(p.Endpoints, directory.Endpoint{Scope: directory.Host, Address: nearby})
	}
	if scope <= directory.LAN {
		p.Endpoints = append(p.Endpoints, directory.Endpoint{Scope: directory.LAN, Address: faraway})
	}
	party := directory.ActorParty(transport.ActorID(actor))
	l.pubs = append(l.pubs, &publication{Publication: p, party: party, live: true})
	l.post(event{party: party, msg: directory.Publish{Publication: p}})
	return true
}

func (l *life) unpublish(actor int, name directory.Name) bool {
	for _, p := range l.pubs {
		if p.live && p.Name == name && p.Actor.Actor == transport.ActorID(actor) {
			p.live = false
			l.post(event{party: p.party, msg: directory.Unpublish{ID: p.ID}})
			return true
		}
	}
	return false
}

func (l *life) subscribe(actor int, pattern directory.Pattern, scope directory.Scope) bool {
	address := l.address(actor)
	if slices.ContainsFunc(l.subs, func(s *subscription) bool { return s.live && s.Pattern == pattern && s.Actor == address }) {
		return false
	}
	s := directory.Subscription{ID: l.nextID(), Pattern: pattern, Scope: scope, Actor: address}
	party := directory.ActorParty(address.Actor)
	l.subs = append(l.subs, &subscription{Subscription: s, party: party, live: true, offers: make(map[offerKey]*offerSaid)})
	l.post(event{party: party, msg: directory.Subscribe{Subscription: s}})
	return true
}

func (l *life) unsubscribe(actor int, pattern directory.Pattern) bool {
	for _, s := range l.subs {
		if s.live && s.Pattern == pattern && s.Actor.Actor == transport.ActorID(actor) {
			s.live = false
			l.post(event{party: s.party, msg: directory.Unsubscribe{ID: s.ID}})
			return true
		}
	}
	return false
}

// stop is the end of an actor. The next one to have its number is it restarted.
func (l *life) stop(actor int) bool {
	party := directory.ActorParty(transport.ActorID(actor))
	had := false
	for _, p := range l.pubs {
		if p.live && p.party == party {
			p.live, had = false, true
		}
	}
	for _, s := range l.subs {
		if s.live && s.party == party {
			s.live, had = false, true
		}
	}
	if had {
		l.post(event{party: party, msg: directory.Gone{}})
	}
	return had
}

// handled notes that the machines hear of a registration.
func (l *life) handled(msg directory.Message) {
	switch m := msg.(type) {
	case directory.Publish:
		l.publication(m.ID).known = true
	case directory.Unpublish:
		l.publication(m.ID).known = false
	case directory.Subscribe:
		l.subscription(m.ID).known = true
	case directory.Unsubscribe:
		l.subscription(m.ID).known = false
	}
}

// ended notes that the machines hear of an actor's end: from now on it is told
// nothing of what it had registered.
func (l *life) ended(party directory.Party) {
	for _, p := range l.pubs {
		if p.party == party && p.known {
			p.known, p.over = false, true
		}
	}
	for _, s := range l.subs {
		if s.party == party && s.known {
			s.known, s.over = false, true
			l.unsee(s.ID)
		}
	}
}

func (l *life) publication(id directory.ID) *publication {
	for _, p := range l.pubs {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (l *life) subscription(id directory.ID) *subscription {
	for _, s := range l.subs {
		if s.ID == id {
			return s
		}
	}
	return nil
}
