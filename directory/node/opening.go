package node

import "github.com/layer-cake/layer-cake/directory"

// maxOpening is how many sessions are opened over one link at once. More wait, and
// their second begins when their turn comes (R9): thousands that are said at once
// would be late all together, and be tried again all together.
const maxOpening = 1024

// An opening is how far the opening of a session is, at its subscriber's end.
//
//	none ──▶ waiting ──▶ under way ──▶ none
//	  └────────────────────▲
type opening uint8

const (
	openingNone opening = iota
	openingWaits
	openingUnderWay
)

// attempts are those at sessions over one link.
type attempts struct {
	underWay int
	waiting  []directory.Connect
}

// sayOpen says Open over a link, now or when there is room.
func (n *Node) sayOpen(l *link, s *Session, c directory.Connect) {
	if l.attempts.underWay < maxOpening {
		s.opening = openingUnderWay
		l.attempts.underWay++
		l.say(c.Open)
		return
	}
	s.opening = openingWaits
	l.attempts.waiting = append(l.attempts.waiting, c)
	n.stopTimer(openTimer(s)) // it runs if the link had to be dialled first
}

// opened makes room when an attempt is over, however it ended.
func (n *Node) opened(s *Session) {
	was := s.opening
	s.opening = openingNone
	if was != openingUnderWay {
		return
	}
	l := s.link
	l.attempts.underWay--
	for l.attempts.underWay < maxOpening && len(l.attempts.waiting) > 0 && n.links[l.party] == l {
		c := l.attempts.waiting[0]
		l.attempts.waiting = l.attempts.waiting[1:]
		next := n.sessions[directory.SessionKey{ID: c.Open.Session}]
		if next == nil || next.opening != openingWaits {
			continue // abandoned meanwhile
		}
		n.sayOpen(l, next, c)
		n.startTimer(openTimer(next))
	}
	if len(l.attempts.waiting) == 0 {
		l.attempts.waiting = nil // what was there is not kept
	}
}

// waits reports whether t is the timer of an attempt that has not begun.
func (n *Node) waits(t directory.Timer) bool {
	if t.Kind != directory.TimerOpen {
		return false
	}
	s := n.sessions[directory.SessionKey{ID: directory.SessionID(t.ID)}]
	return s != nil && s.opening == openingWaits
}

func openTimer(s *Session) directory.Timer {
	return directory.Timer{Kind: directory.TimerOpen, ID: uint64(s.key.ID)}
}
