package node

import "sync/atomic"

// Counts are numbers of messages that did not arrive, since the node was opened.
type Counts struct {
	// Undelivered: they came from other processes, for actors here or to be passed
	// on, and were refused.
	Undelivered uint64
	// Lost: nobody was told, or of a message from here its sender was not. Words
	// that are withheld are among them.
	Lost uint64
	// Withheld: who sent them was not told, for too many words went to his process.
	Withheld uint64
	// Bare: who sent them was told, but was not given the message back.
	Bare uint64
}

type counts struct{ undelivered, lost, withheld, bare atomic.Uint64 }

// Counts returns the numbers.
func (n *Node) Counts() Counts {
	c := &n.counts
	return Counts{c.undelivered.Load(), c.lost.Load(), c.withheld.Load(), c.bare.Load()}
}

// lose counts a message that came over l, or was to leave over it, did not arrive,
// and nobody can be told of. The log has the first, and how many there were once
// the link is lost: a peer cannot fill it.
func (l *link) lose(about ...any) {
	l.n.counts.lost.Add(1)
	if l.losses.Add(1) == 1 {
		l.n.log.Warn("message lost", append([]any{"peer", l.name()}, about...)...)
	}
}

// withhold counts a message that nobody is told of, since too many were. The log has
// the first and the number, as above.
func (l *link) withhold(about ...any) {
	l.n.counts.lost.Add(1)
	l.n.counts.withheld.Add(1)
	if l.withheld.Add(1) == 1 {
		l.n.log.Warn("too many messages do not arrive: not all that sent them are told",
			append([]any{"peer", l.name(), "a second", wordsPerSecond, "at once", wordsAtOnce}, about...)...)
	}
}

// abandoned counts messages that waited to leave over l when it was lost.
func (l *link) abandoned(messages int) {
	if messages == 0 {
		return
	}
	l.n.counts.lost.Add(uint64(messages))
	if l.losses.Add(uint64(messages)) == uint64(messages) {
		l.n.log.Warn("message lost", "peer", l.name(), "reason", "it had not left when the link was lost")
	}
}

// countLosses says how many messages were lost.
func (l *link) countLosses() {
	if lost := l.losses.Load(); lost > 0 {
		l.n.log.Warn("messages were lost", "peer", l.name(), "messages", lost)
	}
	if withheld := l.withheld.Load(); withheld > 0 {
		l.n.log.Warn("messages did not arrive, and who sent them was not told", "peer", l.name(), "messages", withheld)
	}
}
