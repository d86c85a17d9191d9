package codec

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// EncodeForm returns the fields of message, a struct, as DecodeForm takes them. A field
// that is null in JSON is left out, and so is a slice that has nothing.
//
// The error is a *PortableError: what EncodeJSON refuses, and what is no struct.
func (c *Codec) EncodeForm(message any) (values map[string][]string, err error) {
	body, err := c.EncodeJSON(message)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(body)
	if err != nil {
		return nil, err
	}
	t := reflect.TypeOf(message)
	_, value, _ := tagged(tree.(map[string]any)["value"])
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &PortableError{fmt.Sprint(t), "it is no struct: it has no fields for a query"}
	}
	p, err := c.planOf(t)
	if err != nil {
		return nil, err
	}
	seen := p.seen()
	if seen == nil || seen.class != record {
		return nil, &PortableError{t.String(), "it is no struct: it has no fields for a query"}
	}
	values = map[string][]string{}
	for _, m := range seen.members.all {
		field, ok := object[m.name]
		if !ok || field == nil {
			continue
		}
		if list, ok := field.([]any); ok && m.plan.repeats() {
			for _, element := range list {
				values[m.name] = append(values[m.name], formText(m.plan.seen().elem, element))
			}
			continue
		}
		values[m.name] = []string{formText(m.plan, field)}
	}
	return values, nil
}

// repeats reports whether a form gives the values of p one by one.
func (p *plan) repeats() bool {
	seen := p.seen()
	return seen != nil && seen.class == vector && p.own&(fromText|fromJSON) == 0
}

// simple reports whether a form has a value of p as it is, and not as JSON.
func (p *plan) simple() bool {
	if p.class == instant || p.own&fromText != 0 {
		return true
	}
	seen := p.seen()
	if seen == nil || p.own&fromJSON != 0 {
		return false
	}
	switch seen.class {
	case boolean, integer, unsigned, float, text, block, octets, blob:
		return true
	}
	return false
}

// formText returns a value as a form has it.
func formText(p *plan, tree any) string {
	if p.simple() {
		switch tree := tree.(type) {
		case string:
			return tree
		case bool, json.Number:
			return fmt.Sprint(tree)
		}
	}
	b, _ := json.Marshal(tree) // it was JSON
	return string(b)
}
