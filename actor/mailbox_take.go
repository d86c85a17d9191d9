package actor

import "github.com/layer-cake/layer-cake/directory/node"

// look takes the next item, which is to be accepted or held before another is taken. It
// returns nil if there is none; a token comes to wake, or a turn begins, when there is.
// Only the owner may call it.
func (b *mailbox) look() *item {
	if b.next < len(b.out) && b.out[b.next].counted {
		b.next++
		return &b.out[b.next-1]
	}
	return b.lookOn()
}

func (b *mailbox) lookOn() *item {
	for b.next < len(b.out) || b.turn() {
		it := &b.out[b.next]
		b.next++
		if it.sent() {
			return it
		}
		switch m := it.message.(type) {
		case *opening:
			if !b.told(m) {
				*it = item{}
				continue
			}
			it.message = m.fact
		case *notice:
			if it.message = b.noticed(m); it.message == nil {
				*it = item{}
				continue
			}
		}
		return it
	}
	return nil
}

// accept notes that an item was taken for good, and lets go of what it held.
func (b *mailbox) accept(it *item) {
	switch {
	case !it.counted:
	case it.kept:
		b.kept.Add(-1)
		b.giveRoom()
	default:
		b.took()
	}
	if !it.due.IsZero() {
		b.settle(it)
	}
	*it = item{}
}

// hold notes that the owner sets an item aside, and returns it so marked. It counts
// against the bound, and its sender has no room for another, until it is accepted.
func (b *mailbox) hold(it *item) item {
	if it.counted && !it.kept {
		b.kept.Add(1) // first: others look meanwhile
		b.took()
	}
	kept := *it
	kept.kept = true
	*it = item{}
	return kept
}

// took notes that a counted item was taken. Where many wait, others hear of it now and
// then: what they take for the number is greater by less than publishEach.
func (b *mailbox) took() {
	b.mine--
	if b.mine < 2*publishEach || b.mine%publishEach == 0 {
		b.left.Store(int64(b.mine))
	}
	if b.mine%blockSize == 0 { // now and then, and when the half is empty
		b.giveRoom()
	}
}

// publishEach divides blockSize.
const publishEach = 32

// settle gives the sender of an item room for another; for some small items at once, if
// they are of one sender, and at the latest when nothing waits, or the owner waits for
// something else.
func (b *mailbox) settle(it *item) {
	if it.counted {
		b.strays.Add(-int64(it.due.Bytes()))
	}
	switch {
	case it.due.Large():
		it.due.Settle()
	case !b.owed.Merge(it.due):
		b.owed.Settle()
		b.owed = it.due
	}
}

// even settles what is owed.
func (b *mailbox) even() {
	if !b.owed.IsZero() {
		b.owed.Settle()
		b.owed = node.Due{}
	}
}

// giveRoom tells those who wait that counted items may have room.
func (b *mailbox) giveRoom() {
	if !b.wanted.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.admit()
}

// admit is giveRoom with the mutex held.
func (b *mailbox) admit() {
	if b.room != nil {
		close(b.room)
		b.room = nil
		b.wanted.Store(false)
	}
}

// roomy returns a channel that is closed when a counted item may have room.
func (b *mailbox) roomy() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.room != nil {
		return b.room
	}
	room := make(chan struct{})
	b.wanted.Store(true) // first: the owner takes meanwhile
	if b.closed || b.counted+int(b.left.Load()+b.kept.Load()) < b.limit {
		b.wanted.Store(false)
		close(room)
		return room
	}
	b.room = room
	return room
}

// turn goes to the next block, and reports whether there is one.
func (b *mailbox) turn() bool {
	if len(b.rest) == 0 {
		b.even() // first: an idle state is another's at once
		return b.swap()
	}
	b.blocks.put(b.out)
	b.out, b.next = b.rest[0], 0
	b.rest[0] = nil
	b.rest = b.rest[1:]
	return true
}

// swap exchanges the halves when the owner's is empty, and reports whether there
// is something to take.
func (b *mailbox) swap() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.in) == 0 {
		b.idle = true
		if b.wake == nil && b.turner == nil {
			b.wake = make(chan struct{}, 1)
		}
		b.out, b.in, b.next = b.shed(b.out), b.shed(b.in), 0
		return false
	}
	empty := b.out[:0]
	if len(b.full) == 0 {
		b.out = b.in
	} else {
		b.out, b.rest, b.full = b.full[0], append(b.full[1:], b.in), nil
	}
	b.in, b.next = empty, 0
	b.batch, b.counted = b.counted, 0
	if b.facts != nil {
		b.over, b.pairs = 0, 0
		b.turned++
	}
	b.mine = b.batch
	b.left.Store(int64(b.batch))
	return true
}
