package directory

import "slices"

// offered takes one batch of a list. What comes in a batch holds at once; what
// the list no longer has is withdrawn when the last batch is there (R6). A list
// that is begun anew before its end counts from its new beginning.
func (r *Resolver) offered(m Offered) {
	s := r.interests[m.Subscription]
	if s == nil || !m.Scope.Valid() {
		return
	}
	l := &s.lists[m.Scope]
	if m.First {
		l.round++
		l.said = 0
	}
	for _, p := range m.Offers {
		r.offer(s, m.Scope, p)
	}
	if m.Last && l.said < l.held {
		r.sweep(s, m.Scope)
	}
}

// sweep withdraws what was not said in this round.
func (r *Resolver) sweep(s *interest, scope Scope) {
	var names []Name
	for name, t := range s.tracks {
		if o := t.at(scope); o != nil && o.round != s.lists[scope].round {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		r.withdraw(s, scope, name)
	}
}

// offer takes p in place of what was offered for its name at that scope.
func (r *Resolver) offer(s *interest, scope Scope, p Publication) {
	if s == nil || !scope.Valid() {
		return
	}
	t := s.tracks[p.Name]
	if t == nil {
		t = &track{interest: s, name: p.Name}
		s.tracks[p.Name] = t
	}
	l := &s.lists[scope]
	old := t.at(scope)
	if old == nil {
		l.held++
	}
	if old == nil || old.round != l.round {
		l.said++
	}
	if old != nil && old.publication.ID == p.ID {
		old.round = l.round
		r.act(t, t.route.Change(nil, old), "")
		return
	}
	r.act(t, t.route.Change(old, &offer{publication: p, scope: scope, round: l.round}), "")
}

// withdraw takes away what is offered for the name at that scope.
func (r *Resolver) withdraw(s *interest, scope Scope, name Name) {
	if s == nil || !scope.Valid() || s.tracks[name] == nil {
		return
	}
	t := s.tracks[name]
	o := t.at(scope)
	if o == nil {
		return
	}
	l := &s.lists[scope]
	l.held--
	if o.round == l.round {
		l.said--
	}
	r.act(t, t.route.Change(o, nil), "")
}

// at returns what is offered at that scope, or nil.
func (t *track) at(scope Scope) *offer {
	for o := range t.route.Offers {
		if o.scope == scope {
			return o
		}
	}
	return nil
}
