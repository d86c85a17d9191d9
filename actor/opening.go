package actor

import "github.com/layer-cake/layer-cake/directory/node"

// An opening is a fact that begins a session, Available or Delivered, while it
// waits in a mailbox. If the session ends first, nothing that came in it waits
// behind, and there are many such sessions already, the actor is told neither of
// the beginning nor of the end, so that sessions which come and go do not pile up
// where nobody takes messages.
//
//	waits ──(taken, or a message came in the session)──► sure: Dropped will follow it
//	waits ──(the session ended)──► over: it is stepped over
type opening struct {
	fact any
	in   *node.Session
	half uint64 // where it is: mailbox.turned when it was put
	over bool   // guarded by the mailbox's mu
}

// open adds the fact that begins a session.
func (b *mailbox) open(in *node.Session, fact any, from Address) {
	b.mu.Lock()
	if b.deaf {
		b.mu.Unlock()
		return
	}
	o := &opening{fact: fact, in: in, half: b.waitingFacts().turned}
	waker, err := b.add(item{message: o, from: from})
	if err == nil {
		if b.openings == nil {
			b.openings = make(map[*node.Session]*opening)
		}
		b.openings[in] = o
	}
	b.mu.Unlock()
	if waker != nil {
		waker.Wake()
	}
}

// fact adds another fact of the directory.
func (b *mailbox) fact(fact any) {
	b.mu.Lock()
	var waker node.Waker
	if !b.deaf {
		waker, _ = b.add(item{message: fact})
	}
	b.mu.Unlock()
	if waker != nil {
		waker.Wake()
	}
}

// drop adds the fact that ends a session, unless the actor need not know.
func (b *mailbox) drop(in *node.Session, fact any) {
	b.mu.Lock()
	if b.deaf {
		b.mu.Unlock()
		return
	}
	o := b.waitingFacts().openings[in]
	if o != nil && b.pairs < b.keep {
		delete(b.openings, in)
		b.pairs++
		o = nil
	}
	if o == nil {
		waker, _ := b.add(item{message: fact})
		b.mu.Unlock()
		if waker != nil {
			waker.Wake()
		}
		return
	}
	delete(b.openings, in)
	o.over = true
	if o.half == b.turned {
		if b.over++; b.over >= blockSize && 2*b.over >= len(b.full)*blockSize+len(b.in) {
			b.compact()
		}
	}
	b.mu.Unlock()
}

// told notes that the owner has taken an opening, and reports whether it is to
// be told of it.
func (b *mailbox) told(o *opening) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.openings[o.in] == o {
		delete(b.openings, o.in)
	}
	return !o.over
}

// compact takes what is over out of the half where items are added. It is done
// when that is half of what is there, so an item is moved once on average. What
// is over in the owner's half stays there: it becomes no more. The mutex is held.
func (b *mailbox) compact() {
	old := append(b.full, b.in)
	b.full, b.in, b.over = nil, old[0][:0], 0
	for _, block := range old { // the items that stay are never ahead of the one that is read
		for _, it := range block {
			if o, ok := it.message.(*opening); ok && o.over {
				continue
			}
			if len(b.in) == blockSize {
				b.full = append(b.full, b.in)
				b.in = old[len(b.full)][:0]
			}
			b.in = append(b.in, it)
		}
	}
	last := len(b.full)
	clear(old[last][len(b.in):])
	for _, block := range old[last+1:] {
		clear(block)
		b.blocks.put(block)
	}
}
