package tcp

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// What comes out of a queue is what went in, though it goes on growing while a
// part of it is out; and it keeps no more than it said.
func TestQueuePieces(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		var q queue
		var in, out []byte
		var lent, copied []byte // what is being written
		for range 4000 {
			if r.IntN(2) == 0 {
				size := r.IntN(300)
				if r.IntN(100) == 0 {
					size = r.IntN(3 * pieceSize)
				}
				body := bytes.Repeat([]byte{byte(r.Uint32())}, size)
				kind := transport.Kind(32 + r.IntN(9))
				q.add(kind, body)
				in = wire.AppendFrame(in, kind, body)
			} else if lent == nil {
				lent = q.first()
				copied = bytes.Clone(lent)
			} else {
				n := r.IntN(len(lent) + 1)
				if r.IntN(2) == 0 {
					n = len(lent)
				}
				if !bytes.Equal(lent, copied) {
					t.Fatalf("seed %d: what was lent has changed", seed)
				}
				out = append(out, lent[:n]...)
				q.wrote(n)
				lent = nil
			}
			if q.size != len(in)-len(out) {
				t.Fatalf("seed %d: its size is %d, want %d", seed, q.size, len(in)-len(out))
			}
		}
		for q.size > 0 {
			b := q.first()
			out = append(out, b...)
			q.wrote(len(b))
		}
		if !bytes.Equal(in, out) {
			t.Errorf("seed %d: %d bytes went in, %d others came out", seed, len(in), len(out))
		}
		if len(q.pieces) > 0 || cap(q.spare) > pieceSize {
			t.Errorf("seed %d: empty, it keeps %d pieces and one of %d bytes", seed, len(q.pieces), cap(q.spare))
		}
		if len(in) < 4*pieceSize {
			t.Errorf("seed %d: only %d bytes: nothing was shown", seed, len(in))
		}
	}
}
