package directorytest

import "github.com/layer-cake/layer-cake/directory"

// A site is a place in the tree where a process can run: a directory of that
// scope. Its name shows where it is: h1g2p1 is a process in the second group of
// the first host.
type site struct {
	index     int
	name      string
	scope     directory.Scope
	narrowest directory.Scope // of its parent; zero: it has none
	above     *site           // nil: the root
	machine   string          // the computer that it is on
	now       *life           // nil: nothing runs there
	path      []*site         // itself, its parent, and so on to the root
}

// newTree returns the sites, each after its parent.
func newTree() []*site {
	var sites []*site
	add := func(name string, scope directory.Scope, above *site, machine string) *site {
		s := &site{index: len(sites), name: name, scope: scope, above: above, machine: machine}
		s.path = []*site{s}
		if above != nil {
			s.narrowest = above.scope
			s.path = append(s.path, above.path...)
		}
		sites = append(sites, s)
		return s
	}
	lan := add("lan", directory.LAN, nil, "m0")
	h1 := add("h1", directory.Host, lan, "m1")
	h2 := add("h2", directory.Host, lan, "m2")
	for _, g := range []struct {
		name    string
		above   *site
		machine string
	}{{"h1g1", h1, "m1"}, {"h1g2", h1, "m1"}, {"h2g1", h2, "m2"}} {
		group := add(g.name, directory.Group, g.above, g.machine)
		add(g.name+"p1", directory.Process, group, g.machine)
		add(g.name+"p2", directory.Process, group, g.machine)
	}
	add("h1p1", directory.Process, h1, "m1")
	add("h2p1", directory.Process, h2, "m2")
	add("p1", directory.Process, lan, "m3")
	return sites
}

// below reports whether d is on the path of s.
func (s *site) below(d *site) bool {
	for ; s != nil; s = s.above {
		if s == d {
			return true
		}
	}
	return false
}
