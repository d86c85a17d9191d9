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
	next := l.n.routes.towards(head.To.Process)
	switch {
	case next == nil || next == l:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errTooFar
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

// maxGivenBack is how long a message may be and still fit the frame in which it is
// given back.
const maxGivenBack = wire.MaxBody - wire.MaxMessageHead - wire.MaxReason

func tooLongToGiveBack(reason error, body []byte) error {
	return fmt.Errorf("%w; the message of %d bytes is not given back", reason, len(body))
}

// giveBackNothing says that a message did not arrive, without the message.
func (l *link) giveBackNothing(told, to transport.Address, reason error) {
	l.giveBackRaw(told, to, l.n.Codec.Type("nil"), []byte{0xc0}, reason)
}

// giveBackRaw gives back a message as it came; one that does not fit a frame is not
// given back, but said.
func (l *link) giveBackRaw(told, to transport.Address, t transport.Type, body []byte, reason error) {
	if told.IsZero() {
		return
	}
	if len(body) > maxGivenBack {
		reason = tooLongToGiveBack(reason, body)
		t, body = l.n.Codec.Type("nil"), []byte{0xc0}
	}
	number, err := l.numberUpTo(maxRelayed, t)
	if err == nil {
		head := wire.UndeliveredHead{Told: told, To: to, Reason: reason.Error(), Type: number}
		err = l.Send(wire.Undelivered, append(wire.AppendUndelivered(nil, head), body...))
	}
	if err != nil {
		l.lose("to", to, "from", told, "reason", reason, "not told", err)
	}
}
