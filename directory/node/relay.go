package node

import (
	"errors"
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

var (
	errNoAddress = errors.New("there is no such address")
	errTooFar    = fmt.Errorf("it was passed on by %d processes already", maxHops)
)

// isBroken reports whether err is a frame that no honest peer sends.
func isBroken(err error) bool { return errors.Is(err, transport.ErrProtocol) }

// relay passes a message on to the process it is for. Only the number of its type
// changes; the message itself is not decoded.
func (l *link) relay(head wire.MessageHead, body []byte) error {
	name, ok := l.known[head.Type]
	if !ok {
		return &transport.FrameError{Kind: wire.Message, Reason: fmt.Sprintf("type %d was not named", head.Type)}
	}
	if err := wire.Check(body); err != nil {
		return &transport.FrameError{Kind: wire.Message, Reason: err.Error()}
	}
	l.passed(head.From)
	err := l.passOn(head, name, body)
	if err != nil {
		l.giveBackRaw(head.From, head.To, name, body, err)
	}
	return nil
}

func (l *link) passOn(head wire.MessageHead, name string, body []byte) error {
	next := l.n.routes.towards(head.To.Process)
	switch {
	case next == nil || next == l:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errTooFar
	}
	number, err := next.number(name)
	if err != nil {
		return err
	}
	head.Hops++
	head.Type = number
	return next.Send(wire.Message, append(wire.AppendMessage(nil, head), body...))
}

// harmed gives back a message whose body could not be decoded.
func (l *link) harmed(from, to transport.Address, number uint64, body []byte, err error) {
	l.n.log.Warn("message refused", "peer", l.name(), "type", l.known[number], "reason", err)
	l.giveBackRaw(from, to, l.known[number], body, err)
}

// giveBackRaw gives back a message that was never decoded here.
func (l *link) giveBackRaw(told, to transport.Address, name string, body []byte, reason error) {
	if told.IsZero() {
		return
	}
	number, err := l.number(name)
	if err == nil {
		head := wire.UndeliveredHead{Told: told, To: to, Reason: reason.Error(), Type: number}
		err = l.Send(wire.Undelivered, append(wire.AppendUndelivered(nil, head), body...))
	}
	if err != nil {
		l.n.log.Warn("message lost", "to", to, "from", told, "reason", reason, "not told", err)
	}
}
