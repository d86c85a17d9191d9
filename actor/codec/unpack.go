package codec

import (
	"encoding"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
)

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

// message reads the whole body as one value of the named type.
func (r *unpacker) message(name string, e *entry) (message any, err error) {
	if e == r.codec.void {
		if len(r.b) != 1 || r.b[0] != msgpcode.Nil {
			return nil, problem("it is not nil")
		}
		return nil, nil
	}
	if e == nil {
		u, err := r.unknown(name)
		if err == nil && r.at != len(r.b) {
			err = problem("there is more than one value")
		}
		return u, err
	}
	// The message is a copy of what is decoded, so what it is decoded into can
	// be used again, unless somebody else knows where it is.
	scratch := e.zero()
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
	e := r.codec.entryNamed(name)
	if e == r.codec.void {
		if !r.isNil() {
			return r.not("nil")
		}
		return nil
	}
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
