package node

import (
	"errors"

	"github.com/layer-cake/layer-cake/transport"
)

// A Way is the link that a request went over, outside of any session, or in one that
// has ended. When it is lost no reply is to be waited for.
type Way struct{ link *link }

// Ask is Send of a request, and returns the way it went. Whoever waits for a reply
// keeps that, and then looks whether it was lost: before that Actors.WayLost may
// have found nobody who waits.
func (n *Node) Ask(from, to transport.Address, message any) (*Way, error) {
	l := n.routes.towards(to.Process)
	if l == nil {
		return nil, transport.ErrUnreachable
	}
	l.asked.Store(true)
	if err := l.sendMessage(from, to, message); err != nil {
		return nil, err
	}
	return &l.way, nil
}

// Way returns the way that what was sent in the session went, nil if that was inside
// the process.
func (s *Session) Way() *Way {
	s.mu.Lock()
	l := s.link
	s.mu.Unlock()
	if l == nil {
		return nil
	}
	l.asked.Store(true)
	return &l.way
}

// Lost reports whether the way is lost, and why. If another is as good, for the link
// was but one of two and everything was said before it was closed, that is it.
func (w *Way) Lost() (lost bool, instead *Way, reason string) {
	l := w.link
	if !l.lost.Load() {
		return false, nil, ""
	}
	if l.wasSecond() {
		for _, other := range l.n.routes.all(l.process()) {
			if other != l && !other.lost.Load() {
				other.asked.Store(true)
				return true, &other.way, ""
			}
		}
	}
	return true, nil, lostLink(l.reason)
}

// lostLink is what those are told who had something under way on a link.
func lostLink(reason error) string { return "link lost: " + reason.Error() }

// wasSecond reports whether a link was closed, by either end, for there is another.
func (l *link) wasSecond() bool {
	refused := new(transport.RefusedError)
	return l.reason == errSecond || errors.As(l.reason, &refused) && refused.Reason == errSecond.Error()
}
