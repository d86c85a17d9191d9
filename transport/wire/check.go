package wire

import (
	"encoding/binary"
	"fmt"
)

// MaxDepth is how many arrays and maps may be within one another (R17). How many
// values there may be in all follows from the bytes: each takes one.
const MaxDepth = 32

// Check reports whether body is exactly one msgpack value that is safe to give to
// a decoder: every length is covered by bytes that are there, and arrays and maps are
// at most MaxDepth deep. What a decoder sets aside for a value may still be many times
// its bytes: that is for the decoder to bound, as it knows what its types take. Check
// looks at each head once, does not recurse and, but for the error, does not allocate.
// Strings are not examined.
func Check(body []byte) error {
	var (
		left    [MaxDepth]uint64 // values still to come in each open array or map
		depth   int              // how many are open
		pending = uint64(1)      // values still to come in all
		at      = 0              // where the next head is
	)
	for pending > 0 {
		if at >= len(body) {
			return broken(at, "it ends too early")
		}
		pending--
		for depth > 0 && left[depth-1] == 0 {
			depth--
		}
		if depth > 0 {
			left[depth-1]--
		}
		width, size, children, ok := Head(body[at:])
		if !ok {
			return broken(at, "it ends too early, or has the byte c1, which means nothing")
		}
		if rest := uint64(len(body) - at - width); size > rest {
			return broken(at, "%d bytes are said to follow, %d do", size, rest)
		}
		at += width + int(size)
		if children == 0 {
			continue
		}
		pending += children
		if rest := uint64(len(body) - at); pending > rest {
			return broken(at, "%d elements are said to follow, in %d bytes", pending, rest)
		}
		if depth == MaxDepth {
			return broken(at, "it is more than %d deep", MaxDepth)
		}
		left[depth] = children
		depth++
	}
	if at < len(body) {
		return broken(at, "%d bytes follow the value", len(body)-at)
	}
	return nil
}

// Skip returns what follows the first value of b, where b is a part of a body that
// has passed [Check]. It does not recurse.
func Skip(b []byte) ([]byte, error) {
	for pending, at := uint64(1), 0; ; {
		if at == len(b) {
			return nil, broken(at, "it ends too early")
		}
		width, size, children, ok := Head(b[at:])
		if !ok || uint64(len(b)-at-width) < size {
			return nil, broken(at, "it ends too early")
		}
		at += width + int(size)
		if pending += children - 1; pending == 0 {
			return b[at:], nil
		}
	}
}

// head reads the head of the value at the start of b, which is not empty: the
// head's width, how many bytes of its own follow, and how many values.
func Head(b []byte) (width int, size, children uint64, ok bool) {
	switch c := b[0]; {
	case c <= 0x7f || c >= 0xe0: // small integers
		return 1, 0, 0, true
	case c <= 0x8f: // fixmap
		return 1, 0, 2 * uint64(c&0x0f), true
	case c <= 0x9f: // fixarray
		return 1, 0, uint64(c & 0x0f), true
	case c <= 0xbf: // fixstr
		return 1, uint64(c & 0x1f), 0, true
	case c == 0xc1: // never used
		return 0, 0, 0, false
	case c <= 0xc3: // nil, false, true
		return 1, 0, 0, true
	case c <= 0xc6: // bin 8, 16, 32
		width, size, ok = number(b, 1<<(c-0xc4))
		return width, size, 0, ok
	case c <= 0xc9: // ext 8, 16, 32: one byte more, its type
		width, size, ok = number(b, 1<<(c-0xc7))
		return width, size + 1, 0, ok
	case c <= 0xcb: // float 32, 64
		return 1, 4 << (c - 0xca), 0, true
	case c <= 0xcf: // uint 8, 16, 32, 64
		return 1, 1 << (c - 0xcc), 0, true
	case c <= 0xd3: // int 8, 16, 32, 64
		return 1, 1 << (c - 0xd0), 0, true
	case c <= 0xd8: // fixext 1, 2, 4, 8, 16: one byte more, its type
		return 1, 1 + 1<<(c-0xd4), 0, true
	case c <= 0xdb: // str 8, 16, 32
		width, size, ok = number(b, 1<<(c-0xd9))
		return width, size, 0, ok
	case c <= 0xdd: // array 16, 32
		width, children, ok = number(b, 2<<(c-0xdc))
		return width, 0, children, ok
	default: // map 16, 32
		width, children, ok = number(b, 2<<(c-0xde))
		return width, 0, 2 * children, ok
	}
}

// number reads the number of n bytes after the first of b, and returns the width
// of both.
func number(b []byte, n int) (width int, v uint64, ok bool) {
	if len(b) <= n {
		return 0, 0, false
	}
	switch n {
	case 1:
		v = uint64(b[1])
	case 2:
		v = uint64(binary.BigEndian.Uint16(b[1:]))
	default:
		v = uint64(binary.BigEndian.Uint32(b[1:]))
	}
	return 1 + n, v, true
}

// A ValueError says why [Check] refuses a value.
type ValueError struct {
	At     int // offset in the body
	Reason string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("msgpack value at byte %d: %s", e.At, e.Reason)
}

func broken(at int, format string, args ...any) error {
	return &ValueError{at, fmt.Sprintf(format, args...)}
}
