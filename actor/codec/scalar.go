package codec

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// scalar puts a string into a value that is one thing, as JSON strings and the
// values of forms do.
func scalar(p *plan, v reflect.Value, s string) error {
	if p.class == instant {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return refused(p, s)
		}
		v.Set(reflect.ValueOf(t.UTC()))
		return nil
	}
	if p.typ == durationType {
		d, err := time.ParseDuration(s)
		if err != nil {
			return refused(p, s)
		}
		v.SetInt(int64(d))
		return nil
	}
	if p.own&fromText != 0 {
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			return refused(p, s)
		}
		return nil
	}
	p = p.seen()
	switch p.class {
	case text:
		if !utf8.ValidString(s) {
			return problem("it is not UTF-8")
		}
		v.SetString(s)
		return nil
	case boolean:
		b, err := strconv.ParseBool(s)
		if err != nil && s != "on" { // a checked box
			return refused(p, s)
		}
		v.SetBool(b || s == "on")
		return nil
	case integer, unsigned, float:
		return number(p, v, s, s)
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return refused(p, s)
	}
	switch p.class {
	case block:
		v.SetBytes(b)
		return nil
	case octets:
		if len(b) != p.size {
			return problem("it has %d bytes, not %d", len(b), p.size)
		}
		copy(v.Bytes(), b)
		return nil
	case blob:
		if err := v.Addr().Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b); err != nil {
			return refused(p, s)
		}
		return nil
	}
	return refused(p, s)
}

// exact bounds the integers that are written with a point or an exponent.
const exact = 1 << 53

// number puts a number into v; tree is what it was.
func number(p *plan, v reflect.Value, s string, tree any) error {
	if p.class == float {
		f, err := strconv.ParseFloat(s, 8*p.size)
		if errors.Is(err, strconv.ErrRange) {
			return problem("%s is out of range", brief(s))
		}
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return refused(p, tree)
		}
		v.SetFloat(f)
		return nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.ContainsAny(s, ".eE") && f == math.Trunc(f) && math.Abs(f) <= exact {
		s = strconv.FormatFloat(f, 'f', 0, 64)
	}
	var err error
	if p.class == integer {
		var n int64
		n, err = strconv.ParseInt(s, 10, 8*p.size)
		v.SetInt(n)
	} else {
		var n uint64
		n, err = strconv.ParseUint(s, 10, 8*p.size)
		v.SetUint(n)
		if _, negative := strconv.ParseInt(s, 10, 64); err != nil && negative == nil {
			return problem("%s is out of range", brief(s))
		}
	}
	if errors.Is(err, strconv.ErrRange) {
		return problem("%s is out of range", brief(s))
	}
	if err != nil {
		return refused(p, tree)
	}
	return nil
}

// refused is the error for a value of another kind than that of p.
func refused(p *plan, tree any) error { return problem("%s is not %s", shown(tree), noun(p)) }

// shown returns a value for an error: a simple one itself, but not at any length.
func shown(tree any) string {
	switch tree := tree.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return fmt.Sprintf("%q", brief(tree))
	case json.Number:
		return brief(string(tree))
	}
	return fmt.Sprint(tree)
}

// brief returns the beginning of what a client wrote.
func brief(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// noun returns what a value of p is called in an error.
func noun(p *plan) string {
	switch p.typ {
	case durationType:
		return `a duration like "1m30s"`
	case timeType:
		return `a time like "2006-01-02T15:04:05Z"`
	case uuidType:
		return "a UUID"
	}
	if p.own&(fromJSON|fromText) != 0 || p.seen() == nil {
		return "a " + p.typ.String()
	}
	switch p.seen().class {
	case boolean:
		return "a boolean"
	case integer, unsigned:
		return "an integer"
	case float:
		return "a number"
	case text:
		return "a string"
	case block, octets, blob:
		return "bytes in base 64"
	case vector, array:
		return "an array"
	}
	return "an object"
}
