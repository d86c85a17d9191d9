package match

import (
	"strings"

	"github.com/tidwall/btree"
)

// Names is a set of names in the order of their bytes, with a value for each.
// The zero Names is empty and ready for use.
type Names[V any] struct {
	tree btree.Map[string, V]
}

// Len returns the number of names.
func (n *Names[V]) Len() int { return n.tree.Len() }

// Get returns the value of name, and whether name is there.
func (n *Names[V]) Get(name string) (v V, ok bool) { return n.tree.Get(name) }

// Set gives name that value, and adds it if it is not there.
func (n *Names[V]) Set(name string, v V) { n.tree.Set(name, v) }

// Delete takes name out. One that is not there is ignored.
func (n *Names[V]) Delete(name string) { n.tree.Delete(name) }

// Scan visits the names that p matches, in order, in slices: it begins at from,
// empty for the start, and tries at most limit names, at least one, and fewer
// where p takes long: a slice takes some milliseconds per 100 whatever p is.
// More says that there are others to try, and that the next slice begins at
// next. What was set or deleted between two slices counts where it is still
// ahead. An exact pattern is looked up.
//
// Visit must not change n.
func (n *Names[V]) Scan(p *Pattern, from string, limit int, visit func(name string, v V)) (next string, more bool) {
	if name, exact := p.Exact(); exact {
		if v, ok := n.tree.Get(name); ok && name >= from {
			visit(name, v)
		}
		return "", false
	}
	// Names stand in memory wherever they came to be. The walk touches a few
	// before the first of them is tested, so that the processor fetches them
	// together: that is worth a third.
	type candidate struct {
		name  string
		value V
	}
	var batch [32]candidate
	waiting := 0
	test := func() {
		for _, c := range batch[:waiting] {
			if p.matchRest(c.name) {
				visit(c.name, c.value)
			}
		}
		waiting = 0
	}
	limit = max(1, limit)
	n.tree.Ascend(max(from, p.prefix), func(name string, v V) bool {
		switch {
		case !strings.HasPrefix(name, p.prefix):
			return false
		case limit <= 0:
			next, more = name, true
			return false
		}
		limit -= p.effort(name)
		batch[waiting] = candidate{name, v}
		if waiting++; waiting == len(batch) {
			test()
		}
		return true
	})
	test()
	return next, more
}

// Range visits all names, in order, in slices as Scan does.
func (n *Names[V]) Range(from string, limit int, visit func(name string, v V)) (next string, more bool) {
	limit = max(1, limit)
	n.tree.Ascend(from, func(name string, v V) bool {
		if limit <= 0 {
			next, more = name, true
			return false
		}
		limit--
		visit(name, v)
		return true
	})
	return next, more
}
