package codec

import (
	"fmt"
	"reflect"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

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
	for i := n; i < len(p.fields); i++ {
		if f := &p.fields[i]; r.depth+f.plan.depth > maxDepth {
			return within(problem("it nests more than %d deep", maxDepth), "."+f.name)
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
