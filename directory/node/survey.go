package node

import (
	"context"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A Tree is a directory and its children, as a survey found them.
type Tree struct {
	directory.Directory
	Children []Tree
	Silent   bool // it did not answer; its own children are not known
}

// Survey returns the whole tree that the node is in, from its root. It ends when
// every directory has answered, or with ctx: then those that did not are marked.
func (n *Node) Survey(ctx context.Context) (Tree, error) {
	n.surveys.Lock() // parts do not say which survey they are of
	defer n.surveys.Unlock()
	parts := make(chan directory.Listed, 64)
	done := make(chan struct{})
	defer close(done)
	n.post(func() {
		n.surveying = append(n.surveying, surveyor{parts, done})
		n.heardSurvey(0, directory.List{})
	})
	s := surveyed{parts: make(map[transport.ProcessID]*directory.Listed), whole: make(map[transport.ProcessID]bool)}
	for !s.complete() {
		select {
		case part := <-parts:
			s.add(part)
		case <-ctx.Done():
			if s.root == (transport.ProcessID{}) {
				return Tree{}, ctx.Err()
			}
			return s.tree(s.parts[s.root].Directory), nil
		case <-n.ctx.Done():
			return Tree{}, errStopped
		}
	}
	return s.tree(s.parts[s.root].Directory), nil
}

// A surveyor waits for the parts of a survey until done is closed.
type surveyor struct {
	parts chan<- directory.Listed
	done  <-chan struct{}
}

// surveyed collects the parts of a survey. The root is the first in the route.
type surveyed struct {
	root  transport.ProcessID
	parts map[transport.ProcessID]*directory.Listed
	whole map[transport.ProcessID]bool
}

func (s *surveyed) add(part directory.Listed) {
	if len(part.Route) > 0 {
		s.root = part.Route[0]
	}
	id := part.Directory.Process
	if known := s.parts[id]; known != nil {
		known.Children = append(known.Children, part.Children...)
	} else {
		s.parts[id] = &part
	}
	s.whole[id] = s.whole[id] || part.Last
}

// complete reports whether every directory that may have children has answered.
func (s *surveyed) complete() bool {
	if !s.whole[s.root] {
		return false
	}
	for _, part := range s.parts {
		for _, c := range part.Children {
			if c.Scope < directory.Process && !s.whole[c.Process] {
				return false
			}
		}
	}
	return true
}

func (s *surveyed) tree(d directory.Directory) Tree {
	t := Tree{Directory: d, Silent: d.Scope < directory.Process && !s.whole[d.Process]}
	part := s.parts[d.Process]
	if part == nil {
		return t
	}
	delete(s.parts, d.Process) // a directory that claims to be its own child ends here
	for _, c := range part.Children {
		t.Children = append(t.Children, s.tree(c))
	}
	return t
}

// heardSurvey takes what a link said of a survey.
func (n *Node) heardSurvey(from directory.Party, msg directory.Message) {
	effects, parts := n.survey.Step(from, msg)
	n.do(effects)
	for _, part := range parts {
		n.listed(part)
	}
}

// listed hands a part to those who wait for one. Who is too slow misses it and
// reports the directory as silent.
func (n *Node) listed(part directory.Listed) {
	waiting := n.surveying[:0]
	for _, s := range n.surveying {
		select {
		case <-s.done:
			continue
		default:
		}
		select {
		case s.parts <- part:
		default:
			n.log.Warn("survey: part lost", "directory", part.Directory.Process.Short())
		}
		waiting = append(waiting, s)
	}
	n.surveying = waiting
}
