package actor

import (
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// Asks outside of sessions end with the link that they went over, be it to the process
// itself or to one that passes on: no reply comes over it any more. An ask remembers
// its way; a way remembers no ask, so that there is nothing to forget. Whoever asks
// keeps the way first and looks then whether it was lost; the node says first that it
// is lost and then has all asks looked at. One of the two finds it.

// request sends what an ask asks, in the session that to is bound to if it is this
// actor's.
func (s *Self) request(a *ask, to Address, message any) error {
	if s.sys.traces {
		s.traceSent(message, to)
	}
	if a.in == nil {
		return s.sys.request(a, to, message)
	}
	a.to, a.message = to, message
	return s.send(&to, &Address{at: a.at}, message)
}

// request sends what an ask asks, outside of any session.
func (sys *System) request(a *ask, to Address, message any) error {
	a.to, a.message = to, message
	if to.IsZero() || to.at.Process == sys.process {
		return sys.send(&to, &Address{at: a.at}, message)
	}
	sent, err := sys.sendable(message)
	if err != nil {
		return sys.refused(Address{at: a.at}, to, message, err)
	}
	way, err := sys.net.Ask(a.at, to.at, sent)
	if err != nil {
		return sys.refused(Address{at: a.at}, to, message, err)
	}
	a.goes(way)
	return nil
}

// goes notes which way the request went, and ends the ask if that is lost.
func (a *ask) goes(way *node.Way) {
	for {
		a.way.Store(way)
		lost, instead, reason := way.Lost()
		if !lost {
			return
		}
		if instead == nil {
			a.lose(Undelivered{a.to, a.message, reason})
			return
		}
		way = instead
	}
}

// failedOver is why a request that was taken has no reply.
const failedOver = "the actor has failed over it"

// letDown tells who asked what an actor has in hand whose life ends with value, if that is
// a failure, that no reply will come. What it passed on may still be answered.
func (s *Self) letDown(value any) {
	client := s.sender
	if _, failed := value.(error); !failed || s.replied || client.IsZero() || !isAsk(client.at.Actor) {
		return
	}
	s.replied = true
	if client.at.Process != s.sys.process {
		s.sys.undelivered(client, s.Address(), nil, failedOver)
	} else if a := s.sys.asked(client.at); a != nil {
		a.lose(Undelivered{s.Address(), a.message, failedOver})
	}
}

// asked returns the ask at an address of this process, nil if it is over.
func (sys *System) asked(at transport.Address) *ask {
	if a := sys.asks.get(at.Actor); a != nil && a.at == at {
		return a
	}
	return nil
}
