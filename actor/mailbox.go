package actor

import (
	"sync"
	"sync/atomic"
)

// An item is something that waits in a mailbox: a message, or an *answer or
// *timer, of which a callback or a message is made when it is taken.
type item struct {
	message any
	from    Address
	counted bool // against the bound
}

// A mailbox is the bounded queue of one actor. Senders add to one half under a
// mutex and never block; the owner works through the other half without it and
// swaps the two when that is empty.
//
// The words of the runtime are not counted and never refused: each is the
// answer to something that the owner has under way, at most one for each.
type mailbox struct {
	wake chan struct{} // has a token when the owner, who was idle, should look

	// The owner's.
	out  []item
	next int // in out

	left   atomic.Int64 // counted items in out that the owner has not taken
	killed atomic.Bool  // the owner must take nothing more

	mu      sync.Mutex // guards the rest
	in      []item
	counted int // in in
	batch   int // counted items in out when it was swapped in: left is no more
	limit   int
	idle    bool // the owner found nothing and waits
	closed  bool
}

// keepRoom is the size, in items, up to which an empty half is kept for reuse.
const keepRoom = 1024

func (b *mailbox) init(limit int) {
	b.wake = make(chan struct{}, 1)
	b.limit = limit
}

// put adds an item, or returns ErrEnded or ErrOverloaded.
func (b *mailbox) put(it item) error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return ErrEnded
	}
	if it.counted {
		if b.counted+b.batch >= b.limit && b.counted+int(b.left.Load()) >= b.limit {
			b.mu.Unlock()
			return ErrOverloaded
		}
		b.counted++
	}
	b.in = append(b.in, it)
	idle := b.idle
	b.idle = false
	b.mu.Unlock()
	if idle {
		b.rouse()
	}
	return nil
}

// rouse makes the owner look again.
func (b *mailbox) rouse() {
	select {
	case b.wake <- struct{}{}:
	default: // it will already
	}
}

// take returns the next item. It returns false if there is none; a token comes
// to wake when there is. Only the owner may call it.
func (b *mailbox) take() (item, bool) {
	if b.next == len(b.out) && !b.swap() {
		return item{}, false
	}
	it := b.out[b.next]
	b.out[b.next] = item{} // let go of what it held
	b.next++
	if it.counted {
		b.left.Add(-1)
	}
	return it, true
}

// swap exchanges the halves, of which out is empty, and reports whether there
// is something to take.
func (b *mailbox) swap() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.in) == 0 {
		b.idle = true
		return false
	}
	spare := b.out[:0]
	if cap(spare) > keepRoom {
		spare = nil
	}
	b.out, b.next = b.in, 0
	b.in = spare
	b.batch, b.counted = b.counted, 0
	b.left.Store(int64(b.batch))
	return true
}

// waiting returns how many items wait that count against the bound.
func (b *mailbox) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counted + int(b.left.Load())
}

// kill makes the owner take nothing more.
func (b *mailbox) kill() {
	b.killed.Store(true)
	b.rouse()
}

// close refuses everything from now on, and returns what was not taken. Only
// the owner may call it.
func (b *mailbox) close() []item {
	b.mu.Lock()
	defer b.mu.Unlock()
	rest := append(b.out[b.next:], b.in...)
	b.closed = true
	b.out, b.next, b.in, b.counted, b.batch = nil, 0, nil, 0, 0
	b.left.Store(0)
	return rest
}
