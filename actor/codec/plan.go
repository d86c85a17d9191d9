package codec

import (
	"maps"
	"reflect"
)

// A plan says how the values of a type are written and read.
type plan struct {
	typ     reflect.Type
	class   class
	size    int     // bytes of a number; elements of an array
	depth   int     // of containers that the zero value has
	elem    *plan   // of a vector, an array or a map; what JSON sees of packed and marshals, or nil
	fields  []field // of a record, on the wire
	members members // of a record, in JSON and forms
	own     own     // methods of its own
	wants   bool    // a value that has an address is written without a copy
}

// A field is an exported or embedded field of a struct, or one that is retired.
type field struct {
	index int
	name  string
	plan  *plan // nil: it is retired
}

// A class is a way to write a value.
type class uint8

const (
	boolean  class = iota + 1
	integer        // signed, time.Duration too
	unsigned       //
	float          //
	text           // a string
	block          // a slice of bytes
	octets         // an array of bytes, uuid.UUID too
	instant        // time.Time
	address        // the type in Addresses, and transport.Address
	dynamic        // any
	vector         // a slice
	array          //
	mapping        // a map with string keys
	record         // a struct
	packed         // it writes itself: EncodeMsgpack
	marshals       // it writes itself: MarshalMsg
	blob           // encoding.BinaryMarshaler, for a struct without exported fields
	textual        // encoding.TextMarshaler, likewise
)

// own says which interfaces a type, or a pointer to it, implements.
type own uint8

const (
	ownJSON   own = 1 << iota // writes its JSON itself
	fromJSON                  // reads it
	fromText                  // reads itself from a form
	byPointer                 // the methods by which it writes itself need a pointer
)

// planOf returns the plan of t, made if need be.
func (c *Codec) planOf(t reflect.Type) (*plan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.plans[t]; ok {
		return p, nil
	}
	// A plan is shared only once all that it leads to is made.
	m := &maker{codec: c, made: map[reflect.Type]*plan{}}
	p, err := m.plan(t)
	if err != nil {
		return nil, err
	}
	for t, p := range m.made {
		c.plans[t] = p
	}
	return p, nil
}

// A maker makes one plan and those that it leads to.
type maker struct {
	codec *Codec
	made  map[reflect.Type]*plan
}

func (m *maker) plan(t reflect.Type) (*plan, error) {
	if p, ok := m.codec.plans[t]; ok {
		return p, nil
	}
	if p, ok := m.made[t]; ok {
		return p, nil // perhaps half made: the type is recursive
	}
	p := &plan{typ: t}
	m.made[t] = p
	err := m.fill(p)
	if err != nil {
		delete(m.made, t)
		return nil, err
	}
	return p, nil
}

// fill completes a plan of which the type is known.
func (m *maker) fill(p *plan) error {
	t := p.typ
	switch t {
	case m.codec.addresses.Type, addressType:
		p.class, p.wants = address, true
		return nil
	case timeType:
		p.class, p.wants = instant, true
		return nil
	case anyType:
		p.class = dynamic
		return nil
	case unknownType:
		return problem("%s is a message, not a part of one; use any", t)
	}
	if err := unportable(t); err != nil {
		return err
	}
	pt := reflect.PointerTo(t)
	if implements(pt, jsonMarshaler, textMarshaler) {
		p.own |= ownJSON
	}
	if implements(pt, jsonUnmarshaler, textUnmarshaler) {
		p.own |= fromJSON
	}
	if pt.Implements(textUnmarshaler) {
		p.own |= fromText
	}
	done, err := m.pair(p, packed, customEncoder, customDecoder)
	if !done && err == nil {
		done, err = m.pair(p, marshals, msgMarshalType, msgUnmarshalType)
	}
	if err != nil {
		return err
	}
	if done {
		// JSON and forms still see what it is made of, if that can be seen.
		shape, made := &plan{typ: t, own: p.own}, maps.Clone(m.made)
		if m.shape(shape) == nil {
			p.elem = shape
		} else {
			m.made = made // some of what it led to is half made
		}
		return nil
	}
	return m.shape(p)
}

// shape completes a plan from what the type is made of.
func (m *maker) shape(p *plan) (err error) {
	t := p.typ
	switch t.Kind() {
	case reflect.Bool:
		p.class = boolean
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.class, p.size = integer, int(t.Size())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.class, p.size = unsigned, int(t.Size())
	case reflect.Float32, reflect.Float64:
		p.class, p.size = float, int(t.Size())
	case reflect.String:
		p.class = text
	case reflect.Slice:
		p.class = vector
		if p.elem, err = m.plan(t.Elem()); err == nil && p.elem.isByte() {
			p.class = block
		}
		return within(err, "[]")
	case reflect.Array:
		p.class, p.size = array, t.Len()
		if p.elem, err = m.plan(t.Elem()); err == nil && p.elem.isByte() {
			p.class, p.wants = octets, true
		} else if err == nil {
			p.depth, p.wants = 1+p.elem.depth, p.elem.wants
		}
		return within(err, "[]")
	case reflect.Map:
		p.class = mapping
		p.elem, err = m.plan(t.Elem())
		return within(err, "[]")
	case reflect.Struct:
		return m.record(p)
	default:
		return problem("a %s cannot be sent", t.Kind())
	}
	return nil
}

// record completes the plan of a struct.
func (m *maker) record(p *plan) error {
	p.class, p.depth = record, 1
	hidden, live := "", 0
	for i := range p.typ.NumField() {
		f := p.typ.Field(i)
		if f.Name == "_" && f.Tag.Get("msgpack") != "-" {
			p.fields = append(p.fields, field{index: i, name: f.Name})
			continue
		}
		if !f.IsExported() && !(f.Anonymous && f.Type.Kind() == reflect.Struct) || f.Tag.Get("msgpack") == "-" {
			if f.Name != "_" {
				hidden = f.Name
			}
			continue
		}
		part, err := m.plan(f.Type)
		if err != nil {
			return within(err, "."+f.Name)
		}
		if !f.IsExported() && (part.class != record || part.own != 0) {
			// Methods cannot be called through an unexported field.
			return within(problem("an embedded field of an unexported type that writes itself cannot be sent"), "."+f.Name)
		}
		p.fields = append(p.fields, field{index: i, name: f.Name, plan: part})
		p.depth, p.wants, live = max(p.depth, 1+part.depth), p.wants || part.wants, live+1
		if err := p.members.take(f, i, part); err != nil {
			return err
		}
	}
	if live > 0 || hidden == "" {
		return nil
	}
	if done, err := m.pair(p, blob, binaryMarshaler, binaryUnmarshaler); done && err == nil {
		return nil
	}
	if done, err := m.pair(p, textual, textMarshaler, textUnmarshaler); done && err == nil {
		return nil
	}
	return problem("no field of %s would be sent; the field %s is not exported", p.typ, hidden)
}

// isByte reports whether sequences of the type are written as bytes.
func (p *plan) isByte() bool { return p.class == unsigned && p.size == 1 }
