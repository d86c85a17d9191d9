package actor

import "github.com/layer-cake/layer-cake/directory/node"

// Asks in a session end with its link, for no reply can come then. Where the
// session ends and the link lives they go on (R8), and end with the link as those
// outside of sessions do. Whether the link lives only
// the session knows, which must not be asked while it tells of its end: so the
// actor asks, when it takes Dropped, or when it is roused from waiting.

// A wait is for the reply to an ask in a session; in none: for no reply.
type wait struct {
	in      *node.Session
	dropped chan string // has the reason when the session was dropped
}

// awaits notes that the goroutine waits for an ask in the session; nil: that it
// does not any more. The channel has the reason when the session is dropped.
func (c *cell) awaits(in *node.Session) (dropped chan string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits.in = in
	if in == nil {
		return nil
	}
	if c.waits.dropped == nil {
		c.waits.dropped = make(chan string, 1)
	}
	select {
	case <-c.waits.dropped: // of the last one
	default:
	}
	return c.waits.dropped
}

// interrupt rouses the goroutine if it waits for an ask in a session that was
// dropped.
func (c *cell) interrupt(in *node.Session, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits.in != nil && c.waits.in == in {
		c.waits.dropped <- reason // there is room: a session is dropped once
	}
}

// endAsks ends the asks by callback in a session of which Dropped was taken, if
// its link is lost, and else has them end when it will be. The callbacks follow what
// waits in the mailbox.
func (s *Self) endAsks(in *node.Session, reason string) {
	if s.asks.n == 0 || in == nil {
		return
	}
	for a := s.asks.first; a != nil; a = a.later {
		switch {
		case a.in != in:
		case in.LinkLost():
			a.lose(a.lostSession(reason))
		default:
			a.goesOn()
		}
	}
}

// goesOn lets an ask outlive its session, as long as the link lives.
func (a *ask) goesOn() {
	if way := a.in.Way(); way != nil {
		a.goes(way)
	}
}

// lostSession is what becomes of an ask whose session was lost.
func (a *ask) lostSession(reason string) Undelivered {
	return Undelivered{a.to, a.message, "session lost: " + reason}
}
