package tcp

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// What comes out of a schedule is what went in: whole frames, in order within each
// lane, and none of a lane before control that was sent earlier; though it goes on
// growing while a part of it is out. Empty, it holds no lane and little memory.
func TestScheduleKeepsOrder(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		var s schedule
		sent := make([]uint32, 6) // frames of each lane; the last is control
		var made [5]lane
		waits := 0
		var out []byte
		var lent, copied []byte // what is being written
		add := func(to int) {
			size := 8 + r.IntN(300)
			if r.IntN(100) == 0 {
				size = 8 + r.IntN(3*pieceSize)
			}
			body := bytes.Repeat([]byte{byte(r.Uint32())}, size)
			binary.BigEndian.PutUint32(body, sent[to])
			binary.BigEndian.PutUint32(body[4:], sent[5]) // control before it
			sent[to]++
			waits += wire.HeadSize + size
			if to == 5 {
				s.add(nil, transport.Kind(32+to), body)
			} else {
				s.add(&made[to], transport.Kind(32+to), body)
			}
		}
		wrote := func(n int) {
			out = append(out, lent[:n]...)
			s.wrote(n)
			waits -= n
			lent = nil
		}
		for i := range 6000 {
			switch {
			case r.IntN(2) == 0:
				add(r.IntN(6))
			case i/500%2 == 0: // one lane has it for itself at times
				add(3)
			case lent == nil:
				lent = s.first()
				copied = bytes.Clone(lent)
			default:
				if !bytes.Equal(lent, copied) {
					t.Fatalf("seed %d: what was lent has changed", seed)
				}
				n := len(lent)
				if n > 0 && r.IntN(2) == 0 {
					n = r.IntN(n)
				}
				wrote(n)
			}
			if s.size != waits {
				t.Fatalf("seed %d: its size is %d, want %d", seed, s.size, waits)
			}
		}
		for s.size > 0 {
			lent = s.first()
			wrote(len(lent))
		}
		got := make([]uint32, len(sent))
		for reader := wire.NewReader(bytes.NewReader(out)); ; {
			kind, body, err := reader.Next(wire.MaxFrame)
			if err != nil {
				break
			}
			to := int(kind) - 32
			if n := binary.BigEndian.Uint32(body); n != got[to] {
				t.Fatalf("seed %d: of lane %d came frame %d, want %d", seed, to, n, got[to])
			}
			got[to]++
			if before := binary.BigEndian.Uint32(body[4:]); to != 5 && before > got[5] {
				t.Fatalf("seed %d: a frame came after %d of control, want %d before it", seed, got[5], before)
			}
		}
		for to := range sent {
			if got[to] != sent[to] || sent[to] < 100 {
				t.Errorf("seed %d: %d frames of lane %d came, %d were sent", seed, got[to], to, sent[to])
			}
		}
		s.first()
		s.chunks.shrink()
		if d := (schedule{chunks: s.chunks}); s != d || s.chunks.count != [4]int{s.chunks.count[0], 0, 0, 0} || s.chunks.count[0] > 1 {
			t.Errorf("seed %d: empty, it keeps %+v", seed, s)
		}
		for i := range made {
			if l := &made[i]; l.listed || !l.queue.empty() || l.next != nil {
				t.Errorf("seed %d: empty, lane %d keeps %+v", seed, i, made[i])
			}
		}
	}
}

// drained empties a schedule and returns the kinds of the frames that come out.
func drained(s *schedule) (kinds []byte) {
	var out []byte
	for b := s.first(); b != nil; b = s.first() {
		out = append(out, b...)
		s.wrote(len(b))
	}
	for len(out) > 0 {
		n := frameLength(out)
		kinds = append(kinds, out[4])
		out = out[n:]
	}
	return kinds
}

// TestScheduleIsFair shows who goes before whom.
func TestScheduleIsFair(t *testing.T) {
	var s schedule
	var a, b, c lane
	full := make([]byte, quantum-wire.HeadSize)
	for range 6 {
		s.add(&a, 'a', full)
	}
	for range 3 {
		s.add(&b, 'b', full)
		s.add(&b, 'b', nil)
	}
	s.add(&c, 'c', nil)
	s.add(nil, 'X', nil)
	if got, want := string(drained(&s)), "Xabcabbabbabaa"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}

	// Bytes count, not frames: a has frames eight times as long, and b goes in between.
	s, a, b = schedule{}, lane{}, lane{}
	for range 2 {
		s.add(&a, 'a', make([]byte, 8*quantum-wire.HeadSize))
	}
	for range 14 {
		s.add(&b, 'b', full)
	}
	if got, want := string(drained(&s)), "abbbbbbbbabbbbbb"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
}

// TestNewLaneGoesFirst shows that a frame in a lane that was empty passes megabytes of
// others, and that a lane does not stay new by saying little at a time.
func TestNewLaneGoesFirst(t *testing.T) {
	var s schedule
	var a, b, c lane
	full := make([]byte, 1000)
	for range 5000 {
		s.add(&a, 'a', full)
		s.add(&b, 'b', full)
	}
	count := func() (kinds [256]int) {
		out := s.first()
		for rest := out; len(rest) > 0; rest = rest[frameLength(rest):] {
			kinds[rest[4]]++
		}
		if out[4] == 'c' {
			kinds['c'] += 100 // it is first
		}
		s.wrote(len(out))
		return kinds
	}
	count()
	s.add(&c, 'c', nil)
	if got := count(); got['c'] != 101 {
		t.Errorf("the piece after a frame was sent in a fresh lane has %v of it, want that it begins with it", got['c'])
	}
	// One more as soon as one is out, a hundred times: it never is the first again,
	// as it waits behind the others.
	turns := 0
	for range 100 {
		s.add(&c, 'c', full)
		got := count()
		if got['c']%100 != 1 {
			t.Fatalf("a piece has %d frames of the lane that always says one, want 1", got['c']%100)
		}
		turns += got['c'] / 100
	}
	if turns == 0 || s.size == 0 {
		t.Errorf("first %d times, %d bytes are left: nothing was shown", turns, s.size)
	}
}

// A lane that says one frame before each piece, where a round of the others takes more
// than one, goes first once a round and no more.
func TestLaneThatSaysLittleWaitsForItsRound(t *testing.T) {
	var s schedule
	busy := make([]lane, 2*pieceSize/quantum)
	full := make([]byte, quantum-wire.HeadSize)
	const pieces = 60
	for i := range busy {
		for range pieces {
			s.add(&busy[i], 'a', full)
		}
	}
	var c lane
	first := 0
	for range pieces {
		s.add(&c, 'c', nil)
		out := s.first()
		if out[4] == 'c' {
			first++
		}
		s.wrote(len(out))
	}
	if first < pieces/4 || first > pieces*2/3 {
		t.Errorf("it went first in %d of %d pieces, want about half", first, pieces)
	}
}

// A frame that is longer than a piece is paid for in the rounds that follow.
func TestLongFramesArePaidFor(t *testing.T) {
	var s schedule
	var a, b lane
	const long = pieceSize + 1000
	for range 10 {
		s.add(&a, 'a', make([]byte, long))
	}
	for range 10 * long / 1000 {
		s.add(&b, 'b', make([]byte, 1000))
	}
	sent := map[byte]int{}
	for sent['a'] < 5*long {
		out := s.first()
		for rest := out; len(rest) > 0; rest = rest[frameLength(rest):] {
			sent[rest[4]] += frameLength(rest)
		}
		s.wrote(len(out))
	}
	if least := sent['a'] - 2*long; sent['b'] < least {
		t.Errorf("long frames have %d bytes, short ones %d, want at least %d", sent['a'], sent['b'], least)
	}
}

// A lane is what each end of a session has, of which there may be 100 000.
func TestLaneIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(lane{}); size > 48 {
		t.Errorf("a lane has %d bytes, want 48 at most", size)
	}
}

// TestScheduleAllocatesNothing shows that frames cost no memory once there are spare chunks.
func TestScheduleAllocatesNothing(t *testing.T) {
	var s schedule
	made := make([]lane, 40)
	body := make([]byte, 80)
	round := func() {
		for i := range made {
			for range i {
				s.add(&made[i], 40, body)
			}
		}
		s.add(nil, 41, body)
		for b := s.first(); b != nil; b = s.first() {
			s.wrote(len(b))
		}
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations for %d frames, want none", n, 40*39/2+1)
	}
}
