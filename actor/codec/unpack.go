package codec

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
)

// Decode implements [transport.Codec]. A body is not trusted: whatever it holds,
// Decode returns a message or an error, and allocates in proportion to the body.
func (c *Codec) Decode(name string, body []byte, passed func(transport.Address)) (message any, err error) {
	r := c.unpackers.Get().(*unpacker)
	r.b, r.passed = body, passed
	message, err = r.message(name)
	r.b, r.at, r.depth, r.passed = nil, 0, 0, nil
	if err != nil {
		r.dec.Reset(r) // the user's code may have left it in any state
	}
	c.unpackers.Put(r)
	if err != nil {
		return nil, fmt.Errorf("codec.Decode: %s: %w", name, err)
	}
	return message, nil
}

// An unpacker reads values from a slice. It is the decoder's reader, and may
// read beside it, as the decoder buffers nothing from such a reader.
type unpacker struct {
	codec  *Codec
	dec    *msgpack.Decoder
	b      []byte
	at     int
	depth  int
	passed func(transport.Address)
}

func newUnpacker(c *Codec) *unpacker {
	r := &unpacker{codec: c}
	r.dec = msgpack.NewDecoder(r)
	return r
}

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

// message reads the whole body as one value of the named type.
func (r *unpacker) message(name string) (message any, err error) {
	if name == "nil" {
		if len(r.b) != 1 || r.b[0] != msgpcode.Nil {
			return nil, problem("it is not nil")
		}
		return nil, nil
	}
	e := r.codec.entryNamed([]byte(name))
	if e == nil {
		u, err := r.unknown(name)
		if err == nil && r.at != len(r.b) {
			err = problem("there is more than one value")
		}
		return u, err
	}
	// The message is a copy of what is decoded, so what it is decoded into can
	// be used again, unless somebody else knows where it is.
	scratch := e.scratch.Get()
	if scratch == nil {
		scratch = reflect.New(e.plan.typ).Interface()
	}
	v := reflect.ValueOf(scratch).Elem()
	if err := r.guarded(e.plan, v); err != nil {
		return nil, err
	}
	if r.at != len(r.b) {
		return nil, problem("there is more than one value")
	}
	message = v.Interface()
	if !e.plan.keeps {
		v.SetZero()
		e.scratch.Put(scratch)
	}
	return message, nil
}

// guarded is value for types whose own code may panic.
func (r *unpacker) guarded(p *plan, v reflect.Value) (err error) {
	defer recovered(&err)
	return r.value(p, v)
}

// peek returns the first byte of the next value, and 0xc1, which begins none, at
// the end.
func (r *unpacker) peek() byte {
	if r.at == len(r.b) {
		return 0xc1
	}
	return r.b[r.at]
}

// value reads into v, which is settable, zero and of the type of p.
func (r *unpacker) value(p *plan, v reflect.Value) error {
	switch p.class {
	case boolean:
		c := r.peek()
		if c != msgpcode.True && c != msgpcode.False {
			return r.not("a boolean")
		}
		r.at++
		v.SetBool(c == msgpcode.True)
	case integer:
		n, err := r.integer()
		if err != nil {
			return err
		}
		if v.OverflowInt(n) {
			return problem("%d does not fit %s", n, p.typ)
		}
		v.SetInt(n)
	case unsigned:
		n, err := r.unsigned()
		if err != nil {
			return err
		}
		if v.OverflowUint(n) {
			return problem("%d does not fit %s", n, p.typ)
		}
		v.SetUint(n)
	case float:
		f, err := r.float()
		if err != nil {
			return err
		}
		if v.OverflowFloat(f) {
			return problem("%g does not fit %s", f, p.typ)
		}
		v.SetFloat(f)
	case text:
		s, err := r.text()
		if err != nil {
			return err
		}
		v.SetString(string(s))
	case block:
		if r.isNil() {
			return nil
		}
		b, err := r.bytes()
		if err != nil {
			return err
		}
		v.SetBytes(append(make([]byte, 0, len(b)), b...))
	case octets:
		b, err := r.bytes()
		if err != nil {
			return err
		}
		if len(b) != p.size {
			return problem("%d bytes are not the %d of %s", len(b), p.size, p.typ)
		}
		copy(v.Bytes(), b)
	case instant:
		return r.instant(v)
	case address:
		return r.address(p, v)
	case dynamic:
		return r.dynamic(v)
	case vector, array, mapping, record:
		return r.container(p, v)
	default:
		return r.own(p, v)
	}
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
	v.Set(reflect.ValueOf(t.UTC()))
	return nil
}

// address reads an address, and says that it passed.
func (r *unpacker) address(p *plan, v reflect.Value) error {
	if r.isNil() {
		return nil
	}
	rest := r.b[r.at:]
	if len(rest) < 3 || rest[0] != msgpcode.Ext8 || rest[1] != addressSize || int8(rest[2]) != AddressExt {
		return r.not("an address")
	}
	if len(rest) < 3+addressSize {
		return problem("it is cut short")
	}
	r.at += 3 + addressSize
	a := addressOf(rest[3:])
	r.pass(a)
	if p.typ == addressType {
		v.Set(reflect.ValueOf(a))
		return nil
	}
	v.Set(r.codec.addresses.In(a))
	return nil
}

func addressOf(b []byte) (a transport.Address) {
	copy(a.Process[:], b)
	a.Actor = transport.ActorID(binary.BigEndian.Uint64(b[16:]))
	a.Key = binary.BigEndian.Uint64(b[24:])
	return a
}

func (r *unpacker) pass(a transport.Address) {
	if r.passed != nil && !a.IsZero() {
		r.passed(a)
	}
}

// opaque returns the bytes of the next value, in the body, and says which
// addresses pass in it.
func (r *unpacker) opaque() ([]byte, error) {
	n, err := scan(r.b[r.at:], maxDepth-r.depth, func(b []byte) { r.pass(addressOf(b)) })
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

// dynamic reads what is in an any.
func (r *unpacker) dynamic(v reflect.Value) error {
	if r.isNil() {
		return nil
	}
	if r.peek() != msgpcode.FixedArrayLow|2 {
		return r.not("a name and a value")
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	r.at++
	name, err := r.text()
	if err != nil {
		return err
	}
	if string(name) == "nil" {
		if !r.isNil() {
			return r.not("nil")
		}
		return nil
	}
	e := r.codec.entryNamed(name)
	if e == nil {
		u, err := r.unknown(string(name))
		if err == nil {
			v.Set(reflect.ValueOf(u))
		}
		return err
	}
	inner := reflect.New(e.plan.typ).Elem()
	if err := r.value(e.plan, inner); err != nil {
		return problem("%s: %s", e.name, err)
	}
	v.Set(inner)
	return nil
}

func (r *unpacker) enter() error {
	if r.depth == maxDepth {
		return problem("it nests more than %d deep", maxDepth)
	}
	r.depth++
	return nil
}

func (r *unpacker) leave() { r.depth-- }

// container reads what has elements.
func (r *unpacker) container(p *plan, v reflect.Value) error {
	if (p.class == vector || p.class == mapping) && r.isNil() {
		return nil
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if p.class == mapping {
		return r.mapping(p, v)
	}
	c := r.peek()
	if !msgpcode.IsFixedArray(c) && c != msgpcode.Array16 && c != msgpcode.Array32 {
		return r.not("an array")
	}
	n, err := r.dec.DecodeArrayLen()
	if err != nil || n > len(r.b)-r.at {
		return problem("it is cut short")
	}
	switch p.class {
	case record:
		return r.record(p, v, n)
	case array:
		if n != p.size {
			return problem("%d elements are not the %d of %s", n, p.size, p.typ)
		}
		for i := range n {
			if err := r.value(p.elem, v.Index(i)); err != nil {
				return within(err, fmt.Sprintf("[%d]", i))
			}
		}
		return nil
	}
	return r.vector(p, v, n)
}

func (r *unpacker) record(p *plan, v reflect.Value, n int) error {
	for i := range min(n, len(p.fields)) {
		f := &p.fields[i]
		if err := r.value(f.plan, v.Field(f.index)); err != nil {
			return within(err, "."+f.name)
		}
	}
	for range n - len(p.fields) {
		size, err := scan(r.b[r.at:], maxDepth-r.depth, nil)
		if err != nil {
			return err
		}
		r.at += size
	}
	return nil
}

// firstBytes bounds what a slice or map gets before its elements are seen.
const firstBytes = 64 << 10

func (r *unpacker) vector(p *plan, v reflect.Value, n int) error {
	size := max(1, int(p.elem.typ.Size()))
	room := min(n, max(1, firstBytes/size))
	v.Set(reflect.MakeSlice(p.typ, room, room))
	for i := range n {
		if i == room {
			room = min(n, 2*room)
			v.Grow(room - i)
			v.SetLen(room)
		}
		if err := r.value(p.elem, v.Index(i)); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (r *unpacker) mapping(p *plan, v reflect.Value) error {
	c := r.peek()
	if !msgpcode.IsFixedMap(c) && c != msgpcode.Map16 && c != msgpcode.Map32 {
		return r.not("a map")
	}
	n, err := r.dec.DecodeMapLen()
	if err != nil || n > (len(r.b)-r.at)/2 {
		return problem("it is cut short")
	}
	size := int(p.elem.typ.Size()) + int(stringType.Size())
	v.Set(reflect.MakeMapWithSize(p.typ, min(n, max(1, firstBytes/size))))
	for i := range n {
		name, err := r.text()
		if err != nil {
			return err
		}
		key := reflect.New(p.typ.Key()).Elem()
		key.SetString(string(name))
		value := reflect.New(p.elem.typ).Elem()
		if err := r.value(p.elem, value); err != nil {
			return within(err, fmt.Sprintf("[%q]", name))
		}
		v.SetMapIndex(key, value)
		if v.Len() != i+1 {
			return problem("the key %q comes twice", name)
		}
	}
	return nil
}

// own reads a value that reads itself. It sees its own bytes and no more.
func (r *unpacker) own(p *plan, v reflect.Value) error {
	var err error
	self := v.Addr().Interface()
	switch p.class {
	case blob:
		var b []byte
		if b, err = r.bytes(); err != nil {
			return err
		}
		err = self.(encoding.BinaryUnmarshaler).UnmarshalBinary(append([]byte{}, b...))
	case textual:
		var b []byte
		if b, err = r.text(); err != nil {
			return err
		}
		err = self.(encoding.TextUnmarshaler).UnmarshalText(append([]byte{}, b...))
	case marshals:
		var b, left []byte
		if b, err = r.opaque(); err != nil {
			return err
		}
		left, err = self.(msgUnmarshaler).UnmarshalMsg(append([]byte{}, b...))
		if err == nil && len(left) > 0 {
			err = problem("it left bytes unread")
		}
	case packed:
		start := r.at
		var b []byte
		if b, err = r.opaque(); err != nil {
			return err
		}
		whole, end := r.b, r.at
		r.b, r.at = whole[:start+len(b)], start
		err = self.(msgpack.CustomDecoder).DecodeMsgpack(r.dec)
		if err == nil && r.at != end {
			err = problem("it left bytes unread")
		}
		r.b, r.at = whole, end
		r.dec.Reset(r)
	}
	if err != nil {
		return problem("%s: %v", p.typ, err)
	}
	return nil
}
