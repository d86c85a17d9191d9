package node

import (
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// maxHops is how many processes may pass a message on.
const maxHops = 8

// A frame is put together in two buffers, since the head names the type and only
// the codec knows it.
type buffers struct{ body, frame []byte }

var spare = sync.Pool{New: func() any { return new(buffers) }}

// compose sends one frame: the head that is made for the number of the message's
// type, then the message.
func (l *link) compose(kind transport.Kind, message any, head func(b []byte, number uint64) []byte) error {
	b := spare.Get().(*buffers)
	defer spare.Put(b)
	body, name, err := l.n.Codec.Append(b.body[:0], message)
	b.body = body
	if err != nil {
		return err
	}
	number, err := l.number(name)
	if err != nil {
		return sendError(err)
	}
	b.frame = append(head(b.frame[:0], number), b.body...)
	if len(b.frame) > wire.MaxBody {
		return fmt.Errorf("a message of %d bytes does not fit a frame of %d", len(b.body), wire.MaxBody)
	}
	return sendError(l.Send(kind, b.frame))
}

// sendError is what Send's caller sees of a link that is lost.
func sendError(err error) error {
	if err == transport.ErrClosed {
		return transport.ErrUnreachable
	}
	return err
}

// Send sends a message to an actor of another process, outside of any session.
// The error is transport.ErrOverloaded, ErrUnreachable, or the codec's.
func (n *Node) Send(from, to transport.Address, message any) error {
	l := n.routes.towards(to.Process)
	if l == nil {
		return transport.ErrUnreachable
	}
	return l.compose(wire.Message, message, func(b []byte, number uint64) []byte {
		return wire.AppendMessage(b, wire.MessageHead{To: to, From: from, Type: number})
	})
}

func (l *link) sendData(s *Session, from transport.Address, message any) error {
	kind := wire.DataOut
	if s.key.Opener != 0 {
		kind = wire.DataBack
	}
	return l.compose(kind, message, func(b []byte, number uint64) []byte {
		head := wire.DataHead{Session: uint64(s.key.ID), Type: number}
		if from != s.local {
			head.Explicit, head.From = true, from
		}
		return wire.AppendData(b, head)
	})
}

// sendUndelivered gives a message back to who sent it. It is said once: where
// even that cannot be sent, the log has it.
func (l *link) sendUndelivered(told, to transport.Address, reason string, message any) {
	if told.IsZero() {
		return
	}
	err := l.compose(wire.Undelivered, message, func(b []byte, number uint64) []byte {
		return wire.AppendUndelivered(b, wire.UndeliveredHead{Told: told, To: to, Reason: reason, Type: number})
	})
	if err != nil {
		l.n.log.Warn("message lost", "to", to, "from", told, "reason", reason, "not told", err)
	}
}

// decode returns the message of a frame, and remembers where the addresses in it
// came from. A message that is broken closes the link: it was made by our own
// codec at the other end.
func (l *link) decode(kind transport.Kind, number uint64, body []byte) (any, error) {
	name, ok := l.known[number]
	if !ok {
		return nil, &transport.FrameError{Kind: kind, Reason: fmt.Sprintf("type %d was not named", number)}
	}
	if err := wire.Check(body); err != nil {
		return nil, &transport.FrameError{Kind: kind, Reason: err.Error()}
	}
	return l.n.Codec.Decode(name, body, l.passed)
}

func (l *link) passed(a transport.Address) { l.n.routes.came(a.Process, l) }

// message takes a Message: for an actor here, or to be passed on.
func (l *link) message(body []byte) error {
	head, body, err := wire.ParseMessage(body)
	if err != nil {
		return err
	}
	if head.To.Process != l.n.self {
		return l.relay(head, body)
	}
	l.passed(head.From)
	msg, err := l.decode(wire.Message, head.Type, body)
	switch {
	case isBroken(err):
		return err
	case err != nil:
		l.harmed(head.From, head.To, head.Type, body, err)
		return nil
	case !l.n.Mint.Made(head.To):
		err = errNoAddress
	default:
		err = l.n.Actors.Deliver(Delivery{To: head.To, From: head.From, Message: msg})
	}
	if err != nil {
		l.sendUndelivered(head.From, head.To, err.Error(), msg)
	}
	return nil
}

// data takes a message in a session.
func (l *link) data(kind transport.Kind, body []byte) error {
	head, body, err := wire.ParseData(kind, body)
	if err != nil {
		return err
	}
	s := l.sessions.get(kind == wire.DataBack, directory.SessionID(head.Session))
	if s == nil {
		l.n.log.Debug("message for no session", "peer", l.name(), "session", head.Session)
		return nil
	}
	from := s.remote
	if head.Explicit {
		from = head.From
		l.passed(from)
	}
	msg, err := l.decode(kind, head.Type, body)
	switch {
	case isBroken(err):
		return err
	case err != nil:
		l.harmed(from, s.local, head.Type, body, err)
		return nil
	}
	if err := s.take(from, msg); err != nil {
		l.sendUndelivered(from, s.local, err.Error(), msg)
	}
	return nil
}

// undelivered takes back a message of an actor of this process.
func (l *link) undelivered(body []byte) error {
	head, body, err := wire.ParseUndelivered(body)
	if err != nil {
		return err
	}
	msg, err := l.decode(wire.Undelivered, head.Type, body)
	if isBroken(err) {
		return err
	}
	if l.n.Mint.Made(head.Told) {
		l.n.Actors.Undelivered(Undelivered{head.Told, head.To, msg, head.Reason})
	}
	return nil
}
