package node

import (
	"slices"
	"time"

	"github.com/layer-cake/layer-cake/directory"
)

const (
	// fullLink is how much may wait on a link before long work for its other end
	// waits too: enough to keep it busy, far from what cuts it off.
	fullLink = 1 << 20
	// fullPause is how long nothing is tried when all who have work are full.
	fullPause = 5 * time.Millisecond
)

// resume has the machine go on with the work that was put off, for those whose
// links have room.
func (n *Node) resume() {
	n.resuming = false
	n.do(n.machine.Step(0, directory.Resume{Full: n.full()}))
	n.settle()
}

// putOff notes that the machine has put off work. If all it is for have no room,
// it is looked at again in a while.
func (n *Node) putOff(e directory.Continue) {
	switch {
	case !e.Full:
		n.resuming = true
	case !n.pausing:
		n.pausing = true
		n.after(fullPause, func() { n.pausing, n.resuming = false, true })
	}
}

// full returns the links that have no room.
func (n *Node) full() []directory.Party {
	var full []directory.Party
	for p, l := range n.links {
		if l.Queued() > fullLink {
			full = append(full, p)
		}
	}
	slices.Sort(full)
	return full
}
