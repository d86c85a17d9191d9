package wire

import "github.com/layer-cake/layer-cake/transport"

// AddressExt is the msgpack extension of addresses in messages: 32 bytes, process
// 16, actor 8 and key 8, both big endian. Nobody is nil.
const AddressExt = 1

// Addresses calls passed for each address in body, which has passed [Check], so that
// who only passes a message on knows the way back to them. It decodes nothing else.
func Addresses(body []byte, passed func(transport.Address)) {
	for at := 0; at < len(body); {
		width, size, _, ok := Head(body[at:])
		if !ok || size > uint64(len(body)-at-width) {
			return
		}
		// The head of an extension ends before its type, which counts as its own.
		if b := body[at+width : at+width+int(size)]; size == 1+transport.AddressSize && body[at] == 0xc7 && b[0] == AddressExt {
			if a := transport.AddressOf([transport.AddressSize]byte(b[1:])); !a.IsZero() {
				passed(a)
			}
		}
		at += width + int(size)
	}
}
