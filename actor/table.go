package actor

import (
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/transport"
)

// A table finds what has an address in this process. Senders read it without a lock.
//
// Ids are given one after the other, so it is an array in pages. Each id is put once
// and removed once: a page is full some time, empty later, and then it is forgotten,
// whatever lives on in others.
type table[T any] struct {
	pages atomic.Pointer[pages[T]]

	mu sync.Mutex // of who adds and forgets pages
	n  int        // pages; guarded by mu
}

// pageSize is how many ids a page has.
const pageSize = 256

type page[T any] struct {
	number uint64
	gone   atomic.Int32 // of its ids, those that were removed
	slots  [pageSize]atomic.Pointer[T]
}

// Pages are the pages that are not forgotten, in lists by number. A list is never
// longer than it must be: what lives long leaves pages that are far apart, the others
// follow one another.
type pages[T any] struct {
	lists []atomic.Pointer[link[T]] // a power of two
}

type link[T any] struct {
	page *page[T]
	next atomic.Pointer[link[T]]
}

func (p *pages[T]) list(number uint64) *atomic.Pointer[link[T]] {
	return &p.lists[number&uint64(len(p.lists)-1)]
}

// position says where an id is. Those of actors are odd, those of asks even.
func position(id transport.ActorID) (number uint64, slot int) {
	n := uint64(id >> 1)
	return n / pageSize, int(n % pageSize)
}

// find returns the page of that number, nil if there is none.
func (t *table[T]) find(number uint64) *page[T] {
	all := t.pages.Load()
	if all == nil {
		return nil
	}
	for l := all.list(number).Load(); l != nil; l = l.next.Load() {
		if l.page.number == number {
			return l.page
		}
	}
	return nil
}

// get returns what has that id, nil if nothing has.
func (t *table[T]) get(id transport.ActorID) *T {
	all := t.pages.Load()
	if all == nil {
		return nil
	}
	number, slot := position(id)
	for l := all.list(number).Load(); l != nil; l = l.next.Load() {
		if l.page.number == number {
			return l.page.slots[slot].Load()
		}
	}
	return nil
}

// put gives an id, which was never given before, to v.
func (t *table[T]) put(id transport.ActorID, v *T) {
	number, slot := position(id)
	p := t.find(number)
	if p == nil {
		p = t.add(number)
	}
	p.slots[slot].Store(v)
}

// add returns the page of that number, a new one if there is none.
func (t *table[T]) add(number uint64) *page[T] {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.find(number); p != nil {
		return p // somebody else was sooner
	}
	all := t.pages.Load()
	if all == nil || t.n >= len(all.lists) {
		all = t.grow(all)
	}
	p := &page[T]{number: number}
	l := &link[T]{page: p}
	list := all.list(number)
	l.next.Store(list.Load())
	list.Store(l)
	t.n++
	return p
}

// grow makes the lists twice as many. Who reads the old ones finds what was there. The
// mutex is held.
func (t *table[T]) grow(old *pages[T]) *pages[T] {
	if old == nil {
		old = &pages[T]{}
	}
	all := &pages[T]{make([]atomic.Pointer[link[T]], max(2*len(old.lists), 16))}
	for i := range old.lists {
		for l := old.lists[i].Load(); l != nil; l = l.next.Load() {
			list := all.list(l.page.number)
			copied := &link[T]{page: l.page}
			copied.next.Store(list.Load())
			list.Store(copied)
		}
	}
	t.pages.Store(all)
	return all
}

// remove forgets id and reports whether it was there.
func (t *table[T]) remove(id transport.ActorID) bool {
	number, slot := position(id)
	p := t.find(number)
	if p == nil || p.slots[slot].Swap(nil) == nil {
		return false
	}
	if p.gone.Add(1) == pageSize {
		t.forget(number)
	}
	return true
}

// forget takes a page out. Who is reading it, or stands at its link, goes on from there.
func (t *table[T]) forget(number uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.pages.Load().list(number)
	for l := at.Load(); l != nil; at, l = &l.next, l.next.Load() {
		if l.page.number == number {
			at.Store(l.next.Load())
			t.n--
			return
		}
	}
}

// all returns what the table has, in no order.
func (t *table[T]) all() []*T {
	all := t.pages.Load()
	if all == nil {
		return nil
	}
	var list []*T
	for i := range all.lists {
		for l := all.lists[i].Load(); l != nil; l = l.next.Load() {
			for j := range l.page.slots {
				if v := l.page.slots[j].Load(); v != nil {
					list = append(list, v)
				}
			}
		}
	}
	return list
}
