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
// points to, and returns them. The fields of an embedded struct count as its own. A
// field's name in kebab-case is the flag's, its tag usage the help, its tag unit what
// a number of it means, its value the default. Nil settings have no flags.
//
// Text sets a field by its type: one with a Set method or encoding.TextUnmarshaler
// as that says; strings, booleans, numbers and time.Duration as Go writes them; a
// list of strings by one flag for each element, or by a JSON list; and what is
// left (structs, maps, other lists) by JSON.
//
// A field that is a struct is a flag, for JSON that keeps the fields that are not
// mentioned, and each of its exported fields is one too: --database, and
// --database-host. What comes later wins. In that JSON a duration is a string, and
// what is not named in a tag json may be written as the field is. A pointer to a
// struct, which may be nil, is set by JSON alone; so is a struct with a json.Unmarshaler.
func addSettings(flags *pflag.FlagSet, settings any) ([]*setting, error) {
	if settings == nil {
		return nil, nil
	}
	v := reflect.ValueOf(settings)
	if v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("settings: a %T is no pointer to a struct", settings)
	}
	if v.IsNil() {
		return nil, fmt.Errorf("settings: the %T is nil", settings)
	}
	b := builder{flags: flags}
	_, err := b.fields(v.Elem(), v.Type().Elem().String(), "")
	return b.all, err
}

// A builder makes the flags of a struct, those of a part after that of the whole.
type builder struct {
	flags *pflag.FlagSet
	all   []*setting
}

// fields makes the flags of the fields of v, which where names. The names of those of
// a part begin with that of the whole.
func (b *builder) fields(v reflect.Value, where, whole string) (made []*setting, err error) {
	for i := range v.NumField() {
		field, in := v.Type().Field(i), v.Field(i)
		if field.Anonymous && flattens(field.Type) {
			if in.Kind() == reflect.Pointer {
				if in.IsNil() && !in.CanSet() {
					return nil, fmt.Errorf("settings: %s.%s: it is nil and cannot be set", where, field.Name)
				}
				if in.IsNil() {
					in.Set(reflect.New(field.Type.Elem()))
				}
				in = in.Elem()
			}
			more, err := b.fields(in, in.Type().String(), whole)
			if err != nil {
				return nil, err
			}
			made = append(made, more...)
			continue
		}
		if !field.IsExported() || whole != "" && field.Tag.Get("json") == "-" {
			continue
		}
		s, err := b.field(field, in, where+"."+field.Name, whole)
		if err != nil {
			return nil, err
		}
		made = append(made, s)
	}
	return made, nil
}

// field makes the flag of one field, and those of its parts.
func (b *builder) field(field reflect.StructField, v reflect.Value, where, whole string) (*setting, error) {
	name := whole + kebab(field.Name)
	s := &setting{field: v}
	s.key, s.omitEmpty = jsonKey(field)
	if b.flags.Lookup(name) != nil {
		return nil, fmt.Errorf("settings: %s: there is a flag --%s already", where, name)
	}
	s.flag = b.flags.VarPF(s, name, "", field.Tag.Get("usage"))
	annotate(s.flag, environmentNote, environmentName(name))
	annotate(s.flag, unitNote, field.Tag.Get("unit"))
	if v.Kind() == reflect.Bool {
		s.flag.NoOptDefVal = "true"
	}
	b.all = append(b.all, s)
	var err error
	if hasParts(v.Type()) {
		if s.parts, err = b.fields(v, where, name+"-"); err != nil {
			return nil, err
		}
	} else if s.set, err = setterFor(v); err != nil {
		return nil, fmt.Errorf("settings: %s: %w", where, err)
	}
	s.flag.DefValue = s.String() // its parts are known now
	return s, nil
}

// jsonKey is the name of a field in JSON, and whether it is left out when empty.
func jsonKey(field reflect.StructField) (key string, omitEmpty bool) {
	key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	for option := range strings.SplitSeq(options, ",") {
		omitEmpty = omitEmpty || option == "omitempty" || option == "omitzero"
	}
	if key == "" {
		key = field.Name
	}
	return key, omitEmpty
}

// hasParts reports whether the fields of a t are settings too.
func hasParts(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || !flattens(t) || reflect.PointerTo(t).Implements(jsonUnmarshalerType) {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() || f.Anonymous && flattens(f.Type) {
			return true
		}
	}
	return false
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
	flag      *pflag.Flag
	field     reflect.Value
	key       string // its name in JSON
	omitEmpty bool   // in JSON
	set       func(field reflect.Value, text string) error
	parts     []*setting // instead of set: a struct whose fields are settings too
	more      bool       // the source that is being read has given a value already
}

// Set reads the field from text, which leaves it as it was if it is wrong. The error
// is the bare reason.
func (s *setting) Set(text string) (err error) {
	switch {
	case s.parts != nil:
		err = s.setParts(text)
	case isStrings(s.field.Type()):
		err = setStrings(s.field, text, s.more)
	default:
		err = s.set(s.field, text)
	}
	s.more = s.more || err == nil
	return err
}

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
	case isStrings(t):
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
	if s.parts != nil {
		return string(s.json())
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
	jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()
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
