package actor

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// setterFor chooses how text becomes the value of a field.
func setterFor(field reflect.Value) (func(reflect.Value, string) error, error) {
	t := field.Type()
	switch p := reflect.PointerTo(t); {
	case p.Implements(flagValueType):
		return func(v reflect.Value, text string) error {
			return v.Addr().Interface().(pflag.Value).Set(text)
		}, nil
	case p.Implements(textUnmarshalerType):
		return func(v reflect.Value, text string) error {
			return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
		}, nil
	case t == durationType:
		return setDuration, nil
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value, text string) error { v.SetString(text); return nil }, nil
	case reflect.Bool:
		return setBool, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return setUint, nil
	case reflect.Float32, reflect.Float64:
		return setFloat, nil
	case reflect.Pointer:
		set, err := setterFor(reflect.New(t.Elem()).Elem())
		return func(v reflect.Value, text string) error {
			fresh := reflect.New(t.Elem())
			if err := set(fresh.Elem(), text); err != nil {
				return err
			}
			v.Set(fresh)
			return nil
		}, err
	}
	if isStrings(t) {
		return func(v reflect.Value, text string) error { return setStrings(v, text, false) }, nil
	}
	return setJSON, portable(t, nil)
}

func setDuration(v reflect.Value, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("it is no duration such as 1m30s or 250ms")
	}
	v.SetInt(int64(d))
	return nil
}

func setBool(v reflect.Value, text string) error {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("it is neither true nor false")
	}
	v.SetBool(b)
	return nil
}

func setInt(v reflect.Value, text string) error {
	n, err := strconv.ParseInt(text, 0, v.Type().Bits())
	if err != nil {
		return numberError(err, "whole number", v.Kind())
	}
	v.SetInt(n)
	return nil
}

func setUint(v reflect.Value, text string) error {
	n, err := strconv.ParseUint(text, 0, v.Type().Bits())
	if err != nil {
		return numberError(err, "whole number from 0 up", v.Kind())
	}
	v.SetUint(n)
	return nil
}

func setFloat(v reflect.Value, text string) error {
	f, err := strconv.ParseFloat(text, v.Type().Bits())
	if err != nil {
		return numberError(err, "number", v.Kind())
	}
	v.SetFloat(f)
	return nil
}

func numberError(err error, what string, kind reflect.Kind) error {
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("it is out of the range of %v", kind)
	}
	return fmt.Errorf("it is no %s", what)
}

// isStrings reports whether a t is a list of strings.
func isStrings(t reflect.Type) bool {
	if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.String {
		return false
	}
	list, element := reflect.PointerTo(t), reflect.PointerTo(t.Elem())
	return !list.Implements(flagValueType) && !list.Implements(textUnmarshalerType) && !element.Implements(textUnmarshalerType)
}

// setStrings makes text the one element of a list, or with more another. Text is
// taken as a JSON list if it is one: so lists can be stored as one word, and emptied.
func setStrings(v reflect.Value, text string, more bool) error {
	var elements []string
	if !strings.HasPrefix(text, "[") || json.Unmarshal([]byte(text), &elements) != nil {
		elements = []string{text}
	}
	list := reflect.MakeSlice(v.Type(), 0, len(elements)) // not the default's own array
	if more {
		list = v
	}
	for _, s := range elements {
		list = reflect.Append(list, reflect.ValueOf(s).Convert(v.Type().Elem()))
	}
	v.Set(list)
	return nil
}

func setJSON(v reflect.Value, text string) error {
	fresh := reflect.New(v.Type())
	if v.Kind() == reflect.Struct {
		fresh.Elem().Set(v)
	}
	if err := decodeStrictly(text, fresh.Interface()); err != nil {
		return err
	}
	v.Set(fresh.Elem())
	return nil
}

// portable returns why values of t cannot be written as text, if so. The types
// in seen are being looked at.
func portable(t reflect.Type, seen []reflect.Type) error {
	for _, s := range seen {
		if s == t {
			return nil
		}
	}
	seen = append(seen, t)
	if p := reflect.PointerTo(t); p.Implements(textUnmarshalerType) || p.Implements(jsonUnmarshalerType) {
		return nil
	}
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer, reflect.Uintptr:
		return fmt.Errorf("a value of type %v cannot be written as text", t)
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return fmt.Errorf("a value of type %v cannot be written as text", t)
		}
	case reflect.Map:
		switch key := t.Key(); key.Kind() {
		case reflect.Interface, reflect.Float32, reflect.Float64, reflect.Bool, reflect.Struct, reflect.Array:
			if !reflect.PointerTo(key).Implements(textUnmarshalerType) {
				return fmt.Errorf("a map with keys of type %v cannot be written as text", key)
			}
		default:
			if err := portable(key, seen); err != nil {
				return err
			}
		}
		return portable(t.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return portable(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			if !field.IsExported() && !field.Anonymous || field.Tag.Get("json") == "-" {
				continue
			}
			if err := portable(field.Type, seen); err != nil {
				return fmt.Errorf("%s: %w", field.Name, err)
			}
		}
	}
	return nil
}
