package directory

import (
	"fmt"
	"slices"
)

// Publications: who holds a name, and what the parent is told of it (R3).

func (m *Machine) publish(from Party, p Publication) {
	reason := p.Name.Check()
	if c := m.ownClaim(p.Name); c != nil && !m.says(c.by[0], p.Name) {
		m.takeBack(c.by[0], p.Name) // its actor has ended; the rest of what it said can wait
	}
	switch {
	case reason != "":
	case !p.Scope.Valid():
		reason = "there is no scope " + p.Scope.String()
	case m.ownClaim(p.Name) != nil:
		reason = "already published in this process"
	}
	if reason != "" {
		m.send(from, NotPublished{p.ID, p.Name, p.Scope, reason})
		return
	}
	m.of(from).names[p.Name] = struct{}{}
	m.own[p.ID] = p.Name
	m.send(from, Published{p.ID, p.Name, p.Scope})
	m.change(p.Name, func(s *standing) { s.add(p, from) })
	m.wanted(p.Scope)
}

// ownClaim returns the claim of an actor of this process on name, if there is one.
func (m *Machine) ownClaim(name Name) *claim {
	s, ok := m.names.Get(string(name))
	if !ok {
		return nil
	}
	for i, c := range s.claims {
		if _, own := c.by[0].Actor(); own {
			return &s.claims[i]
		}
	}
	return nil
}

func (m *Machine) unpublish(from Party, id ID) {
	name, ok := m.own[id]
	if !ok || m.ownClaim(name).by[0] != from {
		return
	}
	delete(m.own, id)
	delete(m.parties[from].names, name)
	m.change(name, func(s *standing) { s.remove(func(c claim) bool { return c.ID != id }, from) })
	m.send(from, Unpublished{id, name})
}

// says reports whether a party that is there claims name.
func (m *Machine) says(p Party, name Name) bool {
	said := m.parties[p]
	if said == nil {
		return false
	}
	_, ok := said.names[name]
	return ok
}

// takeBack takes back what a party that is gone said of a name.
func (m *Machine) takeBack(p Party, name Name) {
	if c := m.ownClaim(name); c != nil && c.by[0] == p {
		delete(m.own, c.ID)
	}
	m.change(name, func(s *standing) { s.remove(func(claim) bool { return false }, p) })
}

// claim takes what a child says of a name. A child that announces what it may
// not is no child of ours.
func (m *Machine) claim(from Party, msg Claim) {
	if !m.child(from) {
		return
	}
	if reason := m.checkClaim(msg); reason != "" {
		m.refuse(from, reason)
		return
	}
	said := m.parties[from]
	if len(msg.Claimants) == 0 {
		delete(said.names, msg.Name)
	} else {
		said.names[msg.Name] = struct{}{}
	}
	if len(said.names) > m.most {
		delete(said.names, msg.Name)
		m.refuse(from, fmt.Sprintf("it announces more than %d names", m.most))
		return
	}
	m.change(msg.Name, func(s *standing) {
		s.remove(func(c claim) bool {
			return slices.ContainsFunc(msg.Claimants, func(p Publication) bool { return p.ID == c.ID })
		}, from)
		for _, p := range msg.Claimants {
			s.add(p, from)
		}
	})
	for _, p := range msg.Claimants {
		m.wanted(p.Scope)
	}
}

func (m *Machine) checkClaim(msg Claim) string {
	if reason := msg.Name.Check(); reason != "" {
		return reason
	}
	if len(msg.Claimants) > MaxClaimants {
		return "a claim has too many claimants"
	}
	for _, p := range msg.Claimants {
		switch {
		case p.Name != msg.Name:
			return "a claimant has another name than its claim"
		case !p.Scope.Valid() || !p.Scope.Reaches(m.scope):
			return "a claim of scope " + p.Scope.String() + " does not reach a directory of scope " + m.scope.String()
		}
	}
	return ""
}

// change changes who claims a name and says what follows from it: to the
// subscriptions whose offer is another now, and to the parent if the list it
// was told is another now.
func (m *Machine) change(name Name, mutate func(*standing)) {
	s, ok := m.names.Get(string(name))
	if !ok {
		s = new(standing)
	}
	before, told := s.holder(), s.upward(m.parentScope)
	mutate(s)
	switch {
	case len(s.claims) == 0:
		m.names.Delete(string(name))
	case !ok:
		m.names.Set(string(name), s)
	}
	m.rematch(name, before, s.holder())
	if m.parent == 0 {
		return
	}
	if now := s.upward(m.parentScope); !slices.EqualFunc(told, now, samePublication) {
		m.send(m.parent, Claim{Name: name, Claimants: now})
	}
}

func samePublication(a, b Publication) bool { return a.ID == b.ID }

// holder returns the oldest claim; its ID is zero if there is none.
func (s *standing) holder() claim {
	if len(s.claims) == 0 {
		return claim{}
	}
	return s.claims[0]
}

// upward returns the oldest claimant for each scope from the parent's outwards,
// oldest first; none if there is no parent.
func (s *standing) upward(parent Scope) []Publication {
	var list []Publication
	widest := WAN // among those taken, what still could be reached further out
	for _, c := range s.claims {
		// Older ones that reach as far have taken every scope this one could.
		if c.Scope.Reaches(parent) && (len(list) == 0 || c.Scope < widest) {
			list = append(list, c.Publication)
			widest = max(c.Scope, LAN)
			if widest == LAN {
				break
			}
		}
	}
	return list
}

// add records that p is claimed by from.
func (s *standing) add(p Publication, from Party) {
	i := slices.IndexFunc(s.claims, func(c claim) bool { return c.ID == p.ID })
	if i >= 0 {
		s.claims[i].by = with(s.claims[i].by, from)
		return
	}
	i, _ = slices.BinarySearchFunc(s.claims, p, func(c claim, p Publication) int {
		if c.Older(p) {
			return -1
		}
		return 1
	})
	s.claims = slices.Insert(s.claims, i, claim{p, []Party{from}})
}

// remove takes from out of the claims that keep does not want.
func (s *standing) remove(keep func(claim) bool, from Party) {
	kept := s.claims[:0:0]
	for _, c := range s.claims {
		if !keep(c) {
			c.by = without(c.by, from)
		}
		if len(c.by) > 0 {
			kept = append(kept, c)
		}
	}
	s.claims = kept
}
