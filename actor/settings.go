package actor

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/pflag"
)

// addSettings makes a flag of each exported field of the struct that settings
// points to. The fields of an embedded struct count as its own. A field's name
// in kebab-case is the flag's, its tag usage the help, its value the default.
// Nil settings have no flags.
//
// Text sets a field by its type: one with a Set method or encoding.TextUnmarshaler
// as that says; strings, booleans, numbers and time.Duration as Go writes them; a
// list of strings by one flag for each element, or by a JSON list; and what is
// left (structs, maps, other lists) by JSON, where a struct keeps the fields that
// are not mentioned and a map or list is replaced.
func addSettings(flags *pflag.FlagSet, settings any) error {
	if settings == nil {
		return nil
	}
	v := reflect.ValueOf(settings)
	if v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.Struct {
		return fmt.Errorf("settings: a %T is no pointer to a struct", settings)
	}
	if v.IsNil() {
		return fmt.Errorf("settings: the %T is nil", settings)
	}
	return addFields(flags, v.Elem())
}

func addFields(flags *pflag.FlagSet, v reflect.Value) error {
	for i := range v.NumField() {
		field, in := v.Type().Field(i), v.Field(i)
		if field.Anonymous && flattens(field.Type) {
			if in.Kind() == reflect.Pointer {
				if in.IsNil() && !in.CanSet() {
					return fmt.Errorf("settings: %v.%s: it is nil and cannot be set", v.Type(), field.Name)
				}
				if in.IsNil() {
					in.Set(reflect.New(field.Type.Elem()))
				}
				in = in.Elem()
			}
			if err := addFields(flags, in); err != nil {
				return err
			}
			continue
		}
		if !field.IsExported() {
			continue
		}
		set, err := setterFor(in)
		if err != nil {
			return fmt.Errorf("settings: %v.%s: %w", v.Type(), field.Name, err)
		}
		name := kebab(field.Name)
		if flags.Lookup(name) != nil {
			return fmt.Errorf("settings: %v.%s: there is a flag --%s already", v.Type(), field.Name, name)
		}
		flag := flags.VarPF(&setting{in, set}, name, "", field.Tag.Get("usage"))
		if in.Kind() == reflect.Bool {
			flag.NoOptDefVal = "true"
		}
	}
	return nil
}

// flattens reports whether the fields of an embedded t are settings of their own.
func flattens(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	p := reflect.PointerTo(t)
	return t.Kind() == reflect.Struct && !p.Implements(flagValueType) && !p.Implements(textUnmarshalerType)
}

// A setting is one field as a flag.
type setting struct {
	field reflect.Value
	set   func(field reflect.Value, text string) error
}

// Set reads the field from text. Its error is the bare reason.
func (s *setting) Set(text string) error { return s.set(s.field, text) }

// Type is what help shows for the value.
func (s *setting) Type() string {
	t := s.field.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if named, ok := reflect.New(t).Interface().(pflag.Value); ok {
		return named.Type()
	}
	switch {
	case t == durationType:
		return "duration"
	case reflect.PointerTo(t).Implements(textUnmarshalerType):
		return strings.ToLower(t.Name())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "strings"
	case t.Kind() <= reflect.Float64 || t.Kind() == reflect.String:
		return t.Kind().String()
	}
	return "json"
}

// String returns the field as Set would read it.
func (s *setting) String() string {
	if !s.field.IsValid() {
		return "" // package pflag asks the zero value too
	}
	v := s.field
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if named, ok := v.Addr().Interface().(pflag.Value); ok {
		return named.String()
	}
	if v.Type() == durationType {
		return time.Duration(v.Int()).String()
	}
	if m, ok := v.Addr().Interface().(encoding.TextMarshaler); ok {
		if text, err := m.MarshalText(); err == nil {
			return string(text)
		}
	}
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0:
		return ""
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Sprint(v.Interface())
	}
	return string(text)
}

var (
	flagValueType       = reflect.TypeFor[pflag.Value]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	durationType        = reflect.TypeFor[time.Duration]()
)

// kebab turns the name of a Go field into that of a flag: DirectoryAtLAN into
// directory-at-lan, HTTPPort into http-port.
func kebab(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == '_':
			r = '-'
		case i > 0 && unicode.IsUpper(r) && runes[i-1] != '_':
			ends := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || ends {
				b.WriteByte('-')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
