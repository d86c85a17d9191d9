package codec

import (
	"fmt"
	"reflect"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
)

// Decode implements [transport.Type]. A body is not trusted: whatever it holds,
// Decode returns a message or an error, and sets aside no more than the package's
// comment says. What it takes has passed the structural check, or would.
func (e *entry) Decode(body []byte, passed func(transport.Address)) (message any, err error) {
	if e == e.codec.void {
		if len(body) == 1 && body[0] == msgpcode.Nil {
			return nil, nil
		}
		return nil, refusal(e.name, problem("it is not nil"))
	}
	r := newUnpacker(e.codec, body, passed)
	// The message is a copy of what is decoded, so what it is decoded into can be
	// used again.
	scratch := e.zero()
	v := reflect.ValueOf(scratch).Elem()
	if err = r.guarded(e.plan, v); err == nil {
		message = v.Interface()
	}
	v.SetZero()
	e.scratch.Put(scratch)
	if err != nil {
		return nil, refusal(e.name, err)
	}
	return message, nil
}

// Decode looks again: what this process sends in the meantime it understands too.
func (s *stranger) Decode(body []byte, passed func(transport.Address)) (any, error) {
	if e, ok := s.codec.byName.Load(s.name); ok {
		return e.(*entry).Decode(body, passed)
	}
	r := newUnpacker(s.codec, body, passed)
	u, err := r.unknown(s.name)
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, refusal(s.name, err)
	}
	return u, nil
}

func refusal(name string, err error) error { return fmt.Errorf("codec.Decode: %s: %w", name, err) }

// An unpacker reads values from a slice. It is a value on the stack, as a packer is.
type unpacker struct {
	codec  *Codec
	b      []byte
	at     int
	depth  int
	room   int // bytes that may still be set aside
	passed func(transport.Address)
}

func newUnpacker(c *Codec, body []byte, passed func(transport.Address)) unpacker {
	return unpacker{codec: c, b: body, room: MemoryBase + MemoryPerByte*len(body), passed: passed}
}

// guarded reads the whole body, by the own code of types too, which may panic.
func (r *unpacker) guarded(p *plan, v reflect.Value) (err error) {
	defer recovered(&err)
	if err := r.value(p, v); err != nil {
		return err
	}
	return r.end()
}

func (r *unpacker) end() error {
	if r.at != len(r.b) {
		return problem("there is more than one value")
	}
	return nil
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
		n, err := r.integer(p.size)
		if err != nil {
			return err
		}
		v.SetInt(n)
	case unsigned:
		n, err := r.unsigned(p.size)
		if err != nil {
			return err
		}
		v.SetUint(n)
	case float:
		f, err := r.float()
		if err != nil {
			return err
		}
		if p.size == 4 && v.OverflowFloat(f) {
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
	case record:
		return r.record(p, v)
	case vector, array, mapping:
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
	r.at++
	name, err := r.text()
	if err != nil {
		return err
	}
	e := r.codec.entryNamed(name)
	switch {
	case e == nil:
		u, err := r.unknown(string(name))
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(u))
	case e == r.codec.void:
		if !r.isNil() {
			return r.not("nil")
		}
	default:
		if err := r.take(1, int(e.plan.typ.Size())); err != nil {
			return err
		}
		scratch := e.zero()
		inner := reflect.ValueOf(scratch).Elem()
		err := r.value(e.plan, inner)
		if err == nil {
			v.Set(inner)
		}
		inner.SetZero()
		e.scratch.Put(scratch)
		if err != nil {
			return problem("%s: %s", e.name, err)
		}
	}
	r.depth--
	return nil
}
