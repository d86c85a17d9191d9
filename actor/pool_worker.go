package actor

import (
	"errors"

	"github.com/layer-cake/layer-cake/actor/internal/crew"
)

// A poolWorker is an actor that requests are given to.
type poolWorker struct {
	id    crew.Worker
	to    Address              // where requests go
	names map[Address]struct{} // the addresses under which it joined
	hand  *poolRequest         // what it was given last
	ask   *ask                 // of hand
}

// join adds a worker, or another address of one.
func (m *manning) join(at Address) {
	if at.IsZero() || at.at == m.self.at {
		m.self.Log().Warn("no worker for a pool", "address", at)
		return
	}
	if at.at.Process == m.self.sys.process && m.self.sys.find(at) == nil {
		return // it has ended meanwhile
	}
	w := m.byActor[at.at]
	known := w != nil
	if !known {
		m.lastWorker++
		w = &poolWorker{id: m.lastWorker, to: at, names: make(map[Address]struct{})}
		m.byActor[at.at] = w
		m.workers[w.id] = w
	}
	w.names[at] = struct{}{}
	if at.in != nil {
		w.to = at
	}
	if !known {
		if _, child := m.children[at.at]; !child && (at.in == nil || at.at.Process == m.self.sys.process) {
			m.self.Watch(at) // of children Returned tells, and of a session elsewhere Dropped, after what came in it
		}
		m.do(m.crew.Join(w.id, m.now()))
	}
}

// leave takes one address of a worker away, and with the last the worker.
func (m *manning) leave(at Address, reason string) {
	w := m.byActor[at.at]
	if w == nil {
		return
	}
	if _, ok := w.names[at]; !ok {
		return
	}
	if delete(w.names, at); len(w.names) == 0 {
		m.remove(w, reason)
		return
	}
	if w.to == at {
		for w.to = range w.names {
			break // any that is left
		}
	}
}

// remove takes a worker out. What it has in hand is another's. Nil is none.
func (m *manning) remove(w *poolWorker, reason string) {
	if w == nil {
		return
	}
	if w.hand != nil {
		w.hand.reason = Undelivered{To: w.to, Message: w.hand.message, Reason: reason}
		m.self.forget(w.ask)
	}
	m.forget(w)
	m.do(m.crew.Leave(w.id, m.now()))
}

// forget lets a worker and its addresses mean nothing any more.
func (m *manning) forget(w *poolWorker) {
	delete(m.byActor, w.to.at)
	delete(m.workers, w.id)
	m.self.Unwatch(w.to)
}

// give gives a request to a worker, if it is still wanted.
func (m *manning) give(w *poolWorker, r *poolRequest) {
	w.hand = r
	if !m.self.sys.wanted(r.client) {
		m.done(w, crew.Unasked)
		return
	}
	w.ask = m.self.askWithin(0, w.to, r.message, func(reply any, err error) { m.replied(w, reply, err) })
}

// replied takes what became of a request in the hands of a worker that has not
// left meanwhile.
func (m *manning) replied(w *poolWorker, reply any, err error) {
	r := w.hand
	if err == nil || !m.self.Sender().IsZero() || !undelivered(err) {
		if r.reply = reply; err != nil {
			r.reply = err
		}
		m.done(w, crew.Replied)
		return
	}
	if m.ends(w, err) {
		return // the request goes to another when the pool is told of the end
	}
	r.reason = err
	switch {
	case errors.As(err, new(*PortableError)) || errors.Is(err, ErrTooLarge):
		m.done(w, crew.Unfit)
	case m.hasEnded(w, err) && len(w.names) > 1:
		m.leave(w.to, "") // a session of several
		m.done(w, crew.Unfit)
	case m.hasEnded(w, err):
		m.forget(w)
		m.done(w, crew.Gone)
	case errors.As(err, new(Undelivered)):
		m.done(w, crew.Lost)
	default:
		m.done(w, crew.Untaken)
	}
}

func (m *manning) done(w *poolWorker, outcome crew.Outcome) {
	w.hand, w.ask = nil, nil
	m.do(m.crew.Done(w.id, outcome, m.now()))
}

// undelivered reports whether an error says that a request was not taken, and is no
// reply.
func undelivered(err error) bool {
	return errors.As(err, new(Undelivered)) || errors.As(err, new(*sendError)) || errors.As(err, new(*PortableError))
}

// ends reports whether a worker here has failed over a request, and ends by it.
func (m *manning) ends(w *poolWorker, err error) bool {
	var u Undelivered
	if !errors.As(err, &u) || u.Reason != failedOver {
		return false
	}
	s := m.self.sys.find(w.to)
	return w.to.at.Process == m.self.sys.process && (s == nil || s.isEnding())
}

// hasEnded reports whether a worker that could not take a request has ended, or the
// session with it.
func (m *manning) hasEnded(w *poolWorker, err error) bool {
	return errors.Is(err, ErrEnded) || w.to.at.Process == m.self.sys.process && m.self.sys.find(w.to) == nil
}
