package node

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
)

const (
	lent    = 16      // what one goroutine that is not the node's own does of it at most
	handful = 16      // what is taken out of it at once
	turnful = 1 << 12 // what is done before work that was put off goes on
)

// A word is what is said to the node, by one of three.
type word struct {
	link *link             // who says msg;
	from directory.Party   // or else the actor that does;
	msg  directory.Message // or else
	do   func()            // what is to be done
}

// An inbox is what waits for a node, and who runs it. Whoever puts something in
// while nobody does runs the node himself, so that a word costs no change of
// goroutines; what comes meanwhile he does too, up to a bound, and leaves the rest
// to the node's own goroutine, as he does with work that was put off.
//
//	idle ──put──▶ lent ──(empty)──▶ idle
//	               │
//	            (more)──▶ handed ──begin──▶ own ──(empty)──▶ idle
//
// Each link is a source of its own, so are the actors of the process together, and
// so is the node. They take turns, a word each: who says much waits for himself.
type inbox struct {
	wake chan struct{} // has one when the node is handed to its own goroutine

	actors source
	own    source

	mu      sync.Mutex
	runner  runner    // guarded by mu
	turns   turns     // guarded by mu; of those who have words
	waits   int       // guarded by mu; how many words, in all
	shut    bool      // guarded by mu; nothing is put in any more
	changed sync.Cond // runner has
}

// A runner says who runs the node.
type runner uint8

const (
	idle   runner = iota
	lender        // somebody who put something in
	handed        // the node's own goroutine will
	own           // it does
)

func (b *inbox) init() {
	b.wake = make(chan struct{}, 1)
	b.changed.L = &b.mu
	b.adopt(&b.actors)
	b.adopt(&b.own)
}

// adopt makes a source one of this inbox.
func (b *inbox) adopt(s *source) { s.room.L = &b.mu }

// put adds a word of a source, waiting until there is room for it. It reports
// whether the word is taken, and whether the caller must now run the node.
func (b *inbox) put(s *source, w word) (taken, run bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.shut && s.full() {
		s.waiting++
		s.room.Wait()
		s.waiting--
	}
	if b.shut {
		return false, false
	}
	if s.empty() {
		b.turns.push(s)
	}
	s.push(w)
	b.waits++
	if b.runner != idle {
		return true, false
	}
	b.runner = lender
	return true, true
}

// take moves what waits to list, a word of each source in turn and as much as fits,
// and returns how much that is. If nothing waits, and no work was put off, the node
// is idle then.
func (b *inbox) take(list []word, putOff bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(list), b.waits)
	for i := range n {
		s := b.turns.pop()
		list[i] = s.pop()
		if !s.empty() {
			b.turns.push(s)
		}
	}
	b.waits -= n
	if n == 0 && !putOff {
		b.become(idle)
	}
	return n
}

// waiting is how many words wait.
func (b *inbox) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waits
}

// hand leaves the node to its own goroutine.
func (b *inbox) hand() {
	b.mu.Lock()
	b.become(handed)
	b.mu.Unlock()
	b.wake <- struct{}{} // it is handed over once at a time
}

// begin is what the node's own goroutine says.
func (b *inbox) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.become(own)
}

// The mutex is held.
func (b *inbox) become(r runner) {
	b.runner = r
	b.changed.Broadcast()
}

// close lets nothing in any more. Those who wait for room are sent away.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	b.actors.room.Broadcast()
	b.own.room.Broadcast()
	b.turns.each(func(s *source) { s.room.Broadcast() }) // who is full has words
}

// seize makes the caller the one who runs the node, once its own goroutine has
// ended and nobody else does.
func (b *inbox) seize() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.runner == lender {
		b.changed.Wait()
	}
	b.become(own)
}

// hear puts a word of a source in the inbox, behind those that came from there
// before, and reports whether it will be heard. It waits while the source has too
// much there; once the node is closed it does nothing. When it returns the word has
// often been heard. What is done in a step hears nothing anew: with its source full
// it would wait for itself.
func (n *Node) hear(s *source, w word) bool {
	taken, run := n.inbox.put(s, w)
	if run {
		n.lend()
	}
	return taken
}

// post has f done by whoever runs the node.
func (n *Node) post(f func()) bool { return n.hear(&n.inbox.own, word{do: f}) }

// lend runs the node on the goroutine of who said something.
func (n *Node) lend() {
	whole := false
	defer func() {
		if !whole {
			crash(recover())
		}
	}()
	var one [1]word
	for range lent {
		putOff := n.resuming // after take it is another's, if that is the end
		if n.inbox.take(one[:], putOff) == 0 {
			if putOff {
				break
			}
			whole = true
			return
		}
		n.step(one[0])
	}
	n.inbox.hand()
	whole = true
}

// crash ends the process after a panic in a step: whose goroutine it was may
// recover, as actors do, and the node would be left half way.
func crash(reason any) {
	message := fmt.Sprintf("node: %v\n\n%s", reason, debug.Stack())
	go panic(message)
	select {}
}

// run is the node's own goroutine.
func (n *Node) run() {
	var list [handful]word
	for {
		select {
		case <-n.inbox.wake:
			n.inbox.begin()
		case <-n.ctx.Done():
			return
		}
		for n.turn(list[:]) {
			if n.ctx.Err() != nil {
				return
			}
		}
	}
}

// turn does what waits by now, and then a slice of the work that was put off. It
// reports whether there is more; if not, the node is idle.
func (n *Node) turn(list []word) bool {
	for left := min(max(n.inbox.waiting(), 1), turnful); left > 0; {
		putOff := n.resuming // after take it is another's, if that is the end
		k := n.inbox.take(list[:min(left, len(list))], putOff)
		if k == 0 && !putOff {
			return false
		}
		if k == 0 {
			break
		}
		for i := range list[:k] {
			n.step(list[i])
		}
		clear(list[:k])
		left -= k
	}
	if n.resuming { // behind what waited already
		n.resume()
	}
	return true
}

// step hears one word and does all that follows from it.
func (n *Node) step(w word) {
	switch {
	case w.link != nil:
		if !w.link.refused {
			n.heard(w.link, w.msg)
		}
	case w.msg != nil:
		n.registers(w.from, w.msg)
	default:
		w.do()
	}
	n.settle()
}
