package codec

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/transport"
)

// maxDepth bounds containers within one another.
const maxDepth = 32

// Append implements [transport.Codec]. The error is a *PortableError, and b is
// then as it was.
func (c *Codec) Append(b []byte, message any) (body []byte, typ transport.Type, err error) {
	switch m := message.(type) {
	case nil:
		return append(b, 0xc0), c.void, nil
	case Unknown:
		if len(m.body) == 0 {
			return b, nil, &PortableError{"codec.Unknown", "it did not come from another process"}
		}
		return append(b, m.body...), c.Type(m.Type), nil
	}
	t := reflect.TypeOf(message)
	e, err := c.entryOf(t)
	if err != nil {
		return b, nil, &PortableError{t.String(), err.Error()}
	}
	w := c.packers.Get().(*packer)
	w.b = b
	err = w.message(e.plan, reflect.ValueOf(message))
	body, w.b, w.depth = w.b, nil, 0
	if err != nil {
		w.reset() // the user's code may have left it in any state
	}
	c.packers.Put(w)
	if err != nil {
		return b, nil, &PortableError{t.String(), err.Error()}
	}
	return body, e, nil
}

// A packer writes values to the end of a slice. It is the encoder's writer, and
// may write beside it, as the encoder buffers nothing.
type packer struct {
	codec *Codec
	enc   *msgpack.Encoder
	b     []byte
	depth int
}

func newPacker(c *Codec) *packer {
	w := &packer{codec: c, enc: msgpack.NewEncoder(nil)}
	w.reset()
	return w
}

func (w *packer) reset() {
	w.enc.Reset(w)
	w.enc.UseCompactInts(true)
}

func (w *packer) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	return len(b), nil
}

func (w *packer) WriteByte(c byte) error {
	w.b = append(w.b, c)
	return nil
}

// message is value for types whose own code may panic.
func (w *packer) message(p *plan, v reflect.Value) (err error) {
	defer recovered(&err)
	return w.value(p, v)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = problem("it panicked: %v", r)
	}
}

// value writes v, of the type of p.
func (w *packer) value(p *plan, v reflect.Value) error {
	switch p.class {
	case boolean:
		return w.enc.EncodeBool(v.Bool())
	case integer:
		return w.enc.EncodeInt(v.Int())
	case unsigned:
		return w.enc.EncodeUint(v.Uint())
	case float:
		if p.size == 4 {
			return w.enc.EncodeFloat32(float32(v.Float()))
		}
		return w.enc.EncodeFloat64(v.Float())
	case text:
		return w.text(v.String())
	case block:
		return w.enc.EncodeBytes(v.Bytes())
	case octets:
		if p.typ == uuidType && !v.CanAddr() {
			id := v.Interface().(uuid.UUID)
			return w.enc.EncodeBytes(id[:])
		}
		return w.enc.EncodeBytes(addressable(v).Bytes())
	case instant:
		return w.enc.EncodeTime(v.Interface().(time.Time))
	case address:
		return w.address(p, v)
	case dynamic:
		return w.dynamic(v)
	case vector, array, mapping, record:
		return w.container(p, v)
	}
	return w.own(p, v)
}

func (w *packer) text(s string) error {
	if !utf8.ValidString(s) {
		return problem("a string is not UTF-8")
	}
	return w.enc.EncodeString(s)
}

func (w *packer) address(p *plan, v reflect.Value) error {
	a := w.codec.addressIn(p, v)
	if a.IsZero() {
		return w.enc.EncodeNil()
	}
	if err := w.enc.EncodeExtHeader(AddressExt, transport.AddressSize); err != nil {
		return err
	}
	w.b = a.Append(w.b)
	return nil
}

// addressIn returns the address that v, of the type of p, stands for.
func (c *Codec) addressIn(p *plan, v reflect.Value) transport.Address {
	if p.typ == addressType {
		return v.Interface().(transport.Address)
	}
	return c.addresses.Out(v)
}

// dynamic writes what is in an any.
func (w *packer) dynamic(v reflect.Value) error {
	if v.IsNil() {
		return w.enc.EncodeNil()
	}
	if w.depth == maxDepth {
		return problem("it nests more than %d deep", maxDepth)
	}
	w.depth++
	defer func() { w.depth-- }()
	v = v.Elem()
	if u, ok := v.Interface().(Unknown); ok {
		return w.unknown(u)
	}
	e, err := w.codec.entryOf(v.Type())
	if err != nil {
		return problem("%s: %s", v.Type(), err)
	}
	w.enc.EncodeArrayLen(2)
	w.enc.EncodeString(e.name)
	return w.value(e.plan, v)
}

func (w *packer) unknown(u Unknown) error {
	if _, err := scan(u.body, maxDepth-w.depth, nil); err != nil {
		return problem("%s: %s", u, err)
	}
	w.enc.EncodeArrayLen(2)
	if err := w.text(u.Type); err != nil {
		return within(err, ".Type")
	}
	w.b = append(w.b, u.body...)
	return nil
}

// container writes what has elements.
func (w *packer) container(p *plan, v reflect.Value) error {
	if w.depth == maxDepth {
		return problem("it nests more than %d deep", maxDepth)
	}
	w.depth++
	defer func() { w.depth-- }()
	switch p.class {
	case record:
		w.enc.EncodeArrayLen(len(p.fields))
		for i := range p.fields {
			f := &p.fields[i]
			if err := w.value(f.plan, v.Field(f.index)); err != nil {
				return within(err, "."+f.name)
			}
		}
		return nil
	case mapping:
		return w.mapping(p, v)
	}
	if p.class == vector && v.IsNil() {
		return w.enc.EncodeNil()
	}
	n := v.Len()
	w.enc.EncodeArrayLen(n)
	for i := range n {
		if err := w.value(p.elem, v.Index(i)); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (w *packer) mapping(p *plan, v reflect.Value) error {
	if v.IsNil() {
		return w.enc.EncodeNil()
	}
	w.enc.EncodeMapLen(v.Len())
	for _, k := range sortedKeys(v) {
		if err := w.text(k.String()); err != nil {
			return within(problem("a key is not UTF-8"), fmt.Sprintf("[%q]", k))
		}
		if err := w.value(p.elem, v.MapIndex(k)); err != nil {
			return within(err, fmt.Sprintf("[%q]", k))
		}
	}
	return nil
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// own writes a value that writes itself.
func (w *packer) own(p *plan, v reflect.Value) (err error) {
	var self any
	if p.own&byPointer != 0 || v.CanAddr() {
		self = addressable(v).Addr().Interface()
	} else {
		self = v.Interface()
	}
	start := len(w.b)
	switch p.class {
	case packed:
		err = self.(msgpack.CustomEncoder).EncodeMsgpack(w.enc)
		w.reset()
	case marshals:
		var b []byte
		if b, err = self.(msgMarshaler).MarshalMsg(w.b); err == nil && len(b) >= start {
			w.b = b
		}
	case blob:
		var b []byte
		if b, err = self.(encoding.BinaryMarshaler).MarshalBinary(); err == nil {
			return w.enc.EncodeBytes(append([]byte{}, b...))
		}
	case textual:
		var b []byte
		if b, err = self.(encoding.TextMarshaler).MarshalText(); err == nil {
			return w.text(string(b))
		}
	}
	if err != nil {
		return problem("%s: %v", p.typ, err)
	}
	n, err := scan(w.b[start:], maxDepth-w.depth, nil)
	if err == nil && start+n != len(w.b) {
		err = problem("more than one value")
	}
	if err != nil {
		return problem("%s wrote what no process can read: %s", p.typ, err)
	}
	return nil
}

// addressable returns v, or a copy of it that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	a := reflect.New(v.Type()).Elem()
	a.Set(v)
	return a
}
