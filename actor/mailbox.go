package actor

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/directory/node"
)

// An item is something that waits in a mailbox: a message, or an *ask,
// *timer, *ending, *watch, *revival, *opening or *notice, of which a callback or a message is made
// when it is taken.
type item struct {
	message any
	from    Address
	due     node.Due // to be settled when it is taken
	counted bool     // against the bound
	kept    bool     // it was set aside: see Self.Save and Self.Select
}

// sent reports whether it is a message that somebody sent, not a word of the runtime.
func (it *item) sent() bool { return it.counted || !it.due.IsZero() }

// stray reports whether it came from another process outside of sessions.
func (it *item) stray() bool { return it.counted && !it.due.IsZero() }

// A mailbox is the bounded queue of one actor. Senders add to one half under a
// mutex and never block; the owner works through the other half without it and
// swaps the two when that is empty.
//
// A half is a list of blocks. The first grows from a few items to blockSize, so
// that an actor that gets little needs little; then a block follows, so that
// nothing is ever copied. An owner who waits keeps no block; a state that waits
// keeps nothing.
//
// The owner is a goroutine, which waits at wake, or a state, which runs when there
// is something to take: whoever finds it idle starts its turn.
//
// The words of the runtime are not counted and never refused. Most are the
// answer to something that the owner has under way, one for each. What sessions
// bring, which others begin and end, is kept as state: one fact at most for each
// session that the owner is to know or to forget, and two for one that ended
// while messages of its own wait, which are counted. So is who holds the names
// that the owner publishes: one notice at most for each and each scope.
//
// Messages that came in sessions from other processes are not counted either: each
// session has a window, which says how much of it may wait. What came from there
// outside of sessions is counted, and also shares the window of its link.
type mailbox struct {
	// Of those who add, and far from what the owner writes: on one cache line the two
	// would wait for each other at each message.
	mu      sync.Mutex   // guards what follows
	in      []item       // where items are added
	counted int          // in this half
	batch   int          // counted items in the owner's half when it was swapped: left is no more
	limit   int          // read by all
	turner  node.Waker   // starts a turn of the owner, which is a state; nil: it is a goroutine
	kept    atomic.Int64 // counted items that the owner has set aside
	idle    bool         // the owner found nothing and waits
	closed  bool
	deaf    bool          // the owner, between two lives, is told no facts of the directory
	wanted  atomic.Bool   // somebody waits for room
	room    chan struct{} // closed when a counted item may have room again; nil: nobody waits
	full    [][]item      // what comes before in

	*facts // nil: the directory never said anything

	wake   chan struct{} // has a token when the owner, who was idle, should look; nil: it never was
	blocks *blocks
	strays atomic.Int64 // bytes due of items that came outside of sessions
	killed atomic.Bool  // the owner must take nothing more

	// The owner's.
	out  []item
	next int          // in out
	mine int          // counted items of this half that the owner has not taken
	left atomic.Int64 // mine, as far as others know: see took
	rest [][]item     // what comes after out
	owed node.Due     // of items that were taken
}

// The facts of the directory that wait in a mailbox. They are guarded by its mu.
type facts struct {
	openings map[*node.Session]*opening // those that wait and may still be over; nil: none
	turned   uint64                     // how often the halves were swapped
	over     int                        // openings in this half that are
	pairs    int                        // of this half: sessions that ended while their opening waited, and are told
	keep     int                        // so many pairs are
	notices  map[about]*notice          // those that wait; nil: none
}

// waitingFacts returns the facts. The mutex is held.
func (b *mailbox) waitingFacts() *facts {
	if b.facts == nil {
		b.facts = &facts{keep: keepPairs}
	}
	return b.facts
}

// heard notes that a message came in a session. The mutex is held.
func (b *mailbox) heard(in *node.Session) {
	if b.facts != nil && in != nil {
		delete(b.openings, in)
	}
}

// keepPairs is how many sessions that have come and gone unseen an actor is told
// of all the same. It is not told of more (R17).
const keepPairs = 1024

func (b *mailbox) init(limit int, blocks *blocks) {
	b.limit = limit
	b.blocks = blocks
}

// tell adds a message that was sent in this process, or returns ErrEnded or
// ErrOverloaded.
func (b *mailbox) tell(message any, from *Address) error {
	b.mu.Lock()
	it, err := b.place(true)
	if err != nil {
		b.mu.Unlock()
		return err
	}
	it.message, it.from, it.counted = message, *from, true // word by word: as a whole it takes longer
	b.heard(from.in)
	waker := b.stir()
	b.mu.Unlock()
	if waker != nil {
		waker.Wake()
	}
	return nil
}

// put adds an item, or returns ErrEnded or ErrOverloaded.
func (b *mailbox) put(it item) error { return b.putWithin(0, it, nil) }

// putWithin is put for an item that is due outside of sessions: of such items so many
// bytes may wait. Wakers: where b is put if its owner is to be woken; nil: he is now.
func (b *mailbox) putWithin(strays int64, it item, wakers *[]node.Waker) error {
	b.mu.Lock()
	if it.stray() {
		if waits := b.strays.Load(); waits > 0 && waits+int64(it.due.Bytes()) > strays {
			b.mu.Unlock()
			return ErrOverloaded
		}
	}
	waker, err := b.add(it)
	if err == nil && it.stray() {
		b.strays.Add(int64(it.due.Bytes()))
	}
	b.mu.Unlock()
	switch {
	case waker == nil:
	case wakers == nil:
		waker.Wake()
	default:
		*wakers = append(*wakers, waker)
	}
	return err
}

// add is put with the mutex held. The waker is who is to wake the owner then; nil:
// he is awake.
func (b *mailbox) add(it item) (node.Waker, error) {
	place, err := b.place(it.counted)
	if err != nil {
		return nil, err
	}
	*place = it
	if _, fact := it.message.(*opening); !fact {
		b.heard(it.from.in)
	}
	return b.stir(), nil
}

// place returns where an item is to be put, which is zero. The mutex is held.
func (b *mailbox) place(counted bool) (*item, error) {
	if b.closed {
		return nil, ErrEnded
	}
	if counted {
		if kept := int(b.kept.Load()); b.counted+b.batch+kept >= b.limit && b.counted+int(b.left.Load())+kept >= b.limit {
			return nil, ErrOverloaded
		}
		b.counted++
	}
	n := len(b.in)
	if n == cap(b.in) {
		b.grow()
		n = len(b.in)
	}
	b.in = b.in[:n+1]
	return &b.in[n], nil
}

// stir takes the owner for awake from now on. It returns who is to wake him, nil if
// he is. The mutex is held.
func (b *mailbox) stir() node.Waker {
	switch {
	case !b.idle:
		return nil
	case b.turner != nil:
		b.idle = false
		return b.turner
	}
	b.idle = false
	return b
}

// Wake makes the owner, a goroutine, look again, some time after something was put.
func (b *mailbox) Wake() {
	select {
	case b.wake <- struct{}{}: // it is there: the owner was idle
	default: // it will already
	}
}

// waiting returns how many items wait that count against the bound.
func (b *mailbox) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counted + int(b.left.Load()+b.kept.Load())
}

// A killing is the word of kill: who had seen before that he was not killed, and
// waits next, finds it.
type killing struct{}

// kill makes the owner take nothing more.
func (b *mailbox) kill() {
	b.killed.Store(true)
	b.put(item{message: killing{}})
}

// turns makes a state the owner, whose turns the waker starts; nil: a goroutine. The
// owner, who is awake, may call it.
func (b *mailbox) turns(waker node.Waker) {
	b.mu.Lock()
	b.turner, b.idle = waker, false
	b.mu.Unlock()
}

// deafen has the owner told no facts of the directory, or again.
func (b *mailbox) deafen(deaf bool) {
	b.mu.Lock()
	b.deaf = deaf
	b.mu.Unlock()
}

// close refuses everything from now on, and returns what was not taken. Only
// the owner may call it.
func (b *mailbox) close() []item {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.empty()
}

// empty takes all that waits. What was due is not settled. The mutex is held.
func (b *mailbox) empty() []item {
	b.even()
	left := slices.Clone(b.out[b.next:])
	for _, block := range slices.Concat(b.rest, b.full) {
		left = append(left, block...)
	}
	left = append(left, b.in...)
	if b.facts != nil {
		b.openings, b.notices = nil, nil
	}
	b.out, b.next, b.rest, b.in, b.full, b.counted, b.batch = nil, 0, nil, nil, nil, 0, 0
	b.mine = 0
	b.left.Store(0)
	b.admit()
	return left
}

// renew leaves of what waits the messages that others sent, for another life.
func (b *mailbox) renew() {
	b.mu.Lock()
	defer b.mu.Unlock()
	counted := 0
	for _, it := range b.empty() {
		if !it.sent() {
			continue
		}
		if it.counted {
			counted++
		}
		if len(b.in) == cap(b.in) {
			b.grow()
		}
		b.in = append(b.in, it)
	}
	b.counted = counted
	if b.facts != nil {
		b.over, b.pairs = 0, 0
	}
}
