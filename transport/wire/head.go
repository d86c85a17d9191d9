package wire

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport"
)

// A MessageHead is a Message without its value.
type MessageHead struct {
	Hops uint8 // how many processes have passed it on
	To   transport.Address
	From transport.Address // zero: nobody
	Type uint64            // number of the value's type, 1 to MaxTypes
}

// AppendMessage appends the head of a Message; the value follows.
func AppendMessage(b []byte, h MessageHead) []byte {
	b = append(b, h.Hops)
	b = h.To.Append(b)
	b = h.From.Append(b)
	return binary.AppendUvarint(b, h.Type)
}

// ParseMessage returns the head of a Message and its value, which is a part of body.
func ParseMessage(body []byte) (MessageHead, []byte, error) {
	p := parser{kind: Message, rest: body}
	h := MessageHead{Hops: p.octet(), To: p.address(), From: p.address(), Type: p.typeNumber()}
	return h, p.rest, p.err
}

// A DataHead is a DataOut or a DataBack without its value.
type DataHead struct {
	Session  uint64            // from 1
	Explicit bool              // the sender is From; else it is the session's own end
	From     transport.Address // counts only if Explicit; zero: nobody
	Type     uint64            // number of the value's type, 1 to MaxTypes
}

// AppendData appends the head of a DataOut or a DataBack; the value follows.
func AppendData(b []byte, h DataHead) []byte {
	b = binary.AppendUvarint(b, h.Session)
	if h.Explicit {
		b = h.From.Append(append(b, 1))
	} else {
		b = append(b, 0)
	}
	return binary.AppendUvarint(b, h.Type)
}

// ParseData returns the head of a DataOut or a DataBack, as kind says, and its
// value, which is a part of body.
func ParseData(kind transport.Kind, body []byte) (DataHead, []byte, error) {
	p := parser{kind: kind, rest: body}
	h := DataHead{Session: p.uvarint()}
	if h.Session == 0 {
		p.fail("it is in no session")
	}
	if h.Explicit = p.flag(); h.Explicit {
		h.From = p.address()
	}
	h.Type = p.typeNumber()
	return h, p.rest, p.err
}

// An UndeliveredHead is an Undelivered without its value.
type UndeliveredHead struct {
	Hops   uint8             // how many processes have passed it on
	Told   transport.Address // who sent what did not arrive
	To     transport.Address // where it was sent
	Reason string            // what is beyond MaxReason bytes is cut off
	Type   uint64            // number of the value's type, 1 to MaxTypes; zero: there is no value
}

// AppendUndelivered appends the head of an Undelivered; the value follows, if it has
// a type.
func AppendUndelivered(b []byte, h UndeliveredHead) []byte {
	b = append(b, h.Hops)
	b = h.Told.Append(b)
	b = h.To.Append(b)
	reason := clean(h.Reason, MaxReason)
	b = binary.AppendUvarint(b, uint64(len(reason)))
	b = append(b, reason...)
	return binary.AppendUvarint(b, h.Type)
}

// ParseUndelivered returns the head of an Undelivered and its value, which is a
// part of body.
func ParseUndelivered(body []byte) (UndeliveredHead, []byte, error) {
	p := parser{kind: Undelivered, rest: body}
	h := UndeliveredHead{Hops: p.octet(), Told: p.address(), To: p.address()}
	h.Reason = p.text("reason", p.uvarint(), MaxReason)
	if len(p.rest) == 1 && p.rest[0] == 0 { // all there is
		return h, nil, p.err
	}
	h.Type = p.typeNumber()
	return h, p.rest, p.err
}

// AppendType appends the body of a Type.
func AppendType(b []byte, number uint64, name string) []byte {
	return append(binary.AppendUvarint(b, number), name...)
}

// ParseType returns what the body of a Type says.
func ParseType(body []byte) (number uint64, name string, err error) {
	p := parser{kind: Type, rest: body}
	number = p.typeNumber()
	name = p.text("name", uint64(len(p.rest)), MaxTypeName)
	if name == "" {
		p.fail("its name is empty")
	}
	return number, name, p.err
}

// AppendGoodbye appends the body of a Goodbye: the text of reason, of which what
// is beyond MaxReason bytes is cut off. A nil reason has no text.
func AppendGoodbye(b []byte, reason error) []byte {
	if reason == nil {
		return b
	}
	return append(b, clean(reason.Error(), MaxReason)...)
}

// ParseGoodbye returns the reason that the body of a Goodbye says.
func ParseGoodbye(body []byte) (string, error) {
	p := parser{kind: Goodbye, rest: body}
	reason := p.text("reason", uint64(len(body)), MaxReason)
	return reason, p.err
}
