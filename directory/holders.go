package directory

import (
	"cmp"
	"slices"
)

// Who holds a name at which scope, as publishers are told of it (R4).
//
// Most names are claimed once, and nothing is said of them: a publication begins
// as if it held its name everywhere. Where there are others, a directory tells a
// child of the holder if one of the child's claimants is not it, and if the child
// asks, since it has claimants that an older one of its own keeps from being told
// here. What is known of directories above goes down the same way, so that in the
// end every process can say of its own publication where it stands by.

// An elder is the publication that holds a name at a scope and is none of those
// claimed here. Zero: one of those claimed here holds, the oldest that reaches so
// far.
type elder struct{ age }

// A contest is what is known of a name that has more than one claimant, here or
// above.
type contest struct {
	asks   []Party  // children that asked, ascending
	above  []level  // what the parent said, the inner scope first
	told   []notice // what children were told, by scope and party
	owner  ID       // the publication of this process, and
	stands uint8    // the scopes at which it was told Standby, a bit for each
}

// A level is a directory on the way to the root, with what is known of the name
// there.
type level struct {
	scope Scope
	elder elder
	stale bool // it is what another link to the parent said
}

// A notice is what a child was last told of a level: the elder, from its own view.
type notice struct {
	scope Scope
	party Party
	elder elder
}

func (n notice) compare(scope Scope, p Party) int {
	return cmp.Or(cmp.Compare(n.scope, scope), cmp.Compare(n.party, p))
}

// asking reports whether the parent is to say who holds the name: a claim that it
// would know of is not among those it is told, a child asks, or what is known is
// of a link that is gone.
func (s *standing) asking(parent Scope, told int) bool {
	if told == 0 {
		return false
	}
	if c := s.contest; c != nil && (len(c.asks) > 0 || slices.ContainsFunc(c.above, func(l level) bool { return l.stale })) {
		return true
	}
	reach := 0
	for i := range s.claims {
		if s.claims[i].Scope.Reaches(parent) {
			reach++
		}
	}
	return reach > told
}

// ask notes whether a child asks.
func (s *standing) ask(p Party, asks bool) {
	switch {
	case asks && s.contest == nil:
		s.contest = &contest{asks: []Party{p}}
	case asks:
		s.contest.asks = with(s.contest.asks, p)
	case s.contest != nil:
		s.contest.asks = without(s.contest.asks, p)
	}
}

// anew notes that there is a new link to the parent.
func (s *standing) anew() {
	if s.contest != nil {
		for i := range s.contest.above {
			s.contest.above[i].stale = true
		}
	}
}

// held takes what the parent says of a directory above, or of itself.
func (m *Machine) held(from Party, msg Held) {
	if !m.fromParent(from, msg.Scope) {
		return
	}
	s, ok := m.names.Get(string(msg.Name))
	if !ok {
		return // it has gone meanwhile
	}
	if s.contest == nil {
		s.contest = new(contest)
	}
	c, e := s.contest, elder{age{msg.Stamp, msg.Holder}}
	i, known := slices.BinarySearchFunc(c.above, msg.Scope, func(l level, s Scope) int { return cmp.Compare(s, l.scope) })
	if known {
		c.above[i] = level{scope: msg.Scope, elder: e}
	} else {
		c.above = slices.Insert(c.above, i, level{scope: msg.Scope, elder: e})
	}
	m.inform(msg.Name, s)
}

// inform tells children, and the actor of this process, what is new to them of
// who holds a name.
func (m *Machine) inform(name Name, s *standing) {
	if s.contest == nil {
		if len(s.claims) < 2 {
			return
		}
		s.contest = new(contest)
	}
	c := s.contest
	c.above = slices.DeleteFunc(c.above, func(l level) bool { return s.oldest(l.scope) == nil })
	if own := s.own(); own == nil || own.ID != c.owner {
		c.owner, c.stands = ID{}, 0
	}
	was := c.told
	c.told = nil
	if len(s.claims) > 0 {
		m.informOf(name, s, level{scope: m.scope}, was)
	}
	for _, l := range c.above {
		m.informOf(name, s, l, was)
	}
	for _, n := range was {
		// It claims no more. What it was told, and may not have heard yet, must
		// not count if it claims again.
		if n.elder.id != (ID{}) && m.parties[n.party] != nil {
			m.send(n.party, Held{Name: name, Scope: n.scope})
		}
	}
	slices.SortFunc(c.told, func(a, b notice) int { return a.compare(b.scope, b.party) })
	if len(c.asks)+len(c.above)+len(c.told) == 0 && c.stands == 0 {
		s.contest = nil
	}
}

// oldest returns the oldest claim that a directory of that scope knows, if it is
// here or above; nil if there is none.
func (s *standing) oldest(scope Scope) *claim {
	for i := range s.claims {
		if s.claims[i].Scope.Reaches(scope) {
			return &s.claims[i]
		}
	}
	return nil
}

// informOf is inform for one level.
func (m *Machine) informOf(name Name, s *standing, l level, was []notice) {
	here := l.scope == m.scope
	holder := &s.claims[0].Publication
	if !here {
		holder = &s.oldest(l.scope).Publication
		if l.elder.id != (ID{}) && l.elder.before(holder.age()) {
			holder = nil
		}
	}
	views := map[Party]*view{}
	var order []Party
	for i := range s.claims {
		p := &s.claims[i]
		if !here && !p.Scope.Reaches(l.scope) {
			continue
		}
		for _, by := range p.by {
			if _, own := by.Actor(); own {
				m.stand(by, p.Publication, l.scope, p.Publication.ID != idOf(holder), s.contest)
				continue
			}
			v := views[by]
			if v == nil {
				v = new(view)
				views[by] = v
				order = append(order, by)
			}
			if p.Publication.ID == idOf(holder) {
				v.holds = true
			} else {
				v.waits = true
			}
		}
	}
	slices.Sort(order)
	for _, p := range order {
		v := views[p]
		if _, asks := slices.BinarySearch(s.contest.asks, p); asks {
			v.waits = true
		}
		m.notify(name, s.contest, p, l, holder, *v, was)
	}
}

// A view is what one child has of a name, as to who holds it at one level.
type view struct {
	holds bool // one of its claimants
	waits bool // another of its claimants does not, or it asks
}

func idOf(p *Publication) ID {
	if p == nil {
		return ID{}
	}
	return p.ID
}

// notify tells a child who holds a name at one level, if it must learn it. What
// it was told before is kept as long as that is not what it would believe by
// itself, or it waits for news.
func (m *Machine) notify(name Name, c *contest, p Party, l level, holder *Publication, v view, was []notice) {
	i, known := slices.BinarySearchFunc(was, p, func(n notice, p Party) int { return n.compare(l.scope, p) })
	var before, now elder
	if known {
		before = was[i].elder
		was[i].elder = elder{} // dealt with
	}
	switch {
	case v.holds:
	case holder != nil:
		now = elder{holder.age()}
	default:
		now = l.elder
	}
	switch {
	case !known && !v.waits:
		return // as it believes
	case !known, (before.id == ID{}) != v.holds, !v.holds && now.before(before.age):
		m.send(p, Held{name, l.scope, now.id, now.stamp})
	default:
		now = before
	}
	if v.waits {
		c.told = append(c.told, notice{l.scope, p, now})
	}
}

// stand tells the actor of this process whether its publication holds its name at
// a scope, when that is another than before. One that has ended, though that is
// still to be taken back, is told nothing: another may have its number.
func (m *Machine) stand(actor Party, p Publication, scope Scope, waits bool, c *contest) {
	if !m.says(actor, p.Name) {
		return
	}
	c.owner = p.ID
	bit := uint8(1) << scope
	if waits == (c.stands&bit != 0) {
		return
	}
	c.stands ^= bit
	if waits {
		m.send(actor, Standby{p.ID, p.Name, scope})
	} else {
		m.send(actor, Promoted{p.ID, p.Name, scope})
	}
}
