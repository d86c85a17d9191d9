package tcp

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A queue is frames in the order in which they were added. The zero value is empty
// and holds no memory.
type queue struct{ head, tail *chunk }

func (q *queue) empty() bool { return q.head == nil }

// add appends a frame. The last chunk grows eightfold until it has the size of a
// piece; the next has that size at once, as it will be filled, most likely.
func (q *queue) add(k *chunks, kind transport.Kind, body []byte) {
	size := wire.HeadSize + len(body)
	switch c := q.tail; {
	case c == nil:
		q.push(k.get(size))
	case len(c.b)+size <= cap(c.b):
	case len(c.b)+size <= pieceSize:
		q.grow(k, max(len(c.b)+size, min(pieceSize, 8*cap(c.b))))
	default:
		q.push(k.get(max(size, pieceSize)))
	}
	q.tail.b = wire.AppendFrame(q.tail.b, kind, body)
}

func (q *queue) push(c *chunk) {
	if q.tail == nil {
		q.head = c
	} else {
		q.tail.next = c
	}
	q.tail = c
}

// grow gives the last chunk, which is the first then, more room.
func (q *queue) grow(k *chunks, size int) {
	short := q.pop()
	c := k.get(size)
	c.b = append(c.b, short.rest()...)
	k.put(short)
	q.push(c)
}

// pop takes the first chunk out.
func (q *queue) pop() *chunk {
	c := q.head
	q.head = c.next
	if q.head == nil {
		q.tail = nil
	}
	c.next = nil
	return c
}

// length is how long the first frame is.
func (q *queue) length() int { return frameLength(q.head.rest()) }

func frameLength(b []byte) int {
	return wire.HeadSize - 1 + int(binary.BigEndian.Uint32(b))
}

// moveRun moves frames of the first chunk to b, as long as there is room and less
// than most was moved. It returns b and how many bytes these were.
func (q *queue) moveRun(k *chunks, b []byte, most int) ([]byte, int) {
	rest := q.head.rest()
	n := 0
	for n < len(rest) && n < most {
		size := frameLength(rest[n:])
		if len(b)+n+size > cap(b) {
			break
		}
		n += size
	}
	b = append(b, rest[:n]...)
	if q.head.done += n; q.head.done == len(q.head.b) {
		k.put(q.pop())
	}
	return b, n
}
