package codec

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// EncodeJSON returns message in the tagged form
//
//	{"value":["vector<vector<float8>>",[[0.56,0.55]],[]]}
//
// The tag of a struct is the name it is registered by, every other tag says what
// the value is made of, also where its type is registered. Fields are in
// snake_case, unless a json tag names them. Bytes are in base 64, durations as
// "1m30s", times in RFC 3339 and UTC. A value in any is a tagged array of three
// again. An address is shown as in logs, without its key: JSON shows addresses,
// it does not give them away. A type with MarshalJSON or MarshalText uses it.
//
// The error is a *PortableError: what Append refuses, a number that is none, and
// Unknown.
func (c *Codec) EncodeJSON(message any) ([]byte, error) {
	if message == nil {
		return []byte(`{"value":["nil",null,[]]}`), nil
	}
	w := &shower{codec: c, b: []byte(`{"value":`)}
	if err := w.show(message); err != nil {
		return nil, err
	}
	return append(w.b, '}'), nil
}

// EncodePlainJSON returns message as EncodeJSON does, but without any tag: the value
// alone, also of what is in any.
func (c *Codec) EncodePlainJSON(message any) ([]byte, error) {
	if message == nil {
		return []byte("null"), nil
	}
	w := &shower{codec: c, plain: true}
	if err := w.show(message); err != nil {
		return nil, err
	}
	return w.b, nil
}

// show writes a message. The error is a *PortableError.
func (w *shower) show(message any) error {
	t := reflect.TypeOf(message)
	if t == unknownType {
		return &PortableError{t.String(), fmt.Sprintf("its type %q is not registered", message.(Unknown).Type)}
	}
	e, err := w.codec.entryOf(t)
	if err != nil {
		return &PortableError{t.String(), err.Error()}
	}
	if err := w.message(e.plan, reflect.ValueOf(message)); err != nil {
		return &PortableError{t.String(), err.Error()}
	}
	return nil
}

// tag returns what is said in JSON of the type of p.
func (c *Codec) tag(p *plan, within ...reflect.Type) string {
	if name, ok := table[p.typ]; ok {
		return name
	}
	name := c.names[p.typ]
	if name == "" {
		name = snake(p.typ.Name())
	}
	seen := p.seen()
	if seen == nil || slices.Contains(within, p.typ) {
		return name
	}
	within = append(within, p.typ)
	if p.own&ownJSON != 0 && seen.class != record {
		if !implements(reflect.PointerTo(p.typ), jsonMarshaler) {
			return "string"
		}
		return name
	}
	switch seen.class {
	case boolean:
		return "boolean"
	case integer, unsigned, float:
		word := [...]string{integer: "integer", unsigned: "unsigned", float: "float"}[seen.class]
		if k := p.typ.Kind(); k == reflect.Int || k == reflect.Uint {
			return word
		}
		return word + strconv.Itoa(seen.size)
	case text, textual:
		return "string"
	case block, blob:
		return "block"
	case octets:
		return fmt.Sprintf("array<unsigned1,%d>", seen.size)
	case address:
		return "address"
	case dynamic:
		return "any"
	case vector:
		return "vector<" + c.tag(seen.elem, within...) + ">"
	case array:
		return fmt.Sprintf("array<%s,%d>", c.tag(seen.elem, within...), seen.size)
	case mapping:
		return "map<string," + c.tag(seen.elem, within...) + ">"
	}
	return name
}

// A shower writes JSON.
type shower struct {
	codec *Codec
	plain bool // no tags
	b     []byte
	depth int
}

func (w *shower) message(p *plan, v reflect.Value) (err error) {
	defer recovered(&err)
	return w.tagged(p, v)
}

// tagged writes the type of v, unless all is to be plain, and v.
func (w *shower) tagged(p *plan, v reflect.Value) error {
	if w.plain {
		return w.value(p, v)
	}
	w.b = append(w.b, '[')
	w.text(w.codec.tag(p))
	w.b = append(w.b, ',')
	if err := w.value(p, v); err != nil {
		return err
	}
	w.b = append(w.b, `,[]]`...)
	return nil
}

func (w *shower) value(p *plan, v reflect.Value) error {
	switch {
	case p.class == instant:
		return w.foreign(p, v.Interface().(time.Time).UTC())
	case p.class == address:
		return w.address(p, v)
	case p.typ == durationType:
		w.text(time.Duration(v.Int()).String())
		return nil
	case p.own&ownJSON != 0 || p.seen() == nil:
		return w.foreign(p, addressable(v).Addr().Interface())
	}
	switch p := p.seen(); p.class {
	case boolean:
		w.b = strconv.AppendBool(w.b, v.Bool())
	case integer:
		w.b = strconv.AppendInt(w.b, v.Int(), 10)
	case unsigned:
		w.b = strconv.AppendUint(w.b, v.Uint(), 10)
	case float:
		return w.float(v.Float(), 8*p.size)
	case text:
		if !utf8.ValidString(v.String()) {
			return problem("a string is not UTF-8")
		}
		w.text(v.String())
	case block:
		if v.IsNil() {
			w.null()
			break
		}
		w.base64(v.Bytes())
	case octets:
		w.base64(addressable(v).Bytes())
	case blob:
		b, err := addressable(v).Addr().Interface().(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			return problem("%s: %v", p.typ, err)
		}
		w.base64(b)
	default:
		if w.depth == maxDepth {
			return problem("it nests more than %d deep", maxDepth)
		}
		w.depth++
		defer func() { w.depth-- }()
		return w.container(p, v)
	}
	return nil
}

func (w *shower) container(p *plan, v reflect.Value) error {
	switch p.class {
	case dynamic:
		return w.dynamic(v)
	case record:
		return w.record(p, v)
	case mapping:
		return w.mapping(p, v)
	}
	if p.class == vector && v.IsNil() {
		w.null()
		return nil
	}
	w.b = append(w.b, '[')
	for i := range v.Len() {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		if err := w.value(p.elem, v.Index(i)); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	w.b = append(w.b, ']')
	return nil
}

func (w *shower) dynamic(v reflect.Value) error {
	if v.IsNil() {
		w.null()
		return nil
	}
	v = v.Elem()
	if u, ok := v.Interface().(Unknown); ok {
		return problem("its type %q is not registered", u.Type)
	}
	e, err := w.codec.entryOf(v.Type())
	if err != nil {
		return problem("%s: %s", v.Type(), err)
	}
	return w.tagged(e.plan, v)
}

func (w *shower) record(p *plan, v reflect.Value) error {
	w.b = append(w.b, '{')
	first := true
	for _, m := range p.members.all {
		f := v.FieldByIndex(m.index)
		if m.omit && empty(f) {
			continue
		}
		if !first {
			w.b = append(w.b, ',')
		}
		first = false
		w.text(m.name)
		w.b = append(w.b, ':')
		if err := w.value(m.plan, f); err != nil {
			return within(err, "."+m.name)
		}
	}
	w.b = append(w.b, '}')
	return nil
}

func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func (w *shower) mapping(p *plan, v reflect.Value) error {
	if v.IsNil() {
		w.null()
		return nil
	}
	w.b = append(w.b, '{')
	for i, k := range sortedKeys(v) {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		if !utf8.ValidString(k.String()) {
			return problem("the key %q is not UTF-8", k)
		}
		w.text(k.String())
		w.b = append(w.b, ':')
		if err := w.value(p.elem, v.MapIndex(k)); err != nil {
			return within(err, fmt.Sprintf("[%q]", k))
		}
	}
	w.b = append(w.b, '}')
	return nil
}

func (w *shower) address(p *plan, v reflect.Value) error {
	a := w.codec.addressIn(p, v)
	if a.IsZero() {
		w.null()
		return nil
	}
	w.text(a.String())
	return nil
}

// foreign writes what package encoding/json makes of it.
func (w *shower) foreign(p *plan, self any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(self); err != nil {
		return problem("%s: %v", p.typ, err)
	}
	w.b = append(w.b, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
	return nil
}

func (w *shower) null() { w.b = append(w.b, "null"...) }

func (w *shower) base64(b []byte) {
	w.b = append(w.b, '"')
	w.b = base64.StdEncoding.AppendEncode(w.b, b)
	w.b = append(w.b, '"')
}

// float writes the shortest number that is f again.
func (w *shower) float(f float64, bits int) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return problem("%v is not a number in JSON", f)
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	w.b = strconv.AppendFloat(w.b, f, format, -1, bits)
	return nil
}

// text writes a string that is UTF-8.
func (w *shower) text(s string) {
	w.b = append(w.b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b = append(w.b, '\\', byte(r))
		case r == '\n':
			w.b = append(w.b, `\n`...)
		case r == '\t':
			w.b = append(w.b, `\t`...)
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			w.b = fmt.Appendf(w.b, `\u%04x`, r)
		default:
			w.b = utf8.AppendRune(w.b, r)
		}
	}
	w.b = append(w.b, '"')
}
