package node

// lose counts a message that came over l, or was to leave over it, did not arrive,
// and nobody can be told of. The log has the first, and how many there were once
// the link is lost: a peer cannot fill it.
func (l *link) lose(about ...any) {
	if l.losses.Add(1) == 1 {
		l.n.log.Warn("message lost", append([]any{"peer", l.name()}, about...)...)
	}
}

// countLosses says how many messages were lost.
func (l *link) countLosses() {
	if lost := l.losses.Load(); lost > 0 {
		l.n.log.Warn("messages were lost", "peer", l.name(), "messages", lost)
	}
}
