package wire

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport"
)

// A Side says for which messages a Credit is.
type Side uint8

// The sides.
const (
	OutsideSessions Side = iota
	ToSubscriber         // said by the subscriber of a session, of what came to it
	ToPublisher          // said by its publisher
)

// A CreditHead is a Credit.
type CreditHead struct {
	Side    Side
	Session uint64 // zero outside sessions, else from 1
	Bytes   uint64 // from 1
}

// AppendCredit appends the body of a Credit.
func AppendCredit(b []byte, h CreditHead) []byte {
	b = append(b, byte(h.Side))
	b = binary.AppendUvarint(b, h.Session)
	return binary.AppendUvarint(b, h.Bytes)
}

// ParseCredit returns what the body of a Credit says.
func ParseCredit(body []byte) (CreditHead, error) {
	p := parser{kind: Credit, rest: body}
	h := CreditHead{Side: Side(p.octet()), Session: p.uvarint(), Bytes: p.uvarint()}
	switch {
	case h.Side > ToPublisher:
		p.fail("its side is %d, 0 to %d are allowed", h.Side, ToPublisher)
	case (h.Session == 0) != (h.Side == OutsideSessions):
		p.fail("its session is %d, its side %d", h.Session, h.Side)
	case h.Bytes == 0:
		p.fail("it gives nothing")
	case len(p.rest) > 0:
		p.fail("%d bytes follow it", len(p.rest))
	}
	if p.err != nil {
		return CreditHead{}, p.err
	}
	return h, nil
}

// A PartHead is a Part without its bytes.
type PartHead struct {
	Number uint64 // from 1
	First  bool
	Kind   transport.Kind // counts only if First: Message, DataOut or DataBack
	Size   uint64         // counts only if First: of the whole body, PartSize+1 to MaxMessage
}

// AppendPart appends the head of a Part; the bytes follow.
func AppendPart(b []byte, h PartHead) []byte {
	b = binary.AppendUvarint(b, h.Number)
	if !h.First {
		return append(b, 0)
	}
	b = append(b, 1, byte(h.Kind))
	return binary.AppendUvarint(b, h.Size)
}

// ParsePart returns the head of a Part and its bytes, which are a part of body.
func ParsePart(body []byte) (PartHead, []byte, error) {
	p := parser{kind: Part, rest: body}
	h := PartHead{Number: p.uvarint()}
	if h.Number == 0 {
		p.fail("it has no number")
	}
	if h.First = p.flag(); h.First {
		h.Kind, h.Size = transport.Kind(p.octet()), p.uvarint()
		switch {
		case h.Kind < Message || h.Kind > DataBack:
			p.fail("it is of a frame of kind %d", h.Kind)
		case h.Size <= PartSize || h.Size > MaxMessage:
			p.fail("the whole has %d bytes, %d to %d are allowed", h.Size, PartSize+1, MaxMessage)
		}
	}
	if p.err == nil && len(p.rest) == 0 {
		p.fail("it has no bytes")
	}
	if p.err != nil {
		return PartHead{}, nil, p.err
	}
	return h, p.rest, nil
}
