package codec

import (
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
			width, size, n, ok := wire.Head(b[at:])
			if !ok {
				return 0, problem("it is cut short, or no msgpack")
			}
			if rest := uint64(len(b) - at - width); size > rest || n > rest {
				return 0, problem("it is cut short")
			}
			if passed != nil && c == 0xc7 && size == 1+transport.AddressSize && b[at+width] == wire.AddressExt {
				if a := transport.AddressOf([transport.AddressSize]byte(b[at+width+1:])); !a.IsZero() {
					passed(a)
				}
			}
			if container := c < 0xa0 || c >= 0xdc; container && depth >= room {
				return 0, problem("it nests too deeply")
			}
			at, values = at+width+int(size), int(n)
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
