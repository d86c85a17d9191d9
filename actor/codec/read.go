package codec

import (
	"encoding/binary"
	"math"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// not is the error for a value of another kind than what is wanted.
func (r *unpacker) not(what string) error {
	if r.at == len(r.b) {
		return cutShort()
	}
	return problem("it is not %s (%#02x)", what, r.b[r.at])
}

func cutShort() error { return problem("it is cut short") }

func (r *unpacker) isNil() bool {
	if r.peek() != msgpcode.Nil {
		return false
	}
	r.at++
	return true
}

// fixed returns the big endian number in the size bytes behind the first of the next
// value, and passes both.
func (r *unpacker) fixed(size int) (uint64, bool) {
	b := r.b[r.at+1:]
	if len(b) < size {
		return 0, false
	}
	r.at += 1 + size
	switch size {
	case 1:
		return uint64(b[0]), true
	case 2:
		return uint64(binary.BigEndian.Uint16(b)), true
	case 4:
		return uint64(binary.BigEndian.Uint32(b)), true
	}
	return binary.BigEndian.Uint64(b), true
}

// whole reads an integer, or a float that is one. It is n if negative, else
// uint64(n).
func (r *unpacker) whole() (n int64, negative bool, err error) {
	c := r.peek()
	switch {
	case c <= 0x7f:
		r.at++
		return int64(c), false, nil
	case c >= 0xe0:
		r.at++
		return int64(int8(c)), true, nil
	case c >= msgpcode.Uint8 && c <= msgpcode.Uint64:
		u, ok := r.fixed(1 << (c - msgpcode.Uint8))
		if !ok {
			return 0, false, cutShort()
		}
		return int64(u), false, nil
	case c >= msgpcode.Int8 && c <= msgpcode.Int64:
		size := 1 << (c - msgpcode.Int8)
		u, ok := r.fixed(size)
		if !ok {
			return 0, false, cutShort()
		}
		unused := 64 - 8*size
		n = int64(u<<unused) >> unused
		return n, n < 0, nil
	case c == msgpcode.Float || c == msgpcode.Double:
		f, err := r.float()
		switch {
		case err != nil:
			return 0, false, err
		case f != math.Trunc(f) || f < -1<<63 || f >= 1<<64:
			return 0, false, problem("%g is not an integer", f)
		case f < 0:
			return int64(f), true, nil
		}
		return int64(uint64(f)), false, nil
	}
	return 0, false, r.not("an integer")
}

func (r *unpacker) integer(size int) (int64, error) {
	n, negative, err := r.whole()
	if err == nil && !negative && n < 0 {
		return 0, problem("%d does not fit int64", uint64(n))
	}
	if unused := 64 - 8*size; err == nil && n<<unused>>unused != n {
		return 0, problem("%d does not fit int%d", n, 8*size)
	}
	return n, err
}

func (r *unpacker) unsigned(size int) (uint64, error) {
	n, negative, err := r.whole()
	if err == nil && negative {
		return 0, problem("%d is negative", n)
	}
	u := uint64(n)
	if unused := 64 - 8*size; err == nil && u<<unused>>unused != u {
		return 0, problem("%d does not fit uint%d", u, 8*size)
	}
	return u, err
}

func (r *unpacker) float() (float64, error) {
	switch c := r.peek(); {
	case c == msgpcode.Double:
		u, ok := r.fixed(8)
		if !ok {
			return 0, cutShort()
		}
		return math.Float64frombits(u), nil
	case c == msgpcode.Float:
		u, ok := r.fixed(4)
		if !ok {
			return 0, cutShort()
		}
		return float64(math.Float32frombits(uint32(u))), nil
	case msgpcode.IsFixedNum(c) || c >= msgpcode.Uint8 && c <= msgpcode.Int64:
		n, negative, err := r.whole()
		if err != nil || negative {
			return float64(n), err
		}
		return float64(uint64(n)), nil
	}
	return 0, r.not("a number")
}

// text returns the bytes of a string, in the body.
func (r *unpacker) text() (b []byte, err error) {
	switch c := r.peek(); {
	case msgpcode.IsFixedString(c):
		r.at++
		b, err = r.next(uint64(c & msgpcode.FixedStrMask))
	case c >= msgpcode.Str8 && c <= msgpcode.Str32:
		b, err = r.counted(1 << (c - msgpcode.Str8))
	default:
		return nil, r.not("a string")
	}
	if err == nil && !utf8.Valid(b) {
		return nil, problem("a string is not UTF-8")
	}
	return b, err
}

// bytes returns the bytes of a bin, in the body.
func (r *unpacker) bytes() ([]byte, error) {
	if c := r.peek(); c >= msgpcode.Bin8 && c <= msgpcode.Bin32 {
		return r.counted(1 << (c - msgpcode.Bin8))
	}
	return nil, r.not("bytes")
}

// counted returns as many bytes as the number of that size says.
func (r *unpacker) counted(size int) ([]byte, error) {
	n, ok := r.fixed(size)
	if !ok {
		return nil, cutShort()
	}
	return r.next(n)
}

func (r *unpacker) next(n uint64) ([]byte, error) {
	if n > uint64(len(r.b)-r.at) {
		return nil, cutShort()
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at], nil
}

// count reads the head of an array or a map, and returns how many values follow, or
// pairs of them. There are bytes for as many.
func (r *unpacker) count(fixed, code byte, each int, what string) (int, error) {
	n, ok := uint64(0), true
	switch c := r.peek(); {
	case c&0xf0 == fixed:
		r.at++
		n = uint64(c & 0x0f)
	case c == code:
		n, ok = r.fixed(2)
	case c == code+1:
		n, ok = r.fixed(4)
	default:
		return 0, r.not(what)
	}
	if !ok || n > uint64((len(r.b)-r.at)/each) {
		return 0, cutShort()
	}
	return int(n), nil
}

// instant reads a timestamp.
func (r *unpacker) instant(v reflect.Value) error {
	width, size, ok := 0, uint64(0), false
	if c := r.peek(); c == msgpcode.FixExt4 || c == msgpcode.FixExt8 || c == msgpcode.Ext8 {
		width, size, _, ok = wire.Head(r.b[r.at:])
	}
	if at := r.at + width; !ok || at >= len(r.b) || r.b[at] != timeExt {
		return r.not("a time")
	}
	b, err := r.next(uint64(width) + size)
	if err != nil {
		return err
	}
	var t time.Time
	switch b = b[width+1:]; len(b) {
	case 4:
		t = time.Unix(int64(binary.BigEndian.Uint32(b)), 0)
	case 8:
		n := binary.BigEndian.Uint64(b)
		t = time.Unix(int64(n&(1<<34-1)), int64(n>>34))
	case 12:
		t = time.Unix(int64(binary.BigEndian.Uint64(b[4:])), int64(binary.BigEndian.Uint32(b)))
	default:
		return problem("it is not a time")
	}
	*v.Addr().Interface().(*time.Time) = t.UTC()
	return nil
}

// address reads an address, and says that it passed.
func (r *unpacker) address(p *plan, v reflect.Value) error {
	if r.isNil() {
		return nil
	}
	rest := r.b[r.at:]
	if len(rest) < 3 || rest[0] != msgpcode.Ext8 || rest[1] != transport.AddressSize || rest[2] != wire.AddressExt {
		return r.not("an address")
	}
	if len(rest) < 3+transport.AddressSize {
		return cutShort()
	}
	r.at += 3 + transport.AddressSize
	a := transport.AddressOf([transport.AddressSize]byte(rest[3:]))
	if r.passed != nil && !a.IsZero() {
		r.passed(a)
	}
	if p.typ == addressType {
		*v.Addr().Interface().(*transport.Address) = a
		return nil
	}
	r.codec.addresses.In(a, v)
	return nil
}

// opaque returns the bytes of the next value, in the body, and says which
// addresses pass in it.
func (r *unpacker) opaque() ([]byte, error) {
	n, err := scan(r.b[r.at:], maxDepth-r.depth, r.passed)
	if err != nil {
		return nil, err
	}
	return r.next(uint64(n))
}

// unknown reads the next value as it is.
func (r *unpacker) unknown(name string) (Unknown, error) {
	b, err := r.opaque()
	return Unknown{Type: name, body: append([]byte(nil), b...)}, err
}
