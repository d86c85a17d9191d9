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
	said := m.of(from)
	said.names.Set(string(p.Name), struct{}{})
	m.own[p.ID] = p.Name
	m.send(from, Published{p.ID, p.Name, p.Scope})
	c := m.change(p.Name)
	c.add(p, said.alone)
	m.changed(c)
	m.wanted(p.Scope)
}

// ownClaim returns the claim of an actor of this process on name, if there is one.
func (m *Machine) ownClaim(name Name) *claim {
	s, ok := m.names.Get(string(name))
	if !ok {
		return nil
	}
	return s.own()
}

func (s *standing) own() *claim {
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
	m.parties[from].names.Delete(string(name))
	c := m.change(name)
	c.remove(from, func(c claim) bool { return c.ID != id })
	m.changed(c)
	m.send(from, Unpublished{id, name})
}

// says reports whether a party that is there claims name.
func (m *Machine) says(p Party, name Name) bool {
	said := m.parties[p]
	if said == nil {
		return false
	}
	_, ok := said.names.Get(string(name))
	return ok
}

// takeBack takes back what a party that is gone said of a name.
func (m *Machine) takeBack(p Party, name Name) {
	if c := m.ownClaim(name); c != nil && c.by[0] == p {
		delete(m.own, c.ID)
	}
	c := m.change(name)
	c.ask(p, false)
	c.remove(p, func(claim) bool { return false })
	m.changed(c)
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
		said.names.Delete(string(msg.Name))
	} else {
		said.names.Set(string(msg.Name), struct{}{})
	}
	if said.names.Len() > m.most {
		said.names.Delete(string(msg.Name))
		m.refuse(from, fmt.Sprintf("it announces more than %d names", m.most))
		return
	}
	c := m.change(msg.Name)
	c.ask(from, msg.Ask && len(msg.Claimants) > 0)
	c.remove(from, func(c claim) bool {
		return slices.ContainsFunc(msg.Claimants, func(p Publication) bool { return p.ID == c.ID })
	})
	for _, p := range msg.Claimants {
		c.add(p, said.alone)
	}
	m.changed(c)
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

// A change of who claims a name is under way.
type change struct {
	*standing
	name   Name
	known  bool
	before claim // the holder
	told   upward
}

func (m *Machine) change(name Name) change {
	s, ok := m.names.Get(string(name))
	if !ok {
		s = new(standing)
	}
	return change{s, name, ok, s.holder(), s.upward(m.parentScope)}
}

// changed says what follows from a change: to the subscriptions whose offer is
// another now, to those whose publications stand by, and to the parent if what it
// was told is another now.
func (m *Machine) changed(c change) {
	s := c.standing
	switch {
	case len(s.claims) == 0:
		m.names.Delete(string(c.name))
	case !c.known:
		m.names.Set(string(c.name), s)
	}
	m.rematch(c.name, c.before, s.holder())
	m.inform(c.name, s)
	if m.parent == 0 {
		return
	}
	if now := s.upward(m.parentScope); now != c.told {
		m.send(m.parent, s.claim(c.name, now))
	}
}

// holder returns the oldest claim; its ID is zero if there is none.
func (s *standing) holder() claim {
	if len(s.claims) == 0 {
		return claim{}
	}
	return s.claims[0]
}

// An upward is what a parent is told of a name: of so many claimants, and whether
// it is to say who holds it.
type upward struct {
	claimants [MaxClaimants]ID
	count     int
	ask       bool
}

// upward chooses the oldest claimant for each scope from the parent's outwards,
// oldest first; none if there is no parent.
func (s *standing) upward(parent Scope) (u upward) {
	taken := parent + 1 // the widest scope that is taken: what is left lies further out
	for i := range s.claims {
		c := &s.claims[i]
		// Older ones that reach as far have taken every scope this one could.
		if c.Scope < taken {
			u.claimants[u.count] = c.ID
			u.count++
			taken = max(c.Scope, LAN)
			if taken == LAN {
				break
			}
		}
	}
	u.ask = s.asking(parent, u.count)
	return u
}

// claim returns the word that tells a parent so.
func (s *standing) claim(name Name, u upward) Claim {
	msg := Claim{Name: name, Ask: u.ask}
	for i := range s.claims {
		if at := len(msg.Claimants); at < u.count && s.claims[i].ID == u.claimants[at] {
			msg.Claimants = append(msg.Claimants, s.claims[i].Publication)
		}
	}
	return msg
}

// add records that p is claimed by one party more: alone is the list of it.
func (s *standing) add(p Publication, alone []Party) {
	i := slices.IndexFunc(s.claims, func(c claim) bool { return c.ID == p.ID })
	if i >= 0 {
		s.claims[i].by = with(s.claims[i].by, alone[0])
		return
	}
	i, _ = slices.BinarySearchFunc(s.claims, p, func(c claim, p Publication) int {
		if c.Older(p) {
			return -1
		}
		return 1
	})
	s.claims = slices.Insert(s.claims, i, claim{p, alone})
}

// remove takes from out of the claims that keep does not want.
func (s *standing) remove(from Party, keep func(claim) bool) {
	if len(s.claims) == 0 {
		return
	}
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
