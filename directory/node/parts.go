package node

import (
	"fmt"
	"slices"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// The limits of messages that come in parts, for each link. What goes beyond the
// bytes is given back without the message; more wholes at once no honest peer sends.
const (
	maxWholes     = 4096
	maxAssembling = 4 * wire.MaxMessage // bytes of them, as they are announced
)

// A whole is a message that comes in parts.
type whole struct {
	kind transport.Kind
	size int
	body []byte  // what has come; of one that is refused, its head
	come int     // bytes
	flow *inflow // nil: its session is over
	kept int64   // what it takes of the window until it is taken
	held int64   // what it takes in memory
	drop error   // why it is refused; nil: it is not
}

// part takes a Part, and the whole message with the last one.
func (l *link) part(body []byte) error {
	head, bytes, err := wire.ParsePart(body)
	if err != nil {
		return err
	}
	w := l.parts[head.Number]
	switch {
	case head.First == (w != nil):
		return &transport.FrameError{Kind: wire.Part, Reason: fmt.Sprintf("whole %d: first or not, this part does not fit what came before", head.Number)}
	case head.First && len(l.parts) == maxWholes:
		return &transport.FrameError{Kind: wire.Part, Reason: fmt.Sprintf("%d messages come in parts already", maxWholes)}
	case head.First:
		if w, err = l.begin(head, bytes); err != nil {
			return err
		}
		l.parts[head.Number] = w
		l.assembling += w.size
	}
	if w.come += len(bytes); w.come > w.size {
		return &transport.FrameError{Kind: wire.Part, Reason: fmt.Sprintf("whole %d: more came than was announced", head.Number)}
	}
	if err := w.take(l, bytes, cost(len(body))); err != nil {
		return err
	}
	if w.come < w.size {
		return nil
	}
	delete(l.parts, head.Number)
	l.assembling -= w.size
	return l.assembled(w)
}

// begin takes the announcement of a message, and looks whose window it is in.
func (l *link) begin(head wire.PartHead, bytes []byte) (*whole, error) {
	w := &whole{kind: head.Kind, size: int(head.Size)}
	if head.Kind == wire.Message {
		w.flow = &l.in
		h, value, err := wire.ParseMessage(bytes)
		if err != nil {
			return nil, err
		}
		if err := l.undeliverable(h.To); err != nil {
			w.drop = fmt.Errorf("%w; %s", err, tooLong(w.size-len(bytes)+len(value)))
		}
	} else {
		h, _, err := wire.ParseData(head.Kind, bytes)
		if err != nil {
			return nil, err
		}
		if s, _, _ := l.find(dataEnd(head.Kind, h)); s != nil {
			w.flow = &s.in
		} else {
			w.drop = transport.ErrEnded
		}
	}
	if w.drop == nil && (l.assembling+w.size > maxAssembling || l.crowded()) {
		w.drop = transport.ErrOverloaded
	}
	if w.drop != nil {
		w.body = headOf(bytes)
	}
	return w, nil
}

// headOf is what is kept of a message that is refused: it says whose it is.
func headOf(body []byte) []byte { return slices.Clone(body[:min(len(body), headRoom)]) }

// undeliverable returns why a message cannot go to an address, as far as that is known
// before it is there; nil: it can.
func (l *link) undeliverable(to transport.Address) error {
	if to.Process == l.n.self {
		if !l.n.Mint.Made(to) {
			return errNoAddress
		}
	} else if l.onward(to.Process) == nil {
		return transport.ErrUnreachable
	}
	return nil
}

// add appends bytes. Once a quarter has come there is room for all: what is announced
// sets no memory aside, and what has come is not copied over and over.
func (w *whole) add(bytes []byte) {
	if need := len(w.body) + len(bytes); need > cap(w.body) {
		room := min(4*need, w.size)
		if need >= w.size/4 {
			room = w.size
		}
		w.body = append(make([]byte, 0, max(room, need)), w.body...)
	}
	w.body = append(w.body, bytes...)
}

// take keeps the bytes of one part. Half a window is kept until the message is taken;
// what is beyond may be sent anew at once.
func (w *whole) take(l *link, bytes []byte, cost int) error {
	if w.flow != nil {
		if err := w.flow.receive(wire.Part, cost); err != nil {
			return err
		}
		w.held += int64(cost)
		w.kept += int64(cost)
		if beyond := w.kept - w.flow.window()/2; beyond > 0 {
			w.kept -= beyond
			w.flow.settle(beyond)
		}
	}
	if w.drop == nil {
		w.add(bytes)
		if !l.crowded() {
			return nil
		}
		w.drop = transport.ErrOverloaded
		w.body = headOf(w.body)
	}
	l.release(w.held) // nothing is held of what is refused
	w.held = 0
	return nil
}

// assembled takes a message that has come whole.
func (l *link) assembled(w *whole) error {
	due := Due{}
	if w.flow != nil {
		due = Due{flow: &inflow{link: l, side: w.flow.side, parent: w.flow, received: w.kept}, bytes: int32(w.held)}
	}
	if w.kind == wire.Message {
		return l.message(w.body, due, w.drop)
	}
	return l.data(w.kind, w.body, due, w.drop)
}

// dropParts forgets what has not come whole when nothing more will.
func (l *link) dropParts() {
	for _, w := range l.parts {
		l.release(w.held)
	}
	clear(l.parts)
}
