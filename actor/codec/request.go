package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// DecodeJSON returns the value of t, a type that can be a message, in the body
// of a request: plain JSON, or the tagged form of EncodeJSON with the name or the
// tag of t.
//
// Names of fields are taken in any case, with or without - and _. Fields may be
// missing, and are then zero; those that t does not have, and values that do not
// fit, are errors, which name the field as a client can understand. Null is for
// slices, maps, any and addresses alone; no other address comes in JSON. In any, a
// value may be tagged; else it is a bool, string, float64, []any or map[string]any.
func (c *Codec) DecodeJSON(t reflect.Type, b []byte) (message any, err error) {
	p, err := c.planOf(t)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(b)
	if err != nil {
		return nil, err
	}
	if tree, err = c.untag(p, tree); err != nil {
		return nil, err
	}
	defer recovered(&err)
	v := reflect.New(t).Elem()
	r := &taker{codec: c}
	if err := r.value(p, v, tree); err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

func parseJSON(b []byte) (tree any, err error) {
	if !utf8.Valid(b) {
		return nil, problem("the JSON is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&tree); err == io.EOF {
		return nil, problem("there is no JSON")
	} else if err != nil {
		return nil, problem("it is not JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, problem("there is more than one JSON value")
	}
	return tree, nil
}

// tagged takes apart [tag, value, []].
func tagged(tree any) (tag string, value any, ok bool) {
	parts, _ := tree.([]any)
	if len(parts) != 3 {
		return "", nil, false
	}
	tag, ok = parts[0].(string)
	if _, list := parts[2].([]any); !list {
		ok = false
	}
	return tag, parts[1], ok
}

// untag returns the value for p in {"value": [tag, value, []]}, and any other
// tree as it is.
func (c *Codec) untag(p *plan, tree any) (any, error) {
	object, _ := tree.(map[string]any)
	tag, value, ok := tagged(object["value"])
	if !ok || len(object) != 1 {
		return tree, nil
	}
	if own := c.tag(p); tag != own && tag != c.names[p.typ] {
		if seen := p.seen(); seen != nil && seen.class == record && seen.members.find("value") != nil {
			return tree, nil
		}
		return nil, problem("its type is %q, not %q", tag, own)
	}
	return value, nil
}

// A taker puts JSON into values.
type taker struct {
	codec *Codec
	depth int
}

// value puts tree into v, which is settable, zero and of the type of p.
func (r *taker) value(p *plan, v reflect.Value, tree any) error {
	switch {
	case p.class == instant, p.typ == durationType:
		if s, ok := tree.(string); ok {
			return scalar(p, v, s)
		}
		return refused(p, tree)
	case p.class == address:
		if tree != nil {
			return problem("an address cannot come in a request")
		}
		return nil
	case p.own&fromJSON != 0 || p.seen() == nil:
		return foreign(p, v, tree)
	}
	p = p.seen()
	switch tree := tree.(type) {
	case nil:
		switch p.class {
		case vector, mapping, dynamic, block:
			return nil
		}
	case bool:
		if p.class == boolean {
			v.SetBool(tree)
			return nil
		}
	case json.Number:
		switch p.class {
		case integer, unsigned, float:
			return number(p, v, string(tree), tree)
		}
	case string:
		switch p.class {
		case text, block, octets, blob:
			return scalar(p, v, tree)
		}
	case []any:
		switch p.class {
		case vector, array:
			return r.list(p, v, tree)
		}
	case map[string]any:
		switch p.class {
		case record:
			return r.record(p, v, tree)
		case mapping:
			return r.mapping(p, v, tree)
		}
	}
	if p.class == dynamic {
		return r.dynamic(v, tree)
	}
	return refused(p, tree)
}

func (r *taker) list(p *plan, v reflect.Value, list []any) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if p.class == vector {
		v.Set(reflect.MakeSlice(p.typ, len(list), len(list)))
	} else if len(list) != p.size {
		return problem("it has %d elements, not %d", len(list), p.size)
	}
	for i, tree := range list {
		if err := r.value(p.elem, v.Index(i), tree); err != nil {
			return within(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (r *taker) enter() error {
	if r.depth == maxDepth {
		return problem("it nests more than %d deep", maxDepth)
	}
	r.depth++
	return nil
}

func (r *taker) leave() { r.depth-- }

func (r *taker) record(p *plan, v reflect.Value, object map[string]any) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	return p.eachMember(slices.Sorted(maps.Keys(object)), func(m *member, key string) error {
		return r.value(m.plan, v.FieldByIndex(m.index), object[key])
	})
}

// eachMember calls take with the member that each key means.
func (p *plan) eachMember(keys []string, take func(m *member, key string) error) error {
	given := map[string]bool{}
	for _, key := range keys {
		m := p.members.find(key)
		if m == nil {
			return within(problem("there is no such field"), "."+brief(key))
		}
		if given[m.name] {
			return within(problem("it is given twice"), "."+m.name)
		}
		given[m.name] = true
		if err := take(m, key); err != nil {
			return within(err, "."+m.name)
		}
	}
	return nil
}

func (r *taker) mapping(p *plan, v reflect.Value, object map[string]any) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	v.Set(reflect.MakeMapWithSize(p.typ, len(object)))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		key, value := reflect.New(p.typ.Key()).Elem(), reflect.New(p.elem.typ).Elem()
		key.SetString(name)
		if err := r.value(p.elem, value, object[name]); err != nil {
			return within(err, fmt.Sprintf("[%q]", name))
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// dynamic puts tree into an any, by its tag if it has one.
func (r *taker) dynamic(v reflect.Value, tree any) error {
	if tag, value, ok := tagged(tree); ok {
		if e := r.codec.entryNamed([]byte(tag)); e != nil {
			if err := r.enter(); err != nil {
				return err
			}
			defer r.leave()
			inner := reflect.New(e.plan.typ).Elem()
			if err := r.value(e.plan, inner, value); err != nil {
				return err
			}
			v.Set(inner)
			return nil
		}
	}
	switch tree := tree.(type) {
	case json.Number:
		f, err := tree.Float64()
		if err != nil {
			return problem("%s is out of range", shown(tree))
		}
		v.Set(reflect.ValueOf(f))
	case []any:
		inner := reflect.New(reflect.TypeOf(tree)).Elem()
		p, err := r.codec.planOf(inner.Type())
		if err == nil {
			err = r.list(p, inner, tree)
		}
		v.Set(inner)
		return err
	case map[string]any:
		inner := reflect.New(reflect.TypeOf(tree)).Elem()
		p, err := r.codec.planOf(inner.Type())
		if err == nil {
			err = r.mapping(p, inner, tree)
		}
		v.Set(inner)
		return err
	default:
		v.Set(reflect.ValueOf(tree))
	}
	return nil
}

// foreign lets the type read its JSON itself.
func foreign(p *plan, v reflect.Value, tree any) error {
	self := v.Addr().Interface()
	if _, ok := self.(json.Unmarshaler); !ok && p.own&fromText != 0 {
		s, ok := tree.(string)
		if !ok {
			return refused(p, tree)
		}
		return scalar(p, v, s)
	}
	b, err := json.Marshal(tree)
	if err == nil {
		err = json.Unmarshal(b, self)
	}
	if err != nil {
		return problem("%s is not %s: %v", shown(tree), noun(p), err)
	}
	return nil
}
