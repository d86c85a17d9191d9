package wire

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport"
)

// A WatchHead is a Watch.
type WatchHead struct {
	Number uint64 // of the watch, from 1: Unwatch and Ended say it
	Hops   uint8  // how many processes have passed it on
	Actor  transport.Address
}

// AppendWatch appends the body of a Watch.
func AppendWatch(b []byte, h WatchHead) []byte {
	b = binary.AppendUvarint(b, h.Number)
	return h.Actor.Append(append(b, h.Hops))
}

// ParseWatch returns what the body of a Watch says.
func ParseWatch(body []byte) (WatchHead, error) {
	p := parser{kind: Watch, rest: body}
	h := WatchHead{Number: p.watch(), Hops: p.octet(), Actor: p.address()}
	p.end()
	return h, p.err
}

// AppendUnwatch appends the body of an Unwatch.
func AppendUnwatch(b []byte, number uint64) []byte { return binary.AppendUvarint(b, number) }

// ParseUnwatch returns the number of the watch that the body of an Unwatch takes back.
func ParseUnwatch(body []byte) (number uint64, err error) {
	p := parser{kind: Unwatch, rest: body}
	number = p.watch()
	p.end()
	return number, p.err
}

// An EndedHead is an Ended without its value.
type EndedHead struct {
	Number uint64 // of the watch, from 1
	Reason string // why nothing is known of the actor; empty: it has ended. What is beyond MaxReason bytes is cut off
	Type   uint64 // number of the value's type, 1 to MaxTypes; zero: there is no value
}

// AppendEnded appends the head of an Ended; the value follows, if it has a type.
func AppendEnded(b []byte, h EndedHead) []byte {
	b = binary.AppendUvarint(b, h.Number)
	reason := clean(h.Reason, MaxReason)
	b = binary.AppendUvarint(b, uint64(len(reason)))
	b = append(b, reason...)
	return binary.AppendUvarint(b, h.Type)
}

// ParseEnded returns the head of an Ended and its value, which is a part of body.
func ParseEnded(body []byte) (EndedHead, []byte, error) {
	p := parser{kind: Ended, rest: body}
	h := EndedHead{Number: p.watch()}
	h.Reason = p.text("reason", p.uvarint(), MaxReason)
	if len(p.rest) == 1 && p.rest[0] == 0 { // all there is
		return h, nil, p.err
	}
	h.Type = p.typeNumber()
	return h, p.rest, p.err
}

// watch returns the number of a watch.
func (p *parser) watch() uint64 {
	n := p.uvarint()
	if n == 0 {
		p.fail("it has no number")
	}
	return n
}

// end fails if something follows.
func (p *parser) end() {
	if len(p.rest) > 0 {
		p.fail("%d bytes follow it", len(p.rest))
	}
}
