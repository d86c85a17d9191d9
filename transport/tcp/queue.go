package tcp

import (
	"slices"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// pieceSize is how long a piece of a queue grows, and how much a link that has
// nothing to say keeps for later. A frame that is longer has a piece of its own.
const pieceSize = 64 << 10

// A queue is the frames that are not written yet, in pieces. While the first is
// written frames may be added behind it: what was handed out does not change. So
// nothing is moved however long the queue becomes.
type queue struct {
	pieces [][]byte // the last one grows
	done   int      // how much of the first is written
	size   int      // bytes that are not written
	spare  []byte   // a piece to be used again
}

// add appends a frame.
func (q *queue) add(kind transport.Kind, body []byte) {
	size := wire.HeadSize + len(body)
	q.size += size
	last := len(q.pieces) - 1
	if last < 0 || len(q.pieces[last])+size > pieceSize {
		b := q.spare
		q.spare = nil
		if b == nil && last >= 0 { // it will be filled, most likely
			b = make([]byte, 0, max(size, pieceSize))
		}
		q.pieces = append(q.pieces, b)
		last++
	}
	q.pieces[last] = wire.AppendFrame(q.pieces[last], kind, body)
}

// first returns what is to be written next, which is nothing if nothing is queued.
func (q *queue) first() []byte {
	if len(q.pieces) == 0 {
		return nil
	}
	return q.pieces[0][q.done:]
}

// wrote takes away n bytes of that.
func (q *queue) wrote(n int) {
	q.size -= n
	q.done += n
	if len(q.pieces) == 0 || q.done < len(q.pieces[0]) {
		return
	}
	q.done = 0
	if b := q.pieces[0]; cap(b) <= pieceSize {
		q.spare = b[:0]
	}
	q.pieces = slices.Delete(q.pieces, 0, 1)
}
