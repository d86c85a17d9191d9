package actor

import "sync"

// blockSize is how many items a whole block has.
const blockSize = 128

// firstSize is how many items the first block of an actor has at first.
const firstSize = 4

// blocks are blocks that nobody uses, whole ones and first ones.
type blocks struct{ whole, first sync.Pool }

func (s *blocks) get() []item {
	if b, ok := s.whole.Get().(*[blockSize]item); ok {
		return b[:0]
	}
	return make([]item, 0, blockSize)
}

func (s *blocks) getFirst() []item {
	if b, ok := s.first.Get().(*[firstSize]item); ok {
		return b[:0]
	}
	return make([]item, 0, firstSize)
}

// put takes a block whose items are zero. One of another size is left alone.
func (s *blocks) put(b []item) {
	switch cap(b) {
	case blockSize:
		s.whole.Put((*[blockSize]item)(b[:blockSize]))
	case firstSize:
		s.first.Put((*[firstSize]item)(b[:firstSize]))
	}
}

// grow makes room for an item. The mutex is held.
func (b *mailbox) grow() {
	switch n := len(b.in); {
	case n == 0:
		b.in = b.blocks.getFirst()
	case n < blockSize/4:
		b.in = b.moved(make([]item, 0, 2*n))
	case n < blockSize:
		b.in = b.moved(b.blocks.get())
	default:
		b.full = append(b.full, b.in)
		b.in = b.blocks.get()
	}
}

// moved moves what is in the block to a larger one, and gives it away.
func (b *mailbox) moved(larger []item) []item {
	larger = append(larger, b.in...)
	clear(b.in)
	b.blocks.put(b.in[:0])
	return larger
}

// shed gives an empty block away if it is a whole one, and of a state each.
func (b *mailbox) shed(empty []item) []item {
	if cap(empty) < blockSize && b.turner == nil {
		return empty[:0]
	}
	b.blocks.put(empty)
	return nil
}
