package tcp

import (
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// quantum is how many bytes a lane may take out in a round. A frame that is longer is
// paid for in the rounds that follow. It is some frames of usual length, so that
// they are moved together, and little against a piece, so that one has frames of many lanes.
const quantum = 2 << 10

// A schedule says what is written next. Control goes first. The lanes share what is
// left by deficit round robin with two lists, as RFC 8290 (FQ-CoDel), sections 4.1
// and 4.2, has it for flows of packets:
//
//	             Send                   took its quantum
//	not listed ────────▶ fresh, new ─────────────────────▶ old ◀─┐ took its
//	     ▲                 │                                │ │ └─┘ quantum
//	     │ empty, and      │ empty, and old has others      │ │
//	     ├─────────────────┤                                │ │
//	     │ old has none    └────────────────────────────────┘ │ empty
//	     └────────────────────────────────────────────────────┘
//
// A lane that was empty goes before those that always have something, for one
// quantum. One that empties in its first round waits behind the old ones for a round: it
// cannot be new again by saying little at a time.
type schedule struct {
	chunks  chunks
	control queue
	fresh   lanes
	old     lanes
	out     *chunk // is being written
	size    int    // bytes that are not written, those of out too
}

// add queues a frame in a lane, or as control if that is nil.
func (s *schedule) add(l *lane, kind transport.Kind, body []byte) {
	s.size += wire.HeadSize + len(body)
	if l == nil {
		s.control.add(&s.chunks, kind, body)
		return
	}
	l.queue.add(&s.chunks, kind, body)
	if !l.listed {
		l.listed, l.deficit = true, quantum
		s.fresh.push(l)
	}
}

// alone makes a frame what is written next, if nothing is queued.
func (s *schedule) alone(kind transport.Kind, body []byte) {
	size := wire.HeadSize + len(body)
	s.out = s.chunks.get(size)
	s.out.b = wire.AppendFrame(s.out.b, kind, body)
	s.size += size
}

// first returns what is to be written next, which is nothing if nothing is queued.
// It does not change while more is queued.
func (s *schedule) first() []byte {
	if s.out == nil && s.size > 0 {
		s.fill()
	}
	if s.out == nil {
		return nil
	}
	return s.out.rest()
}

// wrote takes away n bytes of that.
func (s *schedule) wrote(n int) {
	if s.out == nil {
		return
	}
	s.size -= n
	if s.out.done += n; s.out.done == len(s.out.b) {
		s.chunks.put(s.out)
		s.out = nil
	}
}

// fill gathers frames up to a piece. A chunk that would be all that is in it is taken as it
// is: one lane that runs flat out, or control, has nothing copied. So is a frame
// that is longer than a piece.
func (s *schedule) fill() {
	total := min(s.size, pieceSize)
	if !s.control.empty() {
		if c := s.control.head; c == s.control.tail && s.fresh.head == nil && s.old.head == nil || len(c.rest()) > pieceSize/2 {
			s.out = s.control.pop()
			return
		}
		s.out = s.chunks.get(total)
		for !s.control.empty() {
			c := s.control.head
			if len(s.out.b)+len(c.rest()) > cap(s.out.b) {
				return
			}
			s.out.b = append(s.out.b, c.rest()...)
			s.chunks.put(s.control.pop())
		}
	}
	for s.fresh.head != nil || s.old.head != nil {
		list := &s.fresh
		if list.head == nil {
			list = &s.old
		}
		l := list.head
		switch {
		case s.out == nil && s.only(l):
			s.out = l.queue.pop() // nobody is there to whom it owes it
			s.leave(list, l)
			return
		case l.queue.empty(): // it has waited for its round
			s.leave(list, l)
		case l.deficit <= 0:
			l.deficit += quantum
			s.old.push(list.pop())
		case s.out == nil && l.queue.length() > pieceSize:
			s.out = l.queue.pop()
			l.deficit -= int32(len(s.out.b))
			s.leave(list, l)
			return
		default:
			if s.out == nil {
				s.out = s.chunks.get(total)
			}
			var n int
			s.out.b, n = l.queue.moveRun(&s.chunks, s.out.b, int(l.deficit))
			if n == 0 {
				return // no room: it is the first of the next piece
			}
			l.deficit -= int32(n)
			s.leave(list, l)
		}
	}
}

// only reports whether l is the one lane that is listed, and has something.
func (s *schedule) only(l *lane) bool {
	return l.next == nil && (s.fresh.head == nil || s.old.head == nil) && !l.queue.empty()
}

// leave takes l, the first of a list, off it if it is empty. A fresh one becomes old
// first, if others are.
func (s *schedule) leave(list *lanes, l *lane) {
	if !l.queue.empty() {
		return
	}
	list.pop()
	if list == &s.fresh && s.old.head != nil {
		s.old.push(l)
		return
	}
	l.listed = false
}
