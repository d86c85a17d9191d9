package match

import (
	"slices"
	"strings"
)

// Patterns is a set of patterns, each once, with a value for each. The zero
// Patterns is empty and ready for use.
type Patterns[V any] struct {
	texts  map[string]*Entry[V]
	quoted map[string][]*Entry[V] // by name: exact ones whose text is not the name
	open   map[string][]*Entry[V] // by prefix: all that are not exact
	depths []depth                // of the prefixes in open, the shortest first
}

// An Entry is a pattern in a set and what belongs to it: the list of those who
// asked for it, say. It stays the same until it is deleted.
type Entry[V any] struct {
	Pattern *Pattern
	Value   V // the user's; zero at first
}

// A depth is a length that prefixes have, and how many of them do.
type depth struct{ length, prefixes int }

// Len returns the number of patterns.
func (s *Patterns[V]) Len() int { return len(s.texts) }

// Get returns the entry of the pattern of that text, nil if there is none.
func (s *Patterns[V]) Get(text string) *Entry[V] { return s.texts[text] }

// Add returns the entry of the pattern of that text, which it makes if there is
// none. The error is Compile's; nothing is added then.
func (s *Patterns[V]) Add(text string) (*Entry[V], error) {
	if e := s.texts[text]; e != nil {
		return e, nil
	}
	p, err := Compile(text)
	if err != nil {
		return nil, err
	}
	if s.texts == nil {
		s.texts = make(map[string]*Entry[V])
		s.quoted = make(map[string][]*Entry[V])
		s.open = make(map[string][]*Entry[V])
	}
	e := &Entry[V]{Pattern: p}
	s.texts[text] = e
	switch name, exact := p.Exact(); {
	case !exact:
		if put(s.open, p.prefix, e) {
			s.deepen(len(p.prefix))
		}
	case name != text:
		put(s.quoted, name, e)
	}
	return e, nil
}

// Delete takes the pattern of that text out. One that is not there is ignored.
func (s *Patterns[V]) Delete(text string) {
	e := s.texts[text]
	if e == nil {
		return
	}
	delete(s.texts, text)
	switch name, exact := e.Pattern.Exact(); {
	case !exact:
		if drop(s.open, e.Pattern.prefix, e) {
			s.shallow(len(e.Pattern.prefix))
		}
	case name != text:
		drop(s.quoted, name, e)
	}
}

// Find visits the entries whose patterns match name, in an order that does not
// depend on how they came: the name itself, other ways to write just that name,
// then the rest, the shorter prefix first. What is equal so far goes by text.
//
// Visit must not change s, but for values.
func (s *Patterns[V]) Find(name string, visit func(e *Entry[V])) {
	if e := s.texts[name]; e != nil && e.Pattern.program == nil && e.Pattern.prefix == name {
		visit(e)
	}
	for _, e := range s.quoted[name] {
		visit(e)
	}
	for _, d := range s.depths {
		if d.length > len(name) {
			return
		}
		for _, e := range s.open[name[:d.length]] {
			if e.Pattern.matchRest(name) {
				visit(e)
			}
		}
	}
}

func (s *Patterns[V]) deepen(length int) {
	i, found := s.depth(length)
	if !found {
		s.depths = slices.Insert(s.depths, i, depth{length: length})
	}
	s.depths[i].prefixes++
}

func (s *Patterns[V]) shallow(length int) {
	i, _ := s.depth(length)
	s.depths[i].prefixes--
	if s.depths[i].prefixes == 0 {
		s.depths = slices.Delete(s.depths, i, i+1)
	}
}

func (s *Patterns[V]) depth(length int) (i int, found bool) {
	return slices.BinarySearchFunc(s.depths, length, func(d depth, length int) int { return d.length - length })
}

// put adds e to the list at key, which is ordered by text, and reports whether
// it is the first there.
func put[V any](lists map[string][]*Entry[V], key string, e *Entry[V]) bool {
	list := lists[key]
	i, _ := slices.BinarySearchFunc(list, e, byText)
	lists[key] = slices.Insert(list, i, e)
	return len(list) == 0
}

// drop takes e out and reports whether it was the last there.
func drop[V any](lists map[string][]*Entry[V], key string, e *Entry[V]) bool {
	list := lists[key]
	i, _ := slices.BinarySearchFunc(list, e, byText)
	if list = slices.Delete(list, i, i+1); len(list) > 0 {
		lists[key] = list
		return false
	}
	delete(lists, key)
	return true
}

func byText[V any](a, b *Entry[V]) int {
	return strings.Compare(a.Pattern.text, b.Pattern.text)
}
