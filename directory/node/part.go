package node

import (
	"cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A part is what was heard of one directory.
type part struct {
	directory.Directory
	known    bool // by who it is a child of, or by itself
	children []transport.ProcessID
	whole    bool   // all its children are there
	open     int    // listings of it that have not come to their end
	heard    bool   // of a listing of it, or below it, there is something
	gone     bool   // it has left meanwhile
	reason   string // why a listing will not come to its end
	Known
}

// A reading is a listing of one directory that is read, page by page.
type reading struct {
	of    *part
	to    directory.Route
	topic directory.Topic
	after directory.Mark
}

// listed takes a part of the tree. What comes after the tree was complete is of a
// survey before this one.
func (s *survey) listed(m directory.Listed) {
	if s.walked || len(m.Route) == 0 {
		return
	}
	s.root = m.Route[0]
	p := s.part(m.Directory)
	if m.Directory.Process == s.root {
		p.known = true
	}
	if p.whole {
		return
	}
	for _, c := range m.Children {
		child := s.part(c)
		if child.known || c.Process == s.root { // it cannot be in two places, nor above itself
			continue
		}
		child.known = true
		p.children = append(p.children, c.Process)
	}
	if m.Last {
		p.whole = true
		s.silent--
	}
}

// part returns the part of a directory, made at need.
func (s *survey) part(d directory.Directory) *part {
	p := s.parts[d.Process]
	if p == nil {
		p = &part{Directory: d, open: len(s.topics(d))}
		s.parts[d.Process] = p
		if d.Scope < directory.Process {
			s.silent++
		} else {
			p.whole = true
		}
	}
	return p
}

// read takes a page of a listing, or why there is none. Only a page that says so
// is the end.
func (s *survey) read(m directory.Found) {
	r := s.asking[m.Number]
	if r == nil {
		return
	}
	delete(s.asking, m.Number)
	p := r.of
	switch {
	case m.Gone:
		p.gone, p.reason = true, "it has left"
		return
	case m.Reason != "":
		p.reason = m.Reason
		return
	}
	for _, id := range r.to {
		s.parts[id].heard = true
	}
	p.Claimants = append(p.Claimants, m.Claimants...)
	p.Subscriptions = append(p.Subscriptions, m.Subscriptions...)
	p.Offers = append(p.Offers, m.Offers...)
	p.Efforts = append(p.Efforts, m.Efforts...)
	p.Usage = append(p.Usage, m.Usage...)
	switch m.Next {
	case directory.Mark{}:
		p.open--
	case r.after:
		p.reason = "its listing does not go on"
	default:
		r.after = m.Next
		s.asks = append(s.asks, r)
	}
}

func (s *survey) tree(p *part) Tree {
	t := Tree{Directory: p.Directory, Known: p.Known, Silent: !p.whole || p.open > 0}
	if t.Silent {
		t.Reason = cmp.Or(p.reason, s.unheard)
	}
	for _, id := range p.children {
		if c := s.parts[id]; !c.gone || c.heard {
			t.Children = append(t.Children, s.tree(c))
		}
	}
	return t
}
