package codec

import (
	"fmt"
	"reflect"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// What a body may make its reader set aside for slices, maps and what is in any,
// beside the message itself and its strings: so many bytes for each that came, and
// as many in any case (R17).
const (
	MemoryPerByte = 32
	MemoryBase    = 16 << 10
)

// take notes that n times size bytes are set aside.
func (r *unpacker) take(n, size int) error {
	if size > 0 && n > r.room/size {
		return problem("it would take more memory than %d bytes for each of its own and %d more", MemoryPerByte, MemoryBase)
	}
	r.room -= n * size
	return nil
}

func (r *unpacker) enter() error {
	if r.depth == maxDepth {
		return tooDeep()
	}
	r.depth++
	return nil
}

// record reads a struct. What is nil is zero, whatever the field is.
func (r *unpacker) record(p *plan, v reflect.Value) error {
	if err := r.enter(); err != nil {
		return err
	}
	n, err := r.count(msgpcode.FixedArrayLow, msgpcode.Array16, 1, "an array")
	if err != nil {
		return err
	}
	for i := range p.fields {
		f := &p.fields[i]
		if i < n && !r.isNil() {
			if f.plan == nil {
				err = r.skip()
			} else {
				err = r.value(f.plan, v.Field(f.index))
			}
			if err != nil {
				return within(err, "."+f.name)
			}
		} else if f.plan != nil && r.depth+f.plan.depth > maxDepth { // nor could it be sent
			return within(tooDeep(), "."+f.name)
		}
	}
	for range n - len(p.fields) {
		if err := r.skip(); err != nil {
			return err
		}
	}
	r.depth--
	return nil
}

// skip passes one value. The addresses in it do not arrive.
func (r *unpacker) skip() error {
	size, err := scan(r.b[r.at:], maxDepth-r.depth, nil)
	r.at += size
	return err
}

// container reads what else has elements.
func (r *unpacker) container(p *plan, v reflect.Value) (err error) {
	if p.class != array && r.isNil() {
		return nil
	}
	if err := r.enter(); err != nil {
		return err
	}
	switch p.class {
	case mapping:
		err = r.mapping(p, v)
	case array:
		err = r.array(p, v)
	default:
		err = r.vector(p, v)
	}
	r.depth--
	return err
}

func (r *unpacker) array(p *plan, v reflect.Value) error {
	n, err := r.count(msgpcode.FixedArrayLow, msgpcode.Array16, 1, "an array")
	if err != nil {
		return err
	}
	if n != p.size {
		return problem("%d elements are not the %d of %s", n, p.size, p.typ)
	}
	return r.elements(p.elem, v, n)
}

func (r *unpacker) vector(p *plan, v reflect.Value) error {
	n, err := r.count(msgpcode.FixedArrayLow, msgpcode.Array16, 1, "an array")
	if err != nil {
		return err
	}
	if err := r.take(n, int(p.elem.typ.Size())); err != nil {
		return err
	}
	if n == 0 {
		v.Set(reflect.MakeSlice(p.typ, 0, 0))
		return nil
	}
	v.Grow(n) // of nil: exactly that, and zero
	v.SetLen(n)
	return r.elements(p.elem, v, n)
}

func (r *unpacker) elements(p *plan, v reflect.Value, n int) error {
	for i := range n {
		if err := r.value(p, v.Index(i)); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (r *unpacker) mapping(p *plan, v reflect.Value) error {
	n, err := r.count(msgpcode.FixedMapLow, msgpcode.Map16, 2, "a map")
	if err != nil {
		return err
	}
	// A map takes up to twice what is in it.
	if err := r.take(n, 2*int(p.elem.typ.Size()+stringType.Size())); err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(p.typ, n))
	key, value := reflect.New(p.typ.Key()).Elem(), reflect.New(p.elem.typ).Elem()
	for i := range n {
		name, err := r.text()
		if err != nil {
			return err
		}
		key.SetString(string(name))
		value.SetZero()
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
