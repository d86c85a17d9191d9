package node

import (
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A buffer is where one frame is put together.
type buffer struct {
	b    []byte
	head [headRoom]byte
}

// headRoom is what is left free for the head before the message is there: only the
// codec knows the type, which the head names.
const headRoom = 128

const maxKept = 64 << 10 // longer buffers are not kept

var idleBuffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, headRoom, 512)} }}

func (b *buffer) free() {
	if cap(b.b) <= maxKept {
		idleBuffers.Put(b)
	}
}

// body encodes a message behind the room for a head, and returns the number of its
// type on this link.
func (l *link) body(b *buffer, message any) (number uint64, err error) {
	body, t, err := l.n.Codec.Append(b.b[:headRoom], message)
	if err != nil {
		return 0, err
	}
	b.b = body
	return l.number(t)
}

// frame puts the head before the message.
func (b *buffer) frame(head []byte) ([]byte, error) {
	if size := len(head) + len(b.b) - headRoom; size > wire.MaxMessage {
		return nil, fmt.Errorf("%w: the message has %d bytes, at most %d are allowed", transport.ErrTooLarge, size, wire.MaxMessage)
	}
	at := headRoom - len(head)
	copy(b.b[at:], head)
	return b.b[at:], nil
}

// sendError is what Send's caller sees of a link that is lost.
func sendError(err error) error {
	if err == transport.ErrClosed {
		return transport.ErrUnreachable
	}
	return err
}

// Send sends a message to an actor of another process, outside of any session.
// The error is transport.ErrOverloaded, ErrUnreachable, ErrTooLarge, or the codec's.
func (n *Node) Send(from, to transport.Address, message any) error {
	l := n.routes.towards(to.Process)
	if l == nil {
		return transport.ErrUnreachable
	}
	return l.sendMessage(from, to, message)
}

// compose puts a frame together, of a message and of the head that is made for the
// number of its type, and sends it as far as o lets it.
func (l *link) compose(o *outflow, kind transport.Kind, message any, head func(b []byte, number uint64) []byte) error {
	b := idleBuffers.Get().(*buffer)
	defer b.free()
	number, err := l.body(b, message)
	if err != nil {
		return sendError(err)
	}
	frame, err := b.frame(head(b.head[:0], number))
	if err != nil {
		return err
	}
	return sendError(o.send(l, kind, frame))
}

// sendMessage sends a message in no session.
func (l *link) sendMessage(from, to transport.Address, message any) error {
	err := l.compose(&l.out, wire.Message, message, func(b []byte, number uint64) []byte {
		return wire.AppendMessage(b, wire.MessageHead{To: to, From: from, Type: number})
	})
	if err == transport.ErrEnded { // the link has, in this moment
		err = transport.ErrUnreachable
	}
	return err
}

// Room returns a channel that is closed when it is worth sending to that process
// again, after transport.ErrOverloaded.
func (n *Node) Room(to transport.ProcessID) <-chan struct{} {
	if l := n.routes.towards(to); l != nil {
		return l.out.roomy()
	}
	return closed()
}

// sendData sends a message in a session.
func (l *link) sendData(s *Session, from transport.Address, message any) error {
	kind := wire.DataOut
	if s.key.Opener != 0 {
		kind = wire.DataBack
	}
	return l.compose(&s.out, kind, message, func(b []byte, number uint64) []byte {
		head := wire.DataHead{Session: uint64(s.key.ID), Type: number}
		if from != s.local {
			head.Explicit, head.From = true, from
		}
		return wire.AppendData(b, head)
	})
}

// typeOf returns a message's type.
func (l *link) typeOf(kind transport.Kind, number uint64) (transport.Type, error) {
	if t := l.known.get(number); t != nil {
		return t, nil
	}
	return nil, &transport.FrameError{Kind: kind, Reason: fmt.Sprintf("type %d was not named", number)}
}

// refuse gives a message back as it came, if its structure is sound. What is not, no
// honest peer sends: the error closes the link. A message that is decoded needs no such
// look, since no other decodes.
func (l *link) refuse(kind transport.Kind, told, to transport.Address, t transport.Type, body []byte, reason error) error {
	if err := wire.Check(body); err != nil {
		return &transport.FrameError{Kind: kind, Reason: err.Error()}
	}
	l.giveBackRaw(told, to, t, body, reason)
	return nil
}

// message takes a Message: for an actor here, or to be passed on. It is refused if
// there is a reason already. What is due is settled, unless the message is an actor's:
// then it is his to settle.
func (l *link) message(body []byte, due Due, refused error) error {
	left, err := l.outside(body, due, refused)
	left.Settle()
	return err
}

// outside takes a message in no session, and returns what is still due.
func (l *link) outside(body []byte, due Due, refused error) (left Due, err error) {
	head, body, err := wire.ParseMessage(body)
	if err != nil {
		return due, err
	}
	l.passed(head.From)
	if refused != nil {
		l.giveBackNothing(head.From, head.To, refused)
		return due, nil
	}
	t, err := l.typeOf(wire.Message, head.Type)
	if err != nil {
		return due, err
	}
	switch {
	case head.To.Process != l.n.self:
		err = l.passOn(head, t, body)
	case !l.n.Mint.Made(head.To):
		err = errNoAddress
	default:
		d := Delivery{To: head.To, From: head.From, Due: due, Room: l.in.free(), Wakers: &l.sleepers.list}
		if d.Message, err = l.decode(t, body); err == nil {
			err = l.n.Actors.Deliver(d)
		}
		if err == nil {
			return Due{}, nil
		}
	}
	if err != nil {
		err = l.refuse(wire.Message, head.From, head.To, t, body, err)
	}
	return due, err
}

// decode returns the message of a body, unless no more are taken in.
func (l *link) decode(t transport.Type, body []byte) (any, error) {
	if l.crowded() {
		return nil, transport.ErrOverloaded
	}
	msg, err := t.Decode(body, l.passed)
	if err != nil {
		l.n.log.Warn("message refused", "peer", l.name(), "type", t.Name(), "reason", err)
	}
	return msg, err
}

// creditEnd is which end a Credit of a session is for.
func creditEnd(h wire.CreditHead) end {
	return end{h.Side == wire.ToPublisher, directory.SessionID(h.Session)}
}

// credit takes a Credit.
func (l *link) credit(body []byte) error {
	h, err := wire.ParseCredit(body)
	if err != nil {
		return err
	}
	o := &l.out
	if h.Side != wire.OutsideSessions {
		s, _, _ := l.find(creditEnd(h))
		if s == nil {
			return nil // it is over, and the other end does not know yet
		}
		o = &s.out
	}
	if !o.give(l, h.Bytes) {
		return &transport.FrameError{Kind: wire.Credit, Reason: "it gives more than was taken"}
	}
	return nil
}

// dataEnd is which end a message in a session is for.
func dataEnd(kind transport.Kind, h wire.DataHead) end {
	return end{kind == wire.DataBack, directory.SessionID(h.Session)}
}

// data takes a message in a session. It is refused if there is a reason already. What
// is due is settled, unless the message is an actor's: then it is his to settle.
func (l *link) data(kind transport.Kind, body []byte, due Due, refused error) error {
	left, err := l.inside(kind, body, due, refused)
	left.Settle()
	return err
}

// inside takes a message in a session, and returns what is still due.
func (l *link) inside(kind transport.Kind, body []byte, due Due, refused error) (left Due, err error) {
	size := cost(len(body))
	head, body, err := wire.ParseData(kind, body)
	if err != nil {
		return due, err
	}
	s, ended, known := l.find(dataEnd(kind, head))
	from, local := ended.remote, ended.local
	if s != nil {
		if from, local = s.remote, s.local; s.over != 0 && from.IsZero() {
			return due, &transport.FrameError{Kind: kind, Reason: "it comes before the connection is there"}
		}
		if due.IsZero() {
			if err := s.in.receive(kind, size); err != nil {
				return due, err
			}
			due = Due{&s.in, int32(size)}
		}
	} else if !known { // no honest peer says it: it has said its last word, or none
		l.n.counts.undelivered.Add(1)
		l.lose("session", head.Session, "reason", "there is no such session")
		return due, nil
	}
	if head.Explicit {
		from = head.From
		l.passed(from)
	}
	if refused != nil {
		l.giveBackNothing(from, local, refused)
		return due, nil
	}
	t, err := l.typeOf(kind, head.Type)
	if err != nil {
		return due, err
	}
	err = transport.ErrEnded
	if s != nil {
		var msg any
		if msg, err = l.decode(t, body); err == nil {
			err = s.take(from, msg, due, &l.sleepers.list)
		}
		if err == nil {
			return Due{}, nil
		}
	}
	return due, l.refuse(kind, from, local, t, body, err)
}

// noCodec is for a process that has no messages.
type noCodec struct{}

func (noCodec) Append(b []byte, message any) ([]byte, transport.Type, error) {
	return b, nil, fmt.Errorf("this process sends no %T", message)
}

func (noCodec) Type(name string) transport.Type { return noType(name) }

// noType is any type, to a process that has no messages.
type noType string

func (t noType) Name() string { return string(t) }
func (t noType) Serial() int  { return 0 }

func (t noType) Decode([]byte, func(transport.Address)) (any, error) {
	return nil, fmt.Errorf("this process takes no %s", string(t))
}
