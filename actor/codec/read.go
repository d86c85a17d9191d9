package codec

import (
	"io"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
)

func (r *unpacker) Read(b []byte) (int, error) {
	if r.at == len(r.b) {
		return 0, io.EOF
	}
	n := copy(b, r.b[r.at:])
	r.at += n
	return n, nil
}

func (r *unpacker) ReadByte() (byte, error) {
	if r.at == len(r.b) {
		return 0, io.EOF
	}
	r.at++
	return r.b[r.at-1], nil
}

func (r *unpacker) UnreadByte() error {
	if r.at == 0 {
		return io.EOF
	}
	r.at--
	return nil
}

// not is the error for a value of another kind than what is wanted.
func (r *unpacker) not(what string) error {
	if r.at == len(r.b) {
		return problem("it is cut short")
	}
	return problem("it is not %s (%#02x)", what, r.b[r.at])
}

func (r *unpacker) isNil() bool {
	if r.peek() != msgpcode.Nil {
		return false
	}
	r.at++
	return true
}

func isInteger(c byte) bool {
	return msgpcode.IsFixedNum(c) || c >= msgpcode.Uint8 && c <= msgpcode.Int64
}

func (r *unpacker) integer() (int64, error) {
	c := r.peek()
	if !isInteger(c) {
		return 0, r.not("an integer")
	}
	n, err := r.dec.DecodeInt64()
	if err != nil {
		return 0, problem("it is cut short")
	}
	if c == msgpcode.Uint64 && n < 0 {
		return 0, problem("%d does not fit int64", uint64(n))
	}
	return n, nil
}

func (r *unpacker) unsigned() (uint64, error) {
	c := r.peek()
	if !isInteger(c) {
		return 0, r.not("an integer")
	}
	n, err := r.dec.DecodeInt64()
	if err != nil {
		return 0, problem("it is cut short")
	}
	if c != msgpcode.Uint64 && n < 0 {
		return 0, problem("%d is negative", n)
	}
	return uint64(n), nil
}

func (r *unpacker) float() (float64, error) {
	c := r.peek()
	if isInteger(c) {
		n, err := r.dec.DecodeInt64()
		if err != nil {
			return 0, problem("it is cut short")
		}
		if c == msgpcode.Uint64 {
			return float64(uint64(n)), nil
		}
		return float64(n), nil
	}
	if c != msgpcode.Float && c != msgpcode.Double {
		return 0, r.not("a number")
	}
	f, err := r.dec.DecodeFloat64()
	if err != nil {
		return 0, problem("it is cut short")
	}
	return f, nil
}

// text returns the bytes of a string, in the body.
func (r *unpacker) text() ([]byte, error) {
	if !msgpcode.IsString(r.peek()) {
		return nil, r.not("a string")
	}
	b, err := r.counted()
	if err == nil && !utf8.Valid(b) {
		return nil, problem("a string is not UTF-8")
	}
	return b, err
}

// bytes returns the bytes of a bin, in the body.
func (r *unpacker) bytes() ([]byte, error) {
	if !msgpcode.IsBin(r.peek()) {
		return nil, r.not("bytes")
	}
	return r.counted()
}

func (r *unpacker) counted() ([]byte, error) {
	n, err := r.dec.DecodeBytesLen()
	if err != nil || n > len(r.b)-r.at {
		return nil, problem("it is cut short")
	}
	r.at += n
	return r.b[r.at-n : r.at], nil
}

// instant reads a timestamp.
func (r *unpacker) instant(v reflect.Value) error {
	head, size, _, ok := 0, 0, 0, false
	if c := r.peek(); c == msgpcode.FixExt4 || c == msgpcode.FixExt8 || c == msgpcode.Ext8 {
		head, size, _, ok = header(r.b[r.at:])
	}
	if !ok || int8(r.b[r.at+head-1]) != -1 {
		return r.not("a time")
	}
	if size > len(r.b)-r.at-head {
		return problem("it is cut short")
	}
	t, err := r.dec.DecodeTime()
	if err != nil {
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
	if len(rest) < 3 || rest[0] != msgpcode.Ext8 || rest[1] != transport.AddressSize || int8(rest[2]) != AddressExt {
		return r.not("an address")
	}
	if len(rest) < 3+transport.AddressSize {
		return problem("it is cut short")
	}
	r.at += 3 + transport.AddressSize
	a := transport.AddressOf([transport.AddressSize]byte(rest[3:]))
	r.pass(a)
	if p.typ == addressType {
		*v.Addr().Interface().(*transport.Address) = a
		return nil
	}
	v.Set(r.codec.addresses.In(a))
	return nil
}

func (r *unpacker) pass(a transport.Address) {
	if r.passed != nil && !a.IsZero() {
		r.passed(a)
	}
}

// opaque returns the bytes of the next value, in the body, and says which
// addresses pass in it.
func (r *unpacker) opaque() ([]byte, error) {
	n, err := scan(r.b[r.at:], maxDepth-r.depth, func(b []byte) { r.pass(transport.AddressOf([transport.AddressSize]byte(b))) })
	if err != nil {
		return nil, err
	}
	r.at += n
	return r.b[r.at-n : r.at], nil
}

func (r *unpacker) unknown(name string) (Unknown, error) {
	b, err := r.opaque()
	return Unknown{Type: name, body: append([]byte(nil), b...)}, err
}
