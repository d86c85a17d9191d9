package node

import (
	"errors"
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A frame is put together in two buffers, since the head names the type and only
// the codec knows it.
type buffers struct{ body, frame []byte }

var idleBuffers = sync.Pool{New: func() any { return new(buffers) }}

// compose sends one frame: the head that is made for the number of the message's
// type, then the message.
func (l *link) compose(kind transport.Kind, message any, head func(b []byte, number uint64) []byte) error {
	return l.composeIn(nil, kind, message, head)
}

// composeIn does so in a session; nil: outside of any.
func (l *link) composeIn(s *Session, kind transport.Kind, message any, head func(b []byte, number uint64) []byte) error {
	b := idleBuffers.Get().(*buffers)
	defer idleBuffers.Put(b)
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
		return fmt.Errorf("%w: a message of %d bytes does not fit a frame of %d", transport.ErrTooLarge, len(b.body), wire.MaxBody)
	}
	if s != nil {
		return sendError(s.sendFrame(l, kind, b.frame))
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
	return l.composeIn(s, kind, message, func(b []byte, number uint64) []byte {
		head := wire.DataHead{Session: uint64(s.key.ID), Type: number}
		if from != s.local {
			head.Explicit, head.From = true, from
		}
		return wire.AppendData(b, head)
	})
}

// sendFrame sends a frame in the session, before this side's last word about it.
func (s *Session) sendFrame(l *link, kind transport.Kind, frame []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent.Load() {
		return transport.ErrEnded
	}
	return l.Send(kind, frame)
}

// hush lets nothing be sent any more. When it returns nothing is being sent.
func (s *Session) hush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent.Store(true)
}

// GiveBack tells an actor of another process that its message to an actor here
// did not arrive. The error says why it could not be told.
func (n *Node) GiveBack(told, to transport.Address, message any, reason string) error {
	l := n.routes.towards(told.Process)
	if l == nil {
		return transport.ErrUnreachable
	}
	return l.giveBack(told, to, reason, message)
}

func (l *link) giveBack(told, to transport.Address, reason string, message any) error {
	return l.compose(wire.Undelivered, message, func(b []byte, number uint64) []byte {
		return wire.AppendUndelivered(b, wire.UndeliveredHead{Told: told, To: to, Reason: reason, Type: number})
	})
}

// sendUndelivered gives a message back to who sent it. It is said once: where
// even that cannot be sent, the log has it.
func (l *link) sendUndelivered(told, to transport.Address, reason string, message any) {
	if told.IsZero() {
		return
	}
	if err := l.giveBack(told, to, reason, message); err != nil {
		l.lose("to", to, "from", told, "reason", reason, "not told", err)
	}
}

// checked returns the name of a message's type once its structure is known to be
// sound. What is not, no honest peer sends: it closes the link.
func (l *link) checked(kind transport.Kind, number uint64, body []byte) (name string, err error) {
	name, ok := l.known[number]
	if !ok {
		return "", &transport.FrameError{Kind: kind, Reason: fmt.Sprintf("type %d was not named", number)}
	}
	if err := wire.Check(body); err != nil {
		return "", &transport.FrameError{Kind: kind, Reason: err.Error()}
	}
	return name, nil
}

func (l *link) passed(a transport.Address) { l.n.routes.came(a.Process, l) }

// message takes a Message: for an actor here, or to be passed on.
func (l *link) message(body []byte) error {
	head, body, err := wire.ParseMessage(body)
	if err != nil {
		return err
	}
	name, err := l.checked(wire.Message, head.Type, body)
	if err != nil {
		return err
	}
	l.passed(head.From)
	switch {
	case head.To.Process != l.n.self:
		err = l.passOn(head, name, body)
	case !l.n.Mint.Made(head.To):
		err = errNoAddress
	default:
		var msg any
		if msg, err = l.n.Codec.Decode(name, body, l.passed); err != nil {
			l.n.log.Warn("message refused", "peer", l.name(), "type", name, "reason", err)
		} else {
			err = l.n.Actors.Deliver(Delivery{To: head.To, From: head.From, Message: msg})
		}
	}
	if err != nil {
		l.giveBackRaw(head.From, head.To, name, body, err)
	}
	return nil
}

// data takes a message in a session.
func (l *link) data(kind transport.Kind, body []byte) error {
	head, body, err := wire.ParseData(kind, body)
	if err != nil {
		return err
	}
	name, err := l.checked(kind, head.Type, body)
	if err != nil {
		return err
	}
	s, ended, known := l.sessions.get(end{kind == wire.DataBack, directory.SessionID(head.Session)})
	switch {
	case !known: // no honest peer says it: it has said its last word, or none
		l.lose("session", head.Session, "reason", "there is no such session")
		return nil
	case s == nil:
		from := ended.remote
		if head.Explicit {
			from = head.From
			l.passed(from)
		}
		l.giveBackRaw(from, ended.local, name, body, transport.ErrEnded)
		return nil
	}
	from := s.remote
	if head.Explicit {
		from = head.From
		l.passed(from)
	}
	msg, err := l.n.Codec.Decode(name, body, l.passed)
	if err != nil {
		l.n.log.Warn("message refused", "peer", l.name(), "type", name, "reason", err)
	} else {
		err = s.take(from, msg)
	}
	if err != nil {
		l.giveBackRaw(from, s.local, name, body, err)
	}
	return nil
}

// undelivered takes back a message of an actor of this process, or passes it on
// to the process whose actor sent it.
func (l *link) undelivered(body []byte) error {
	head, body, err := wire.ParseUndelivered(body)
	if err != nil {
		return err
	}
	name, err := l.checked(wire.Undelivered, head.Type, body)
	if err != nil {
		return err
	}
	if head.Told.Process != l.n.self {
		// Only over a link of its own: else two could pass it to and fro.
		if next := l.n.routes.to(head.Told.Process); next != nil && next != l {
			next.giveBackRaw(head.Told, head.To, name, body, errors.New(head.Reason))
		} else {
			l.lose("to", head.To, "from", head.Told, "reason", head.Reason, "not told", transport.ErrUnreachable)
		}
		return nil
	}
	if !l.n.Mint.Made(head.Told) { // nobody here sent it
		l.lose("to", head.To, "from", head.Told, "reason", head.Reason, "not told", errNoAddress)
		return nil
	}
	msg, err := l.n.Codec.Decode(name, body, l.passed)
	if err != nil {
		l.lose("to", head.To, "from", head.Told, "reason", head.Reason, "not told", err)
		return nil
	}
	l.n.Actors.Undelivered(Undelivered{head.Told, head.To, msg, head.Reason})
	return nil
}

// noCodec is for a process that has no messages.
type noCodec struct{}

func (noCodec) Append(b []byte, message any) ([]byte, string, error) {
	return b, "", fmt.Errorf("this process sends no %T", message)
}

func (noCodec) Decode(name string, _ []byte, _ func(transport.Address)) (any, error) {
	return nil, fmt.Errorf("this process takes no %s", name)
}
