package actor

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// An office is the system as its node sees it.
type office struct{ *System }

// Deliver puts a message that came from elsewhere, or in a session, in a mailbox.
func (sys office) Deliver(d node.Delivery) error {
	from := Address{at: d.From}
	if d.Session != nil && d.Session.Remote() == d.From {
		from.in = d.Session
	}
	counted := d.Due.IsZero() || d.Due.Outside()
	return sys.postItem(d.To, item{message: d.Message, from: from, due: d.Due, counted: counted}, d.Room, d.Wakers)
}

// Tell puts a fact of the directory in a mailbox.
func (sys office) Tell(to transport.ActorID, fact directory.Message, in *node.Session) {
	s := sys.cells.get(to)
	m := translate(fact, in)
	if s == nil || m == nil {
		return // it has ended: its registrations are being retracted
	}
	switch f := fact.(type) {
	case directory.Standby:
		s.box.notice(about{f.ID, f.Scope}, m)
		return
	case directory.Promoted:
		s.box.notice(about{f.ID, f.Scope}, m)
		return
	}
	switch m := m.(type) {
	case Available:
		s.box.open(in, m, m.Publisher)
	case Delivered:
		s.box.open(in, m, m.Subscriber)
	case Dropped:
		s.box.drop(in, m)
		s.interrupt(in, m.Reason)
	case Accepted:
		s.box.open(in, m, m.Remote)
	case Closed:
		s.box.drop(in, m)
		s.interrupt(in, m.Reason)
	default:
		s.box.fact(m)
	}
}

// Undelivered tells who sent a message that it did not arrive.
func (sys office) Undelivered(u node.Undelivered) {
	if u.Message == nil && isAsk(u.From.Actor) { // only the word came back
		if a := sys.asked(u.From); a != nil {
			u.Message = a.message
		}
	}
	sys.undelivered(Address{at: u.From}, Address{at: u.To}, u.Message, u.Reason)
}

// WayLost ends the asks whose requests went that way.
func (sys office) WayLost(w *node.Way) {
	for _, a := range sys.asks.all() {
		if a.way.Load() == w {
			a.goes(w)
		}
	}
}

// Fatal notes that the node cannot do what it is for.
func (sys office) Fatal(err error) {
	sys.log.Error("the directory cannot go on", "err", err)
	select {
	case sys.fatal <- err:
	default: // those before say enough
	}
}

var _ node.Actors = office{}
