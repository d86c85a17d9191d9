package codec

import (
	"reflect"
	"strings"
)

// maxElements is how many elements an answer in JSON may have: a few bytes each there,
// and some fifty here.
const maxElements = 1 << 20

// DecodeTagged returns the value in the tagged form of EncodeJSON. The tag is the name of a
// registered type; or it says what a list or a map is made of, and means then the only
// registered type that is made of that, else the Go type that is written so; or it is
// the name of one of the types that are known anyway.
//
// Tagged is false if b is not in that form, or the type is not known. The error says
// what of the value does not fit its type, or that it has more than a million elements.
// Fields are taken as in DecodeJSON.
func (c *Codec) DecodeTagged(b []byte) (message any, is bool, err error) {
	if elements(b) > maxElements {
		return nil, false, problem("it has more than %d elements", maxElements)
	}
	tree, err := parseJSON(b)
	if err != nil {
		return nil, false, nil
	}
	object, _ := tree.(map[string]any)
	tag, value, ok := tagged(object["value"])
	if !ok || len(object) != 1 {
		return nil, false, nil
	}
	if tag == "nil" && value == nil {
		return nil, true, nil
	}
	p := c.tagPlan(tag)
	if p == nil {
		return nil, false, nil
	}
	defer recovered(&err)
	v := reflect.New(p.typ).Elem()
	if err := (&taker{codec: c}).value(p, v, value); err != nil {
		return nil, true, err
	}
	return v.Interface(), true, nil
}

// tagPlan returns the plan of the type that a tag means, nil if there is none.
func (c *Codec) tagPlan(tag string) *plan {
	if strings.HasSuffix(tag, ">") {
		var only *plan
		for name, e := range c.types {
			if e.plan == nil || strings.HasPrefix(name, reserved) || table[e.plan.typ] != "" || c.tag(e.plan) != tag {
				continue
			}
			if only != nil {
				only = nil
				break
			}
			only = e.plan
		}
		if only != nil {
			return only
		}
	}
	if e := c.entryNamed([]byte(tag)); e != nil {
		return e.plan
	}
	return nil
}

// elements returns how many values a text in JSON has at most.
func elements(b []byte) int {
	n := 1
	for text := false; len(b) > 0; b = b[1:] {
		switch b[0] {
		case '"':
			text = !text
		case '\\':
			if text && len(b) > 1 {
				b = b[1:]
			}
		case ',', '[', '{':
			if !text {
				n++
			}
		}
	}
	return n
}
