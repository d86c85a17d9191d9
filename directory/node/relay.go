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
// type changes; the message itself is not decoded. The addresses in it are those that
// this process can be asked to pass messages on to.
func (l *link) passOn(head wire.MessageHead, t transport.Type, body []byte) error {
	next := l.onward(head.To.Process)
	switch {
	case next == nil:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errTooFar
	}
	if err := wire.Check(body); err != nil {
		return err
	}
	number, err := next.numberUpTo(maxRelayed, t)
	if err != nil {
		return err
	}
	wire.Addresses(body, l.passed)
	head.Hops++
	head.Type = number
	return next.out.send(next, wire.Message, append(wire.AppendMessage(nil, head), body...))
}
