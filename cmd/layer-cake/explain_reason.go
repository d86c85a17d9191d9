package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// An explanation says why the subscriptions of a pattern have, or have not, a
// session for a name.
type explanation struct {
	Pattern       directory.Pattern
	Name          directory.Name
	Matches       bool
	Publications  []published  // the oldest first
	Directories   []standing   // that know the name, from the root
	Subscriptions []subscribed // by process, then by age
	Silent        []place      // that did not answer, or not all
}

// A place is a directory, as people tell it from others.
type place struct {
	directory.Directory
	Unknown bool // it is not in the tree: only its identity is known
}

type published struct {
	directory.Claimant
	Place place
}

// A standing is who claims the name in one directory.
type standing struct {
	Place   place
	Holder  directory.ID
	StandBy []directory.ID
}

// A subscribed is a subscription and what came of it.
type subscribed struct {
	directory.Interest
	Place    place
	Session  directory.ID    // the publication; zero: none
	At       directory.Scope // of the directory that matched it
	Verdicts []verdict       // for each publication, in their order; then for what else it holds
}

// A verdict is what came of one publication for one subscription.
type verdict struct {
	Publication directory.ID
	Scope       directory.Scope // of the directory that offers it; zero: none does
	Away        bool            // that directory is out of reach, or knows of it no more
	Why         why
	Words       string
}

// A why is the short form of a reason.
type why string

// The reasons.
const (
	inUse      why = "in use"
	kept       why = "kept"        // in use, though it is offered no more
	trying     why = "trying"      // a session is being prepared
	resting    why = "resting"     // it failed
	outer      why = "outer scope" // a nearer one is used or tried
	noMatch    why = "no match"    // the pattern is another
	own        why = "own"         // the subscriber's own publication
	tooNarrow  why = "scope"       // they have no directory in common
	standingBy why = "standing by" // an older one holds the name
	gone       why = "gone"        // its process is not in the tree
	unanswered why = "unanswered"  // the process of the subscription did not answer
	notOffered why = "not offered" // it ought to be, and will be
	undecided  why = "undecided"   // it is offered, and nothing has come of that yet
)

// explain reasons about what a survey found of one pattern and one name.
func explain(pattern directory.Pattern, name directory.Name, tree node.Tree) explanation {
	f := &finding{paths: make(map[transport.ProcessID][]*node.Tree)}
	f.walk(&tree, nil)
	e := explanation{Pattern: pattern, Name: name, Matches: pattern.Matches(name)}
	claimants := make(map[directory.ID]directory.Claimant)
	interests := make(map[directory.ID]directory.Interest)
	for _, t := range f.all {
		if t.Silent {
			e.Silent = append(e.Silent, place{Directory: t.Directory})
		}
		for _, c := range t.Claimants {
			claimants[c.ID] = c
		}
		for _, i := range t.Subscriptions {
			interests[i.ID] = i
		}
		if s, ok := f.standing(t); ok {
			e.Directories = append(e.Directories, s)
		}
	}
	for _, c := range slices.SortedFunc(maps.Values(claimants), older) {
		e.Publications = append(e.Publications, published{c, f.place(c.ID.Origin)})
	}
	for _, id := range slices.SortedFunc(maps.Keys(interests), directory.ID.Compare) {
		e.Subscriptions = append(e.Subscriptions, f.judge(interests[id], &e))
	}
	return e
}

// sessions counts those that there are.
func (e explanation) sessions() (n int) {
	for _, s := range e.Subscriptions {
		if s.Session != (directory.ID{}) {
			n++
		}
	}
	return n
}

func older(a, b directory.Claimant) int {
	return cmp.Or(cmp.Compare(a.Stamp, b.Stamp), a.ID.Compare(b.ID))
}

// A finding is a tree with the way to each process in it.
type finding struct {
	all   []*node.Tree
	paths map[transport.ProcessID][]*node.Tree // from the process to the root
}

func (f *finding) walk(t *node.Tree, above []*node.Tree) {
	path := append([]*node.Tree{t}, above...)
	f.all = append(f.all, t)
	f.paths[t.Process] = path
	for i := range t.Children {
		f.walk(&t.Children[i], path)
	}
}

func (f *finding) place(p transport.ProcessID) place {
	if path := f.paths[p]; path != nil {
		return place{Directory: path[0].Directory}
	}
	return place{Directory: directory.Directory{Process: p}, Unknown: true}
}

// standing returns who claims the name in a directory, if anybody does.
func (f *finding) standing(t *node.Tree) (standing, bool) {
	s := standing{Place: place{Directory: t.Directory}}
	for _, c := range t.Claimants {
		if c.Holds {
			s.Holder = c.ID
		} else {
			s.StandBy = append(s.StandBy, c.ID)
		}
	}
	return s, len(t.Claimants) > 0
}

// judge says what came of each publication for one subscription.
func (f *finding) judge(i directory.Interest, e *explanation) subscribed {
	s := subscribed{Interest: i, Place: f.place(i.ID.Origin)}
	var effort directory.Effort
	if path := f.paths[i.ID.Origin]; path != nil {
		for _, other := range path[0].Efforts {
			if other.Subscription == i.ID {
				effort = other
			}
		}
	}
	s.Session, s.At = effort.Session, effort.Scope
	for _, p := range e.Publications {
		s.Verdicts = append(s.Verdicts, f.verdict(i, p.Claimant, effort, e))
	}
	s.Verdicts = append(s.Verdicts, f.left(i, s.Verdicts, effort)...)
	return s
}

func (f *finding) verdict(i directory.Interest, p directory.Claimant, effort directory.Effort, e *explanation) verdict {
	for _, o := range effort.Prospects {
		if o.Publication == p.ID {
			return prospect(o)
		}
	}
	if p.ID == effort.Session {
		return used(effort)
	}
	v := verdict{Publication: p.ID}
	v.Why, v.Words = f.missing(i, p, e)
	return v
}

// missing says why a publication is not offered (R1, R3, R5).
func (f *finding) missing(i directory.Interest, p directory.Claimant, e *explanation) (why, string) {
	subscriber, publisher := f.paths[i.ID.Origin], f.paths[p.ID.Origin]
	switch {
	case !e.Matches:
		return noMatch, "the pattern does not match the name"
	case i.ID.Origin == p.ID.Origin && i.Actor == p.Actor:
		return own, "it is of the subscriber itself, and no actor is its own publisher"
	case subscriber == nil:
		return gone, "the process of the subscription is not in the tree any more"
	case publisher == nil:
		return gone, "its process is not in the tree any more"
	}
	meet := common(subscriber, publisher)
	where := subscriber[meet]
	var narrow []string // its own process knows a registration whatever its scope
	if where.Process != i.ID.Origin && !i.Scope.Reaches(where.Scope) {
		narrow = append(narrow, fmt.Sprintf("the scope %v of the subscription", i.Scope))
	}
	if where.Process != p.ID.Origin && !p.Scope.Reaches(where.Scope) {
		narrow = append(narrow, fmt.Sprintf("the scope %v of the publication", p.Scope))
	}
	if narrow != nil {
		does := "does"
		if len(narrow) > 1 {
			does = "do"
		}
		return tooNarrow, fmt.Sprintf("they have no directory in common: %s %s not reach %v, which is the nearest above both",
			strings.Join(narrow, " and "), does, place{Directory: where.Directory})
	}
	for _, d := range publisher {
		if s, ok := f.standing(d); ok && s.Holder != p.ID {
			words := fmt.Sprintf("it stands by in %v behind %v, which is older", s.Place, s.Holder)
			return standingBy, words + f.outside(subscriber[meet+1:], i, p)
		}
		if d == where {
			break
		}
	}
	if slices.Contains(where.Offers, directory.Pairing{Name: p.Name, Publication: p.ID, Subscription: i.ID}) && !subscriber[0].Silent {
		return undecided, fmt.Sprintf("%v offers it, and nothing has come of that yet", place{Directory: where.Directory})
	}
	if subscriber[0].Silent {
		return unanswered, "the process of the subscription did not answer"
	}
	return notOffered, fmt.Sprintf("%v has not matched them yet", place{Directory: where.Directory})
}

// outside adds where a publication holds the name further out, which is of no use
// to a subscription of the same branch.
func (f *finding) outside(path []*node.Tree, i directory.Interest, p directory.Claimant) string {
	var holds []string
	for _, d := range path {
		if s, ok := f.standing(d); ok && s.Holder == p.ID && i.Scope.Reaches(d.Scope) {
			holds = append(holds, s.Place.String())
		}
	}
	if holds == nil {
		return ""
	}
	return fmt.Sprintf("; it holds the name in %s, but there both come by the same branch, and are matched further in alone",
		strings.Join(holds, " and "))
}

// common returns where on the first path the two meet.
func common(a, b []*node.Tree) int {
	return slices.IndexFunc(a, func(t *node.Tree) bool { return slices.Contains(b, t) })
}

// String returns how the tree shows it: [HOST] host-cake (50bc566a).
func (p place) String() string {
	if p.Unknown {
		return fmt.Sprintf("process %s, which is not in the tree", p.Process.Short())
	}
	return fmt.Sprintf("[%v] %s (%s)", p.Directory.Scope, printable(p.Executable), p.Process.Short())
}
