package directory

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// A tree is machines joined by links in one goroutine: a LAN, hosts, groups and
// processes. What is said over a link waits in it until the tree lets it through.
type tree struct {
	rand     *rand.Rand
	sites    []*site
	lastLink uint64
	dying    []*edge // cut, and an end has not noticed yet
	log      strings.Builder
}

// A site is one directory and the actors of its process.
type site struct {
	process  transport.ProcessID
	scope    Scope
	above    *site // nil: the root
	machine  *Machine
	up       *edge // the link to above; nil: cut
	resuming bool
	serial   uint64
	pubs     map[ID]Publication
	subs     map[ID]Subscription
	owner    map[ID]Party
	offers   map[ID]map[Scope]map[Name]ID
	batches  map[ID]map[Scope]map[Name]ID
	stands   map[ID]map[Scope]bool // where a publication was told Standby
	lives    [3]int                // of the actors; each has a number of its own
}

// An edge is a link: what each end says waits for the other.
type edge struct {
	ends  [2]*site // the child, the parent
	party [2]Party // what each end knows the link as
	queue [2][]Message
	gone  [2]bool // the end knows that the link is cut
	cut   bool
}

// newTree returns a tree whose machines do slices of that size, and batches of
// half of it.
func newTree(seed uint64, slice int) *tree {
	tr := &tree{rand: rand.New(rand.NewPCG(seed, 1))}
	add := func(above *site, scope, narrowest Scope) *site {
		n := len(tr.sites) + 1
		s := &site{
			process: process(n), scope: scope, above: above, machine: NewMachine(scope, narrowest),
			pubs: map[ID]Publication{}, subs: map[ID]Subscription{}, owner: map[ID]Party{},
			offers: map[ID]map[Scope]map[Name]ID{}, batches: map[ID]map[Scope]map[Name]ID{}, stands: map[ID]map[Scope]bool{},
		}
		s.machine.slice, s.machine.batch = slice, max(1, slice/2)
		tr.sites = append(tr.sites, s)
		return s
	}
	lan := add(nil, LAN, 0)
	for range 2 {
		host := add(lan, Host, LAN)
		for range 2 {
			group := add(host, Group, Host)
			add(group, Process, Group)
			add(group, Process, Group)
		}
		add(host, Process, Host)
	}
	add(lan, Process, LAN)
	return tr
}

func (tr *tree) step(s *site, from Party, msg Message) {
	for _, e := range slices.Clone(s.machine.Step(from, msg)) {
		fmt.Fprintf(&tr.log, "%s %v\n", s.process.Short(), e)
		switch e := e.(type) {
		case Continue:
			s.resuming = true
		case Refuse:
			panic("refused: " + e.Reason)
		case Send:
			if _, own := e.To.Actor(); own {
				s.hear(e.Message)
			} else if w, end := tr.find(s, e.To); w != nil && !w.cut {
				w.queue[end] = append(w.queue[end], e.Message)
			}
		}
	}
}

// hear keeps what a subscription of this process is offered.
func (s *site) hear(msg Message) {
	at := func(table map[ID]map[Scope]map[Name]ID, id ID, scope Scope) map[Name]ID {
		if table[id] == nil {
			table[id] = map[Scope]map[Name]ID{}
		}
		if table[id][scope] == nil {
			table[id][scope] = map[Name]ID{}
		}
		return table[id][scope]
	}
	switch m := msg.(type) {
	case Offered:
		if m.First {
			at(s.batches, m.Subscription, m.Scope)
			s.batches[m.Subscription][m.Scope] = map[Name]ID{}
		}
		for _, p := range m.Offers {
			at(s.batches, m.Subscription, m.Scope)[p.Name] = p.ID
		}
		if m.Last {
			at(s.offers, m.Subscription, m.Scope)
			s.offers[m.Subscription][m.Scope] = at(s.batches, m.Subscription, m.Scope)
			delete(s.batches[m.Subscription], m.Scope)
		}
	case Standby:
		if s.stands[m.ID] == nil {
			s.stands[m.ID] = map[Scope]bool{}
		}
		if s.stands[m.ID][m.Scope] {
			panic("R4: told twice: " + m.String())
		}
		s.stands[m.ID][m.Scope] = true
	case Promoted:
		if !s.stands[m.ID][m.Scope] {
			panic("R4: it did not stand by: " + m.String())
		}
		delete(s.stands[m.ID], m.Scope)
	case Offer:
		at(s.offers, m.Subscription, m.Scope)[m.Publication.Name] = m.Publication.ID
		if s.batches[m.Subscription][m.Scope] != nil {
			s.batches[m.Subscription][m.Scope][m.Publication.Name] = m.Publication.ID
		}
	case Withdraw:
		delete(at(s.offers, m.Subscription, m.Scope), m.Name)
		delete(s.batches[m.Subscription][m.Scope], m.Name)
	}
}

func (tr *tree) edges() []*edge {
	var all []*edge
	for _, s := range tr.sites {
		if s.up != nil {
			all = append(all, s.up)
		}
	}
	return append(all, tr.dying...)
}

func (tr *tree) find(s *site, p Party) (*edge, int) {
	for _, w := range tr.edges() {
		for end := range 2 {
			if w.ends[end] == s && w.party[end] == p {
				return w, end
			}
		}
	}
	return nil, 0
}

func (tr *tree) connect(s *site) {
	tr.lastLink += 2
	s.up = &edge{ends: [2]*site{s, s.above}, party: [2]Party{LinkParty(tr.lastLink - 1), LinkParty(tr.lastLink)}}
	w := s.up
	tr.step(s.above, w.party[1], ChildUp{s.scope})
	tr.step(s, w.party[0], ParentUp{s.above.scope})
}

// disconnect cuts the link above s; each end learns of it later, and hears a part
// of what was under way before.
func (tr *tree) disconnect(s *site) {
	w := s.up
	w.cut = true
	for end := range 2 {
		if n := len(w.queue[end]); n > 0 {
			w.queue[end] = w.queue[end][:tr.rand.IntN(n+1)]
		}
	}
	s.up = nil
	tr.dying = append(tr.dying, w)
}

// deliver lets one thing happen that waits, and reports whether anything did.
func (tr *tree) deliver() bool {
	var ways []func()
	for _, w := range tr.edges() {
		for end := range 2 {
			to := w.ends[1-end]
			switch {
			case len(w.queue[end]) > 0 && !w.gone[1-end]:
				ways = append(ways, func() {
					msg := w.queue[end][0]
					w.queue[end] = w.queue[end][1:]
					tr.step(to, w.party[1-end], msg)
				})
			case w.cut && !w.gone[1-end]:
				ways = append(ways, func() {
					w.gone[1-end] = true
					tr.step(to, w.party[1-end], Gone{})
					tr.dying = slices.DeleteFunc(tr.dying, func(w *edge) bool { return w.gone[0] && w.gone[1] })
				})
			}
		}
	}
	for _, s := range tr.sites {
		if s.resuming {
			ways = append(ways, func() {
				s.resuming = false
				tr.step(s, 0, Resume{})
			})
		}
	}
	if len(ways) == 0 {
		return false
	}
	ways[tr.rand.IntN(len(ways))]()
	return true
}

// noticed reports whether the child has noticed that its link was cut: only then
// does it dial again.
func (tr *tree) noticed(s *site) bool {
	return !slices.ContainsFunc(tr.dying, func(w *edge) bool { return w.ends[0] == s && !w.gone[0] })
}

var (
	treeNames    = []Name{"a", "b:1", "b:2", "b:22", "c"}
	treePatterns = []Pattern{"a", "b:.*", "b:[0-9]", ".*", "(a|c)", "nothing"}
	treeScopes   = []Scope{LAN, Host, Group, Process}
)

// act does one thing that could happen in a tree.
func (tr *tree) act() {
	s := tr.sites[tr.rand.IntN(len(tr.sites))]
	who := tr.rand.IntN(3)
	actor := ActorParty(transport.ActorID(1 + who + 3*s.lives[who]))
	a, _ := actor.Actor()
	id := func() ID { s.serial++; return ID{s.process, s.serial} }
	address := transport.Address{Process: s.process, Actor: a}
	scope := treeScopes[tr.rand.IntN(len(treeScopes))]
	switch tr.rand.IntN(8) {
	case 0, 1:
		p := Publication{ID: id(), Name: treeNames[tr.rand.IntN(len(treeNames))], Scope: scope, Stamp: Stamp(tr.rand.IntN(5)), Actor: address}
		for _, other := range s.pubs {
			if other.Name == p.Name {
				return
			}
		}
		s.pubs[p.ID], s.owner[p.ID] = p, actor
		tr.step(s, actor, Publish{p})
	case 2, 3:
		sub := Subscription{ID: id(), Pattern: treePatterns[tr.rand.IntN(len(treePatterns))], Scope: scope, Actor: address}
		for _, other := range s.subs {
			if other.Pattern == sub.Pattern && other.Actor == sub.Actor {
				return
			}
		}
		s.subs[sub.ID], s.owner[sub.ID] = sub, actor
		tr.step(s, actor, Subscribe{sub})
	case 4:
		for _, id := range slices.SortedFunc(mapKeys(s.pubs), compareIDs) {
			delete(s.pubs, id)
			tr.step(s, s.owner[id], Unpublish{id})
			return
		}
	case 5:
		for _, id := range slices.SortedFunc(mapKeys(s.subs), compareIDs) {
			delete(s.subs, id)
			delete(s.offers, id)
			tr.step(s, s.owner[id], Unsubscribe{id})
			return
		}
	case 6:
		tr.step(s, actor, Gone{})
		s.lives[who]++
		for id, p := range s.pubs {
			if p.Actor == address {
				delete(s.pubs, id)
			}
		}
		for id, sub := range s.subs {
			if sub.Actor == address {
				delete(s.subs, id)
				delete(s.offers, id)
			}
		}
	case 7:
		switch {
		case s.above == nil:
		case s.up != nil:
			tr.disconnect(s)
		case tr.noticed(s):
			tr.connect(s)
		}
	}
}

func mapKeys[V any](m map[ID]V) func(func(ID) bool) {
	return func(yield func(ID) bool) {
		for id := range m {
			if !yield(id) {
				return
			}
		}
	}
}

// rest joins every link and lets everything happen that waits.
func (tr *tree) rest() {
	for {
		for tr.deliver() {
		}
		joined := true
		for _, s := range tr.sites {
			if s.above != nil && s.up == nil {
				tr.connect(s)
				joined = false
			}
		}
		if joined {
			return
		}
	}
}

// The functions of R15, in plain words.

func (s *site) path() []*site {
	if s.above == nil {
		return []*site{s}
	}
	return append([]*site{s}, s.above.path()...)
}

func (tr *tree) known(d *site, name Name) []Publication {
	var list []Publication
	for _, s := range tr.sites {
		if !slices.Contains(s.path(), d) {
			continue
		}
		for _, p := range s.pubs {
			if p.Name == name && (s == d || p.Scope.Reaches(d.scope)) {
				list = append(list, p)
			}
		}
	}
	return list
}

func oldest(list []Publication) Publication {
	return slices.MinFunc(list, func(a, b Publication) int {
		if a.Older(b) {
			return -1
		}
		return 1
	})
}

func (tr *tree) branch(d, s *site, actor transport.Address) string {
	if d == s {
		return actor.String()
	}
	path := s.path()
	return path[slices.Index(path, d)-1].process.String()
}

func (tr *tree) site(p transport.ProcessID) *site {
	return tr.sites[slices.IndexFunc(tr.sites, func(s *site) bool { return s.process == p })]
}

func (tr *tree) wanted(s *site, sub Subscription) map[Scope]map[Name]ID {
	pattern := regexp.MustCompile(`\A(?:` + string(sub.Pattern) + `)\z`)
	all := map[Scope]map[Name]ID{}
	for _, d := range s.path() {
		if d != s && !sub.Scope.Reaches(d.scope) {
			continue
		}
		for _, name := range treeNames {
			known := tr.known(d, name)
			if len(known) == 0 || !pattern.MatchString(string(name)) {
				continue
			}
			p := oldest(known)
			if tr.branch(d, tr.site(p.ID.Origin), p.Actor) == tr.branch(d, s, sub.Actor) || p.Actor == sub.Actor {
				continue
			}
			if all[d.scope] == nil {
				all[d.scope] = map[Name]ID{}
			}
			all[d.scope][name] = p.ID
		}
	}
	return all
}

// check compares what every subscription is offered with R15.
func (tr *tree) check() error {
	for _, s := range tr.sites {
		for id, sub := range s.subs {
			got := map[Scope]map[Name]ID{}
			for scope, names := range s.offers[id] {
				if len(names) > 0 {
					got[scope] = names
				}
			}
			if want := tr.wanted(s, sub); fmt.Sprint(got) != fmt.Sprint(want) {
				return fmt.Errorf("%v in %s is offered\n%v\nwant\n%v", sub, s.process.Short(), got, want)
			}
		}
		for _, p := range s.pubs {
			for _, d := range s.path() {
				if d != s && !p.Scope.Reaches(d.scope) {
					continue
				}
				holder := oldest(tr.known(d, p.Name))
				if got, want := s.stands[p.ID][d.scope], holder.ID != p.ID; got != want {
					return fmt.Errorf("R4: %v stands by at %v: %v, held by %v", p, d.scope, got, holder)
				}
			}
		}
	}
	return nil
}

// R15 (R1, R3, R5, R6, R12, R14): at rest what every subscription is offered is a
// function of what is alive, whatever happened before.
func TestTreeAtRest(t *testing.T) {
	seeds := uint64(150)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		run := func() string {
			tr := newTree(seed, []int{1, 2, Slice}[seed%3])
			for round := range 3 {
				for range 60 {
					tr.act()
					for range tr.rand.IntN(4) {
						tr.deliver()
					}
				}
				tr.rest()
				if err := tr.check(); err != nil {
					t.Fatalf("seed %d, round %d: %v", seed, round, err)
				}
			}
			return tr.log.String()
		}
		if first, second := run(), run(); first != second {
			t.Fatalf("seed %d: two runs differ", seed)
		}
	}
}
