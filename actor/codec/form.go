package codec

import (
	"maps"
	"reflect"
	"slices"
)

// DecodeForm returns the struct of type t that the values of a form or a query
// describe: ?x=2&y=2. Names are taken as in DecodeJSON, and errors are as there.
// A value is a string, a bool (or "on"), a number, a duration (1m30s), a time (RFC
// 3339), bytes in base 64, or what the UnmarshalText of its type takes; a slice of
// these is given by repeating its name; anything else is JSON.
func (c *Codec) DecodeForm(t reflect.Type, values map[string][]string) (message any, err error) {
	p, err := c.planOf(t)
	if err != nil {
		return nil, err
	}
	seen := p.seen()
	if seen == nil || seen.class != record {
		return nil, problem("a %s cannot be given by fields", c.tag(p))
	}
	defer recovered(&err)
	v := reflect.New(t).Elem()
	r := &taker{codec: c}
	err = seen.eachMember(slices.Sorted(maps.Keys(values)), func(m *member, key string) error {
		return r.repeated(m.plan, v.FieldByIndex(m.index), values[key])
	})
	if err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

// repeated puts the values of one name into v.
func (r *taker) repeated(p *plan, v reflect.Value, values []string) error {
	if p.repeats() {
		v.Set(reflect.MakeSlice(p.typ, len(values), len(values)))
		for i, s := range values {
			if err := r.single(p.seen().elem, v.Index(i), s); err != nil {
				return err
			}
		}
		return nil
	}
	if len(values) != 1 {
		return problem("it is given %d times", len(values))
	}
	return r.single(p, v, values[0])
}

// single puts one value into v.
func (r *taker) single(p *plan, v reflect.Value, s string) error {
	if p.simple() {
		return scalar(p, v, s)
	}
	tree, err := parseJSON([]byte(s))
	if err != nil {
		return err
	}
	return r.value(p, v, tree)
}
