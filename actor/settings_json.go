package actor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// An assignment is a value for a field, which it gets when everything that came with
// it is known to be right.
type assignment struct{ field, value reflect.Value }

// setParts sets what a JSON object mentions, or nothing if it is wrong.
func (s *setting) setParts(text string) error {
	var all []assignment
	if err := s.read(text, &all); err != nil {
		return err
	}
	for _, a := range all {
		a.field.Set(a.value)
	}
	return nil
}

// read adds what one JSON value gives to the field, or to its parts, to all.
func (s *setting) read(text string, all *[]assignment) error {
	if s.parts == nil {
		value, err := s.value(text)
		if err == nil && value.IsValid() {
			*all = append(*all, assignment{s.field, value})
		}
		return err
	}
	var members map[string]json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return errors.New("it is no JSON object")
	}
	if err := decodeStrictly(text, &members); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		part := s.part(key)
		if part == nil {
			return fmt.Errorf("unknown field %q", key)
		}
		if err := part.read(string(members[key]), all); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// part returns the part that JSON calls so, as package encoding/json would; nil if
// there is none.
func (s *setting) part(key string) *setting {
	for _, p := range s.parts {
		if p.key == key {
			return p
		}
	}
	for _, p := range s.parts {
		if strings.EqualFold(p.key, key) {
			return p
		}
	}
	return nil
}

// value is what one JSON value means for a field without parts. It is invalid if that
// is null and changes nothing.
func (s *setting) value(text string) (reflect.Value, error) {
	fresh := reflect.New(s.field.Type()).Elem()
	if text == "null" {
		switch fresh.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			return fresh, nil
		}
		return reflect.Value{}, nil
	}
	if !s.plain() {
		return fresh, decodeStrictly(text, fresh.Addr().Interface())
	}
	var word string
	if err := json.Unmarshal([]byte(text), &word); err != nil {
		return fresh, errors.New("it is no JSON string")
	}
	return fresh, s.set(fresh, word)
}

// plain reports whether the field is a JSON string that has what the flag has:
// durations, and what has a Set method and no form of its own in JSON.
func (s *setting) plain() bool {
	t := s.field.Type()
	p := reflect.PointerTo(t)
	return t == durationType ||
		p.Implements(flagValueType) && !p.Implements(textUnmarshalerType) && !p.Implements(jsonUnmarshalerType)
}

// json is the field as read would read it.
func (s *setting) json() []byte {
	if s.parts == nil {
		var value any = s.field.Interface()
		if s.plain() {
			value = s.String()
		}
		text, err := json.Marshal(value)
		if err != nil {
			text, _ = json.Marshal(fmt.Sprint(value)) // a string is always written
		}
		return text
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for _, p := range s.parts {
		if p.omitEmpty && isEmpty(p.field) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(p.key)
		b.Write(key)
		b.WriteByte(':')
		b.Write(p.json())
	}
	b.WriteByte('}')
	return b.Bytes()
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}

// What is noted at a flag, for help and --describe-settings.
const (
	environmentNote = "environment"
	unitNote        = "unit"
)

func annotate(f *pflag.Flag, note, text string) {
	if text == "" {
		return
	}
	if f.Annotations == nil {
		f.Annotations = make(map[string][]string)
	}
	f.Annotations[note] = []string{text}
}

// noted returns what annotate was given, or nothing.
func noted(f *pflag.Flag, note string) string { return strings.Join(f.Annotations[note], "") }
