package codec

import (
	"encoding"
	"encoding/json"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
)

// The methods of github.com/tinylib/msgp.
type (
	msgMarshaler interface {
		MarshalMsg(b []byte) ([]byte, error)
	}
	msgUnmarshaler interface {
		UnmarshalMsg(b []byte) (left []byte, err error)
	}
)

var (
	customEncoder     = reflect.TypeFor[msgpack.CustomEncoder]()
	customDecoder     = reflect.TypeFor[msgpack.CustomDecoder]()
	msgMarshalType    = reflect.TypeFor[msgMarshaler]()
	msgUnmarshalType  = reflect.TypeFor[msgUnmarshaler]()
	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	jsonMarshaler     = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler   = reflect.TypeFor[json.Unmarshaler]()
	textMarshaler     = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// pair gives p the class if its type has both methods. One alone is an error.
func (m *maker) pair(p *plan, class class, writes, reads reflect.Type) (bool, error) {
	pt := reflect.PointerTo(p.typ)
	switch w, r := pt.Implements(writes), pt.Implements(reads); {
	case !w && !r:
		return false, nil
	case !w:
		return false, problem("%s has %s without %s", p.typ, reads.Method(0).Name, writes.Method(0).Name)
	case !r:
		return false, problem("%s has %s without %s", p.typ, writes.Method(0).Name, reads.Method(0).Name)
	}
	if e := embedded(p.typ, writes); e != nil && (class == packed || class == marshals) {
		return false, problem("%s is embedded and writes itself, and would be all that is sent; give it a field name", e)
	}
	p.class, p.depth, p.wants = class, 0, false
	if !p.typ.Implements(writes) {
		p.own |= byPointer
		p.wants = true
	}
	return true, nil
}

// embedded returns the type of an embedded field of t that has the method, and
// so may have lent it to t.
func embedded(t, method reflect.Type) reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && implements(f.Type, method) || f.Anonymous && implements(reflect.PointerTo(f.Type), method) {
			return f.Type
		}
	}
	return nil
}

func implements(t reflect.Type, any ...reflect.Type) bool {
	for _, i := range any {
		if t.Implements(i) {
			return true
		}
	}
	return false
}
