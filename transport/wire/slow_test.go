package wire_test

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport/wire"
)

// A slow reads msgpack as its specification is written: a value within a value, by
// recursion, one table of the first bytes. It is what Check is held against.
type slow struct {
	body  []byte
	limit bool // the limits of Check hold
}

func newSlow(body []byte) *slow { return &slow{body: body} }

// slowCheck reports whether body is one value within the limits, and nothing more.
func slowCheck(body []byte) bool {
	s := slow{body: body, limit: true}
	size, ok := s.value(0)
	return ok && size == len(body)
}

// lengths has the bytes whose value has its length behind them: of how many bytes the
// length is, how many bytes each of what it counts has, and what comes in addition.
// Where each is a value it is negative: so many of them.
var lengths = map[byte]struct{ width, each, more int }{
	0xc4: {1, 1, 0}, 0xc5: {2, 1, 0}, 0xc6: {4, 1, 0}, // bin
	0xc7: {1, 1, 1}, 0xc8: {2, 1, 1}, 0xc9: {4, 1, 1}, // ext, with its type
	0xd9: {1, 1, 0}, 0xda: {2, 1, 0}, 0xdb: {4, 1, 0}, // str
	0xdc: {2, -1, 0}, 0xdd: {4, -1, 0}, // array
	0xde: {2, -2, 0}, 0xdf: {4, -2, 0}, // map
}

// sizes has those that are always as long, the first byte left aside.
var sizes = map[byte]int{
	0xc0: 0, 0xc2: 0, 0xc3: 0, // nil, false, true
	0xca: 4, 0xcb: 8, // float
	0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, // uint
	0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8, // int
	0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17, // fixext, with its type
}

// value returns how long the value at the start is, that many levels within others.
func (s *slow) value(depth int) (int, bool) {
	if len(s.body) == 0 {
		return 0, false
	}
	first := s.body[0]
	if l, ok := lengths[first]; ok {
		if len(s.body) < 1+l.width {
			return 0, false
		}
		number := make([]byte, 8)
		copy(number[8-l.width:], s.body[1:1+l.width])
		n := int(binary.BigEndian.Uint64(number))
		if l.each < 0 {
			return s.values(1+l.width, -l.each*n, depth)
		}
		return s.bytes(1 + l.width + n*l.each + l.more)
	}
	if n, ok := sizes[first]; ok {
		return s.bytes(1 + n)
	}
	switch {
	case first < 0x80 || first >= 0xe0:
		return s.bytes(1)
	case first < 0x90:
		return s.values(1, 2*int(first&15), depth)
	case first < 0xa0:
		return s.values(1, int(first&15), depth)
	case first < 0xc0:
		return s.bytes(1 + int(first&31))
	}
	return 0, false
}

// bytes takes so many bytes.
func (s *slow) bytes(n int) (int, bool) {
	if n > len(s.body) {
		return 0, false
	}
	s.body = s.body[n:]
	return n, true
}

// values takes a head of that width, and so many values.
func (s *slow) values(width, n, depth int) (int, bool) {
	size, _ := s.bytes(width)
	if n > 0 && (depth == wire.MaxDepth && s.limit || n > len(s.body)) {
		return 0, false
	}
	for range n {
		one, ok := s.value(depth + 1)
		if !ok {
			return 0, false
		}
		size += one
	}
	return size, true
}
