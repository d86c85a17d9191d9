package actor

import (
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func newMailbox(limit int) *mailbox {
	b := new(mailbox)
	b.init(limit, new(blocks))
	return b
}

// take takes the next item, for good.
func (b *mailbox) take() (item, bool) {
	it := b.look()
	if it == nil {
		return item{}, false
	}
	taken := *it
	b.accept(it)
	return taken, true
}

// The mailbox against a list: order, bound, and what waits.
func TestMailboxIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]int{1, 2, 5, 3 * blockSize}).Draw(t, "limit")
		b := newMailbox(limit)
		var list []item
		counted := 0
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"message", "word", "take", "burst", "drain"}).Draw(t, "step") {
			case "burst":
				for range blockSize {
					if err := b.put(item{message: i}); err != nil {
						t.Fatalf("step %d: %v", i, err)
					}
					list = append(list, item{message: i})
				}
			case "drain":
				for ; len(list) > 0; list = list[1:] {
					if it, ok := b.take(); !ok || it != list[0] {
						t.Fatalf("step %d: got %v, %v, want %v", i, it, ok, list[0])
					}
				}
				counted = 0
			case "message":
				err := b.put(item{message: i, counted: true})
				if counted == limit {
					if !errors.Is(err, ErrOverloaded) {
						t.Fatalf("step %d: got %v, want ErrOverloaded", i, err)
					}
					break
				}
				if err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				list = append(list, item{message: i, counted: true})
				counted++
			case "word":
				if err := b.put(item{message: i}); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				list = append(list, item{message: i})
			case "take":
				it, ok := b.take()
				if ok != (len(list) > 0) {
					t.Fatalf("step %d: got %v, %v of %v", i, it, ok, list)
				}
				if !ok {
					break
				}
				if it != list[0] {
					t.Fatalf("step %d: got %v, want %v", i, it, list[0])
				}
				if list[0].counted {
					counted--
				}
				list = list[1:]
			}
			if got := b.waiting(); got != counted {
				t.Fatalf("step %d: %d wait, want %d", i, got, counted)
			}
		}
		rest := b.close()
		if len(rest) != len(list) {
			t.Fatalf("got %v at the end, want %v", rest, list)
		}
		for i := range rest {
			if rest[i] != list[i] {
				t.Fatalf("got %v at the end, want %v", rest, list)
			}
		}
		if err := b.put(item{message: 1}); !errors.Is(err, ErrEnded) {
			t.Fatalf("after the end: got %v, want ErrEnded", err)
		}
	})
}

// No wake-up is lost and the order of each sender stays.
func TestMailboxWakesItsOwner(t *testing.T) {
	const senders, each = 4, 5000
	b := newMailbox(senders * each)
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				if err := b.put(item{message: [2]int{s, i}, counted: true}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var next [senders]int
	for range senders * each {
		it, ok := b.take()
		for !ok {
			<-b.wake
			it, ok = b.take()
		}
		m := it.message.([2]int)
		if m[1] != next[m[0]] {
			t.Fatalf("sender %d: got %d, want %d", m[0], m[1], next[m[0]])
		}
		next[m[0]]++
	}
	wg.Wait()
}

func TestMailboxKeepsNoBlocks(t *testing.T) {
	const n = 10*blockSize + 3
	b := newMailbox(1 << 20)
	for i := range n {
		b.put(item{message: i, counted: true})
	}
	for i := range n {
		if it, ok := b.take(); !ok || it.message != i {
			t.Fatalf("got %v, %v, want %d", it, ok, i)
		}
	}
	if it, ok := b.take(); ok {
		t.Fatalf("got %v, want nothing", it)
	}
	if cap(b.in) >= blockSize || cap(b.out) >= blockSize || len(b.full)+len(b.rest) > 0 {
		t.Errorf("room for %d and %d, and %d blocks, are kept", cap(b.in), cap(b.out), len(b.full)+len(b.rest))
	}
	if block := b.blocks.get(); len(block) != 0 || block[:1][0] != (item{}) {
		t.Errorf("a block that was given away has %v", block[:1])
	}
}

// Who was killed after he had looked whether he is, and before he waits, does not wait.
func TestKilledBetweenLookAndWait(t *testing.T) {
	b := newMailbox(1)
	b.kill()
	if it := b.look(); it == nil || !b.killed.Load() {
		t.Error("the owner finds nothing, and would wait for ever")
	}
}
