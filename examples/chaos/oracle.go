package main

import (
	"github.com/layer-cake/layer-cake/actor"
)

// A place is a process in the tree, with the directory in it.
type place struct {
	name   string
	scope  actor.Scope
	parent *place // nil: the root
}

// path returns a place and what is above it, up to the root.
func (p *place) path() []*place {
	var path []*place
	for ; p != nil; p = p.parent {
		path = append(path, p)
	}
	return path
}

// knows reports whether a directory knows a registration of that scope in a
// process below it, or in its own (R1).
func (p *place) knows(at *place, scope actor.Scope) bool { return p == at || scope <= p.scope }

// A registered is a registration of an actor at a place.
type registered struct {
	*registration
	of   *told
	at   *place
	word string
}

// branch returns by which way a directory hears of a registration: the child on
// the path to it, in its own process the actor (R5).
func (p *place) branch(r *registered) any {
	if p == r.at {
		return r.of
	}
	below := r.at
	for below.parent != p {
		below = below.parent
	}
	return below
}

// An oracle says who should have what at rest, from what is alive (R15).
type oracle struct {
	publications  []*registered
	subscriptions []*registered
	holders       map[*place]map[string]*registered
}

// newOracle returns the oracle for the registrations of all actors that live.
func newOracle(h *history, where func(process string) *place) *oracle {
	o := &oracle{holders: make(map[*place]map[string]*registered)}
	for _, a := range h.actors {
		if a.ended {
			continue
		}
		for name, r := range a.names {
			if r.wanted {
				o.publications = append(o.publications, &registered{r, a, where(a.process), name})
			}
		}
		for pattern, r := range a.patterns {
			if r.wanted {
				o.subscriptions = append(o.subscriptions, &registered{r, a, where(a.process), pattern})
			}
		}
	}
	for _, p := range o.publications {
		for _, d := range p.at.path() {
			if !d.knows(p.at, p.scope) {
				continue
			}
			held := o.holders[d]
			if held == nil {
				held = make(map[string]*registered)
				o.holders[d] = held
			}
			if old := held[p.word]; old == nil || p.older(old) {
				held[p.word] = p
			}
		}
	}
	return o
}

// older compares the ages of publications (R3). The driver lets one be made at a
// time, so that no two have one age.
func (p *registered) older(q *registered) bool { return p.registration.at < q.registration.at }

// session returns the publication that a subscription should have a session with
// for a name, and the scope of the directory that offers it: the innermost offer.
// It returns nil if there is none.
func (o *oracle) session(s *registered, name string) (*registered, actor.Scope) {
	for _, d := range s.at.path() {
		p := o.holders[d][name]
		if p != nil && d.knows(s.at, s.scope) && d.branch(p) != d.branch(s) && p.of != s.of {
			return p, d.scope
		}
	}
	return nil, 0
}

// names returns every name that is published.
func (o *oracle) names() map[string]bool {
	names := make(map[string]bool)
	for _, p := range o.publications {
		names[p.word] = true
	}
	return names
}

// stands reports whether a publication should be told that another is used at a
// directory (R4).
func (o *oracle) stands(p *registered, d *place) bool {
	return d != p.at && d.knows(p.at, p.scope) && o.holders[d][p.word] != p
}
