package codec

import (
	"encoding/binary"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// scan returns the size of the value at the beginning of b. It is an error if
// there is none, or if its containers nest deeper than room. It calls passed,
// unless nil, for each address. It does not recurse, so that no
// bytes can overflow the stack.
func scan(b []byte, room int, passed func(transport.Address)) (int, error) {
	var left [maxDepth]int // values still to come in each container that is open
	at, depth := 0, 0
	for {
		if at >= len(b) {
			return 0, problem("it is cut short")
		}
		values := 0
		switch c := b[at]; {
		case c < 0x80 || c >= 0xe0 || c == 0xc0 || c == 0xc2 || c == 0xc3: // most are one of these
			at++
		case c >= 0xa0 && c < 0xc0:
			at += 1 + int(c&0x1f)
		case c >= 0xca && c <= 0xd3:
			at += 1 + int("\x04\x08\x01\x02\x04\x08\x01\x02\x04\x08"[c-0xca]) // floats and integers
		default:
			head, size, n, ok := header(b[at:])
			if !ok {
				return 0, problem("it is cut short, or no msgpack")
			}
			if size > len(b)-at-head || n > len(b)-at-head {
				return 0, problem("it is cut short")
			}
			if passed != nil && c == 0xc7 && size == transport.AddressSize && b[at+2] == wire.AddressExt {
				if a := transport.AddressOf([transport.AddressSize]byte(b[at+head:])); !a.IsZero() {
					passed(a)
				}
			}
			if container := c < 0xa0 || c >= 0xdc; container && depth >= room {
				return 0, problem("it nests too deeply")
			}
			at, values = at+head+size, n
		}
		if at > len(b) {
			return 0, problem("it is cut short")
		}
		if values > 0 {
			left[depth] = values
			depth++
			continue
		}
		for depth > 0 {
			if left[depth-1]--; left[depth-1] > 0 {
				break
			}
			depth--
		}
		if depth == 0 {
			return at, nil
		}
	}
}

// header reads the head of the value at the beginning of b, which is not empty:
// the size of the head, the bytes that belong to it, the values that do.
func header(b []byte) (head, size, values int, ok bool) {
	c := b[0]
	switch {
	case c < 0x80 || c >= 0xe0: // a small integer
		return 1, 0, 0, true
	case c < 0x90: // a small map
		return 1, 0, 2 * int(c&0x0f), true
	case c < 0xa0: // a small array
		return 1, 0, int(c & 0x0f), true
	case c < 0xc0: // a short string
		return 1, int(c & 0x1f), 0, true
	}
	number := func(width int) int {
		if len(b) < 1+width {
			return -1
		}
		switch width {
		case 1:
			return int(b[1])
		case 2:
			return int(binary.BigEndian.Uint16(b[1:]))
		}
		return int(binary.BigEndian.Uint32(b[1:]))
	}
	switch c {
	case 0xc0, 0xc2, 0xc3: // nil, false, true
		return 1, 0, 0, true
	case 0xc4, 0xc5, 0xc6, 0xd9, 0xda, 0xdb: // bin and string, with 1, 2, 4 bytes of length
		width := 1 << (c - 0xc4)
		if c >= 0xd9 {
			width = 1 << (c - 0xd9)
		}
		n := number(width)
		return 1 + width, n, 0, n >= 0
	case 0xc7, 0xc8, 0xc9: // extension, likewise, then its number
		width := 1 << (c - 0xc7)
		n := number(width)
		return 2 + width, n, 0, n >= 0 && len(b) >= 2+width
	case 0xca, 0xcb: // float 32, 64
		return 1, 4 << (c - 0xca), 0, true
	case 0xcc, 0xcd, 0xce, 0xcf: // unsigned 8 to 64
		return 1, 1 << (c - 0xcc), 0, true
	case 0xd0, 0xd1, 0xd2, 0xd3: // signed 8 to 64
		return 1, 1 << (c - 0xd0), 0, true
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8: // extension of 1 to 16 bytes, after its number
		return 2, 1 << (c - 0xd4), 0, len(b) >= 2
	case 0xdc, 0xdd: // array, with 2, 4 bytes of length
		width := 2 << (c - 0xdc)
		n := number(width)
		return 1 + width, 0, n, n >= 0
	case 0xde, 0xdf: // map, likewise
		width := 2 << (c - 0xde)
		n := number(width)
		return 1 + width, 0, 2 * n, n >= 0
	}
	return 0, 0, 0, false // 0xc1
}
