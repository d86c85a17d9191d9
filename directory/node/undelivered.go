package node

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// maxGivenBack is how long a message may be that comes back, in bytes. One that went
// in parts does not.
const maxGivenBack = wire.PartSize - wire.MaxMessageHead - wire.MaxReason

// GiveBack tells an actor of another process that its message to an actor here
// did not arrive. Where that cannot be said it is counted.
func (n *Node) GiveBack(told, to transport.Address, message any, reason string) {
	l := n.routes.towards(told.Process)
	if l == nil {
		n.counts.lost.Add(1)
		n.log.Debug("message lost", "to", to, "from", told, "reason", reason, "not told", transport.ErrUnreachable)
		return
	}
	l.giveBack(told, to, reason, message)
}

// giveBack gives back a message that was decoded.
func (l *link) giveBack(told, to transport.Address, reason string, message any) {
	b := idleBuffers.Get().(*buffer)
	defer b.free()
	head := wire.UndeliveredHead{Told: told, To: to, Reason: reason}
	body, t, err := l.n.Codec.Append(b.b[:headRoom], message)
	if err != nil {
		head.Reason = withNote(reason, "the message is not given back: "+err.Error())
		l.tell(head, nil, nil)
		return
	}
	b.b = body
	l.tell(head, t, body[headRoom:])
}

// giveBackRaw gives back a message as it came over l. A nil type is that of no
// message.
func (l *link) giveBackRaw(told, to transport.Address, t transport.Type, body []byte, reason error) {
	l.n.counts.undelivered.Add(1)
	head := wire.UndeliveredHead{Told: told, To: to, Reason: reason.Error()}
	if told.Process != l.n.self {
		l.tell(head, t, body)
	} else if err := l.takeBack(head, t, body); err != nil { // it went round in a ring
		l.lose("to", to, "from", told, "reason", reason, "not told", err)
	}
}

// giveBackNothing says that a message which came over l did not arrive, without the
// message.
func (l *link) giveBackNothing(told, to transport.Address, reason error) {
	l.giveBackRaw(told, to, nil, nil, reason)
}

// tell says over l that a message did not arrive, as far as the allowance goes, and
// gives the message back if it is not too long. Who is nobody is not told.
func (l *link) tell(h wire.UndeliveredHead, t transport.Type, body []byte) {
	if h.Told.IsZero() {
		return
	}
	size := len(body)
	if size > maxGivenBack {
		t, body = nil, nil
		h.Reason = withNote(h.Reason, tooLong(size))
	}
	told, whole := l.allowance.take(time.Now(), len(body))
	if !told {
		l.withhold("to", h.To, "from", h.Told, "reason", h.Reason)
		return
	}
	if !whole {
		t, body = nil, nil
		h.Reason = withNote(h.Reason, fmt.Sprintf("the message of %d bytes is not given back: there are too many", size))
	}
	var err error
	if t != nil {
		if h.Type, err = l.numberUpTo(maxRelayed, t); err != nil {
			body = nil
			h.Reason = withNote(h.Reason, "the message is not given back: "+err.Error())
		}
	}
	if h.Type == 0 {
		l.n.counts.bare.Add(1)
	}
	if err := l.Send(wire.Undelivered, append(wire.AppendUndelivered(nil, h), body...)); err != nil {
		l.lose("to", h.To, "from", h.Told, "reason", h.Reason, "not told", err)
	}
}

// tooLong is why a message of so many bytes does not come back.
func tooLong(size int) string {
	return fmt.Sprintf("the message of %d bytes is too long to be given back", size)
}

// withNote adds to a reason something that is not cut off.
func withNote(reason, note string) string {
	const mark = 3 // bytes of what stands for a character that was cut in two
	note = "; " + note
	if most := max(wire.MaxReason-len(note)-mark, 0); len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "\uFFFD")
	}
	return reason + note
}

// undelivered takes back a message of an actor of this process, or passes it on
// to the process whose actor sent it.
func (l *link) undelivered(body []byte) error {
	head, body, err := wire.ParseUndelivered(body)
	if err != nil {
		return err
	}
	if len(body) > maxGivenBack { // no honest peer gives back as much
		return &transport.FrameError{Kind: wire.Undelivered, Reason: fmt.Sprintf("a message of %d bytes, at most %d are given back", len(body), maxGivenBack)}
	}
	var t transport.Type
	if head.Type != 0 {
		if t, err = l.typeOf(wire.Undelivered, head.Type); err != nil {
			return err
		}
		if err := wire.Check(body); err != nil {
			return &transport.FrameError{Kind: wire.Undelivered, Reason: err.Error()}
		}
	}
	if head.Told.Process != l.n.self {
		err = l.passBack(head, t, body)
	} else {
		err = l.takeBack(head, t, body)
	}
	if err != nil {
		l.lose("to", head.To, "from", head.Told, "reason", head.Reason, "not told", err)
	}
	return nil
}

// takeBack takes back a message of an actor of this process.
func (l *link) takeBack(head wire.UndeliveredHead, t transport.Type, body []byte) error {
	if !l.n.Mint.Made(head.Told) {
		return errNoAddress // nobody here sent it
	}
	var msg any
	if t != nil {
		var err error
		if msg, err = t.Decode(body, l.passed); err != nil {
			return err
		}
	}
	l.n.Actors.Undelivered(Undelivered{head.Told, head.To, msg, head.Reason})
	return nil
}

// passBack passes on what did not arrive, to the process whose actor sent it or one
// that its address came over. Like what is sent it goes so far and no further.
func (l *link) passBack(head wire.UndeliveredHead, t transport.Type, body []byte) error {
	next := l.onward(head.Told.Process)
	switch {
	case next == nil:
		return transport.ErrUnreachable
	case head.Hops >= maxHops:
		return errors.New("the word was passed on too often already")
	}
	head.Hops++
	head.Type = 0 // it has another number there, or goes without the message
	next.tell(head, t, body)
	return nil
}
