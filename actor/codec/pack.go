package codec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// maxDepth bounds containers within one another.
const maxDepth = wire.MaxDepth

// Append implements [transport.Codec]. The error is a *PortableError, and b is
// then as it was.
func (c *Codec) Append(b []byte, message any) (body []byte, typ transport.Type, err error) {
	switch m := message.(type) {
	case nil:
		return append(b, msgpcode.Nil), c.void, nil
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
	w := packer{codec: c, b: b}
	if err := w.guarded(e, reflect.ValueOf(message)); err != nil {
		return b, nil, &PortableError{t.String(), err.Error()}
	}
	return w.b, e, nil
}

// A packer writes values to the end of a slice. It is a value on the stack: there
// is nothing in it that is worth to be kept for the next message.
type packer struct {
	codec *Codec
	b     []byte
	depth int
}

// guarded is entry for types whose own code may panic.
func (w *packer) guarded(e *entry, v reflect.Value) (err error) {
	defer recovered(&err)
	return w.entry(e, v)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = problem("it panicked: %v", r)
	}
}

// entry writes v, of the type of e, which has no address.
func (w *packer) entry(e *entry, v reflect.Value) error {
	if !e.plan.wants {
		return w.value(e.plan, v)
	}
	scratch := e.zero()
	copied := reflect.ValueOf(scratch).Elem()
	copied.Set(v)
	err := w.value(e.plan, copied)
	copied.SetZero()
	e.scratch.Put(scratch)
	return err
}

// value writes v, of the type of p.
func (w *packer) value(p *plan, v reflect.Value) error {
	switch p.class {
	case boolean:
		code := msgpcode.False
		if v.Bool() {
			code = msgpcode.True
		}
		w.b = append(w.b, code)
	case integer:
		w.b = appendInt(w.b, v.Int())
	case unsigned:
		w.b = appendUint(w.b, v.Uint())
	case float:
		w.b = appendFloat(w.b, v.Float(), p.size)
	case text:
		return w.text(v.String())
	case block:
		if v.IsNil() {
			w.b = append(w.b, msgpcode.Nil)
		} else {
			w.b = appendBytes(w.b, v.Bytes())
		}
	case octets:
		w.b = appendBytes(w.b, addressable(v).Bytes())
	case instant:
		w.b = appendTime(w.b, *addressable(v).Addr().Interface().(*time.Time))
	case address:
		w.address(w.codec.addressIn(p, v))
	case dynamic:
		return w.dynamic(v)
	case record:
		return w.record(p, v)
	case vector, array, mapping:
		return w.container(p, v)
	default:
		return w.own(p, v)
	}
	return nil
}

func (w *packer) text(s string) error {
	if !utf8.ValidString(s) {
		return problem("a string is not UTF-8")
	}
	w.b = appendString(w.b, s)
	return nil
}

func (w *packer) address(a transport.Address) {
	if a.IsZero() {
		w.b = append(w.b, msgpcode.Nil)
		return
	}
	w.b = a.Append(append(w.b, msgpcode.Ext8, transport.AddressSize, wire.AddressExt))
}

// addressIn returns the address that v, of the type of p, stands for.
func (c *Codec) addressIn(p *plan, v reflect.Value) transport.Address {
	if v = addressable(v); p.typ == addressType {
		return *v.Addr().Interface().(*transport.Address)
	}
	return c.addresses.Out(v)
}

// dynamic writes what is in an any.
func (w *packer) dynamic(v reflect.Value) error {
	if v.IsNil() {
		w.b = append(w.b, msgpcode.Nil)
		return nil
	}
	if w.depth == maxDepth {
		return tooDeep()
	}
	w.depth++
	v = v.Elem()
	if v.Type() == unknownType {
		if err := w.unknown(v.Interface().(Unknown)); err != nil {
			return err
		}
		w.depth--
		return nil
	}
	e, err := w.codec.entryOf(v.Type())
	if err != nil {
		return problem("%s: %s", v.Type(), err)
	}
	w.b = appendString(append(w.b, msgpcode.FixedArrayLow|2), e.name)
	if err := w.entry(e, v); err != nil {
		return err
	}
	w.depth--
	return nil
}

func (w *packer) unknown(u Unknown) error {
	if _, err := scan(u.body, maxDepth-w.depth, nil); err != nil {
		return problem("%s: %s", u, err)
	}
	w.b = append(w.b, msgpcode.FixedArrayLow|2)
	if err := w.text(u.Type); err != nil {
		return within(err, ".Type")
	}
	w.b = append(w.b, u.body...)
	return nil
}

func tooDeep() error { return problem("it nests more than %d deep", maxDepth) }

// record writes a struct.
func (w *packer) record(p *plan, v reflect.Value) error {
	if w.depth == maxDepth {
		return tooDeep()
	}
	w.depth++
	w.b = appendArray(w.b, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		if f.plan == nil {
			w.b = append(w.b, msgpcode.Nil)
			continue
		}
		if err := w.value(f.plan, v.Field(f.index)); err != nil {
			return within(err, "."+f.name)
		}
	}
	w.depth--
	return nil
}

// container writes what else has elements.
func (w *packer) container(p *plan, v reflect.Value) error {
	if w.depth == maxDepth {
		return tooDeep()
	}
	if p.class != array && v.IsNil() {
		w.b = append(w.b, msgpcode.Nil)
		return nil
	}
	w.depth++
	if p.class == mapping {
		if err := w.mapping(p, v); err != nil {
			return err
		}
		w.depth--
		return nil
	}
	n := v.Len()
	w.b = appendArray(w.b, n)
	for i := range n {
		if err := w.value(p.elem, v.Index(i)); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	w.depth--
	return nil
}

func (w *packer) mapping(p *plan, v reflect.Value) error {
	w.b = appendMap(w.b, v.Len())
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

// addressable returns v, or a copy of it that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	a := reflect.New(v.Type()).Elem()
	a.Set(v)
	return a
}
