package node

import (
	"errors"
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// maxHops is how many processes may pass a message on.
const maxHops = 8

var (
	errNoAddress = errors.New("there is no such address")
	errTooFar    = fmt.Errorf("it was passed on by %d processes already", maxHops)
)

// passOn passes a message on to the process it is for. Only the number of its
// type changes; the message itself is not decoded.
func (l *link) passOn(head wire.MessageHead, name string, body []byte) error {
	next := l.n.routes.towards(head.To.Process)
	switch {
	case next == nil || next == l:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errTooFar
	}
	number, err := next.numberUpTo(maxRelayed, name)
	if err != nil {
		return err
	}
	head.Hops++
	head.Type = number
	return next.Send(wire.Message, append(wire.AppendMessage(nil, head), body...))
}

// giveBackRaw gives back a message as it came.
func (l *link) giveBackRaw(told, to transport.Address, name string, body []byte, reason error) {
	if told.IsZero() {
		return
	}
	number, err := l.numberUpTo(maxRelayed, name)
	if err == nil {
		head := wire.UndeliveredHead{Told: told, To: to, Reason: reason.Error(), Type: number}
		err = l.Send(wire.Undelivered, append(wire.AppendUndelivered(nil, head), body...))
	}
	if err != nil {
		l.lose("to", to, "from", told, "reason", reason, "not told", err)
	}
}
