package actor

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

// A notice is Standby or Promoted while it waits in a mailbox. Others decide how
// often the two alternate, so one item at most waits for each scope of a
// publication: what undoes the word that waits takes it back, and the actor is
// told neither. What it is told alternates all the same, Standby first (R4, R17).
//
//	nothing ──(changed)──► waits ◄──(changed again)──► undone
//	waits ──(taken)──► nothing, and the actor is told
//	undone ──(its turn came)──► nothing: it is stepped over
type notice struct {
	about about
	fact  any // guarded by the mailbox's mu; nil: undone
}

// about is what a notice speaks of.
type about struct {
	publication directory.ID
	scope       directory.Scope
}

// notice adds the fact that a publication holds its name at a scope no more, or
// again.
func (b *mailbox) notice(of about, fact any) {
	b.mu.Lock()
	var waker node.Waker
	if b.deaf {
		b.mu.Unlock()
		return
	}
	b.waitingFacts()
	if n := b.notices[of]; n == nil {
		n = &notice{of, fact}
		var err error
		if waker, err = b.add(item{message: n}); err == nil {
			if b.notices == nil {
				b.notices = make(map[about]*notice)
			}
			b.notices[of] = n
		}
	} else if n.fact == nil {
		n.fact = fact
	} else if n.fact != fact {
		n.fact = nil
	}
	b.mu.Unlock()
	if waker != nil {
		waker.Wake()
	}
}

// noticed ends the wait of a notice that the owner has taken. It returns the fact,
// nil if it was undone.
func (b *mailbox) noticed(n *notice) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.notices, n.about)
	return n.fact
}
