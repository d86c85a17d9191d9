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
	Silent   bool   // it did not answer to the end: its children, or what it knows, are not all there
	Reason   string // why; empty: nothing more was heard of it
}

// Known is what a directory knows, as far as it was looked for.
type Known struct {
	Claimants     []directory.Claimant // by name; of each the oldest first, which holds it
	Subscriptions []directory.Interest // by identity
	Offers        []directory.Pairing  // by name
	Efforts       []directory.Effort   // of a process; by subscription and name
	Usage         []directory.Figure   // of its limits
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
// or with ctx, or when its patience does. Whoever has not answered all, to the
// end, is marked, whatever the reason. Who has left before anything was heard of
// him is not in the tree. Whole is false if there was more than MaxFound.
func (n *Node) Survey(ctx context.Context, look Look) (tree Tree, whole bool, err error) {
	n.surveys.Lock() // parts of the tree do not say which survey they are of
	defer n.surveys.Unlock()
	s := n.beginSurvey(look)
	defer n.post(func() { n.surveying = nil })
	return s.run(ctx)
}

// beginSurvey asks for the tree.
func (n *Node) beginSurvey(look Look) *survey {
	s := &survey{
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
	return s
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
	// unheard is why what is missing is, where nobody has said it; empty: nothing
	// was heard.
	unheard string
}

func (s *survey) run(ctx context.Context) (Tree, bool, error) {
	patience := time.NewTimer(s.look.Patience)
	defer patience.Stop()
	expired := patience.C
	if s.look.Patience == 0 {
		expired = nil
	}
	for !s.complete() {
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
			return s.found(ctx.Err())
		case <-expired:
			if s.walked || s.parts[s.root] == nil {
				return s.found(context.DeadlineExceeded)
			}
			s.walk() // who has told of its children can still be asked
			patience.Reset(s.look.Patience)
		}
	}
	return s.found(nil)
}

// found returns what there is at the end; if there is nothing, why.
func (s *survey) found(err error) (Tree, bool, error) {
	root := s.parts[s.root]
	if root == nil {
		return Tree{}, false, err
	}
	whole := s.come.whole()
	if !whole {
		s.unheard = "there is more than a survey takes"
	}
	return s.tree(root), whole, nil
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
	if !s.walked {
		if s.silent > 0 {
			return false
		}
		s.walk()
	}
	for len(s.asks) > 0 && len(s.asking) < maxAsking {
		s.ask(s.asks[0])
		s.asks = s.asks[1:]
	}
	return len(s.asking) == 0
}

// walk ends the search for directories and begins to ask them.
func (s *survey) walk() {
	s.walked = true
	s.plan(s.root, nil)
}

// plan puts a directory, and those below it, among those that are to be asked.
func (s *survey) plan(id transport.ProcessID, to directory.Route) {
	p := s.parts[id]
	if !p.whole || len(to) == directory.MaxRoute {
		return // it was silent; or no honest tree is so deep
	}
	to = append(to[:len(to):len(to)], id)
	for _, topic := range s.topics(p.Directory) {
		s.asks = append(s.asks, &reading{of: p, to: to, topic: topic})
	}
	for _, c := range p.children {
		s.plan(c, to)
	}
}

// topics returns what a directory is to be asked.
func (s *survey) topics(d directory.Directory) (topics []directory.Topic) {
	for _, t := range s.look.Topics {
		if t != directory.TopicSessions || d.Scope >= directory.Process {
			topics = append(topics, t)
		}
	}
	return topics
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
		s.read(m)
	}
}
