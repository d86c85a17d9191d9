package node

import (
	"context"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A Tree is a directory and its children, as a survey found them.
type Tree struct {
	directory.Directory
	Known
	Children []Tree
	Silent   bool // it did not answer: its children, or what it knows, are not all there
}

// Known is what a directory knows, as far as it was looked for.
type Known struct {
	Claimants     []directory.Claimant // by name; of each the oldest first, which holds it
	Subscriptions []directory.Interest // by identity
	Offers        []directory.Pairing  // by name
	Efforts       []directory.Effort   // of a process; by subscription and name
}

// A Look says what a survey looks for beside the tree.
type Look struct {
	Topics  []directory.Topic
	Name    directory.Name    // only what is about this name; empty: all
	Pattern directory.Pattern // only what is about subscriptions of this text; empty: all
	// Patience is how long nothing may be heard before the survey ends; zero: as
	// long as the context.
	Patience time.Duration
}

// MaxFound is how many directories and entries one survey takes. What is beyond
// is left out, and Survey says so.
const MaxFound = 4 << 20

// maxAsking is how many enquiries of a survey are under way at once: so that
// what they bring fits any link on the way.
const maxAsking = 16

// Survey returns the whole tree that the node is in, from its root, with what
// was looked for in each directory. It ends when every directory has answered,
// or with ctx, or when its patience does: then those that did not are marked.
// Whole is false if there was more than MaxFound.
func (n *Node) Survey(ctx context.Context, look Look) (tree Tree, whole bool, err error) {
	n.surveys.Lock() // parts of the tree do not say which survey they are of
	defer n.surveys.Unlock()
	s := survey{
		n:      n,
		look:   look,
		parts:  make(map[transport.ProcessID]*part),
		asking: make(map[uint64]*reading),
		come:   &answers{room: MaxFound, more: make(chan struct{}, 1)},
	}
	n.post(func() {
		n.surveying = s.come
		n.heardSurvey(0, directory.List{})
	})
	defer n.post(func() { n.surveying = nil })
	return s.run(ctx)
}

// heardSurvey takes what a link said of a survey.
func (n *Node) heardSurvey(from directory.Party, msg directory.Message) {
	effects, answers := n.survey.Step(from, msg)
	n.do(effects)
	for _, a := range answers {
		n.answered(a)
	}
}

// answered keeps an answer for the survey that is under way.
func (n *Node) answered(m directory.Message) {
	if n.surveying != nil {
		n.surveying.put(m)
	}
}

// A survey is one that is under way, on the goroutine of who wants it.
type survey struct {
	n      *Node
	look   Look
	root   transport.ProcessID
	parts  map[transport.ProcessID]*part
	silent int // directories that have children to tell of, and have not
	walked bool
	asks   []*reading // still to be asked
	asking map[uint64]*reading
	come   *answers
}

// A part is what was heard of one directory.
type part struct {
	directory.Directory
	known    bool // by who it is a child of, or by itself
	children []transport.ProcessID
	whole    bool // all its children are there
	gone     bool // it has left meanwhile
	silent   bool // it did not answer all that it was asked
	Known
}

// A reading is a listing of one directory that is read, page by page.
type reading struct {
	of    *part
	to    directory.Route
	topic directory.Topic
	after directory.Mark
}

func (s *survey) run(ctx context.Context) (Tree, bool, error) {
	patience := time.NewTimer(s.look.Patience)
	defer patience.Stop()
	expired := patience.C
	if s.look.Patience == 0 {
		expired = nil
	}
	for !s.complete() {
		var err error
		select {
		case <-s.come.more:
			for _, m := range s.come.take() {
				s.add(m)
			}
			patience.Reset(s.look.Patience)
			continue
		case <-s.n.ctx.Done():
			return Tree{}, false, errStopped
		case <-ctx.Done():
			err = ctx.Err()
		case <-expired:
			err = context.DeadlineExceeded
		}
		if s.parts[s.root] == nil {
			return Tree{}, false, err
		}
		for _, r := range s.asking {
			r.of.silent = true
		}
		for _, r := range s.asks {
			r.of.silent = true
		}
		break
	}
	return s.tree(s.parts[s.root]), s.come.whole(), nil
}

// complete reports whether nothing more is to be waited for, and asks what is
// to be asked next.
func (s *survey) complete() bool {
	if s.parts[s.root] == nil {
		return false
	}
	if !s.come.whole() {
		return true
	}
	if s.silent > 0 {
		return false
	}
	if !s.walked {
		s.walked = true
		s.plan(s.root, nil)
	}
	for len(s.asks) > 0 && len(s.asking) < maxAsking {
		s.ask(s.asks[0])
		s.asks = s.asks[1:]
	}
	return len(s.asking) == 0
}

// plan puts a directory, and those below it, among those that are to be asked.
func (s *survey) plan(id transport.ProcessID, to directory.Route) {
	p := s.parts[id]
	if len(to) == directory.MaxRoute {
		return // no honest tree is so deep
	}
	to = append(to[:len(to):len(to)], id)
	for _, topic := range s.look.Topics {
		if topic != directory.TopicSessions || p.Scope >= directory.Process {
			s.asks = append(s.asks, &reading{of: p, to: to, topic: topic})
		}
	}
	for _, c := range p.children {
		s.plan(c, to)
	}
}

func (s *survey) ask(r *reading) {
	s.n.enquiries++
	s.asking[s.n.enquiries] = r
	q := directory.Enquire{
		To:      r.to,
		Number:  s.n.enquiries,
		Topic:   r.topic,
		Name:    s.look.Name,
		Pattern: s.look.Pattern,
		After:   r.after,
	}
	s.n.post(func() { s.n.heardSurvey(0, q) })
}

func (s *survey) add(m directory.Message) {
	switch m := m.(type) {
	case directory.Listed:
		s.listed(m)
	case directory.Found:
		s.found(m)
	}
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
		p = &part{Directory: d}
		s.parts[d.Process] = p
		if d.Scope < directory.Process {
			s.silent++
		} else {
			p.whole = true
		}
	}
	return p
}

func (s *survey) found(m directory.Found) {
	r := s.asking[m.Number]
	if r == nil {
		return
	}
	delete(s.asking, m.Number)
	p := r.of
	switch {
	case m.Gone:
		p.gone = true
		return
	case m.Reason != "":
		p.silent = true
		return
	}
	p.Claimants = append(p.Claimants, m.Claimants...)
	p.Subscriptions = append(p.Subscriptions, m.Subscriptions...)
	p.Offers = append(p.Offers, m.Offers...)
	p.Efforts = append(p.Efforts, m.Efforts...)
	if m.Next != (directory.Mark{}) && m.Next != r.after {
		r.after = m.Next
		s.asks = append(s.asks, r)
	}
}

func (s *survey) tree(p *part) Tree {
	t := Tree{Directory: p.Directory, Known: p.Known, Silent: !p.whole || p.silent}
	for _, id := range p.children {
		if c := s.parts[id]; !c.gone {
			t.Children = append(t.Children, s.tree(c))
		}
	}
	return t
}
