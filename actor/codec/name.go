package codec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/layer-cake/layer-cake/transport"
)

var (
	addressType  = reflect.TypeFor[transport.Address]()
	anyType      = reflect.TypeFor[any]()
	blockType    = reflect.TypeFor[[]byte]()
	durationType = reflect.TypeFor[time.Duration]()
	stringType   = reflect.TypeFor[string]()
	timeType     = reflect.TypeFor[time.Time]()
	unknownType  = reflect.TypeFor[Unknown]()
	uuidType     = reflect.TypeFor[uuid.UUID]()
)

// table has the types that are known without being registered.
var table = map[reflect.Type]string{
	reflect.TypeFor[bool]():    "boolean",
	reflect.TypeFor[int]():     "integer",
	reflect.TypeFor[int8]():    "integer1",
	reflect.TypeFor[int16]():   "integer2",
	reflect.TypeFor[int32]():   "integer4",
	reflect.TypeFor[int64]():   "integer8",
	reflect.TypeFor[uint]():    "unsigned",
	reflect.TypeFor[uint8]():   "unsigned1",
	reflect.TypeFor[uint16]():  "unsigned2",
	reflect.TypeFor[uint32]():  "unsigned4",
	reflect.TypeFor[uint64]():  "unsigned8",
	reflect.TypeFor[float32](): "float4",
	reflect.TypeFor[float64](): "float8",
	stringType:                 "string",
	blockType:                  "block",
	timeType:                   "time",
	durationType:               "duration",
	uuidType:                   "uuid",
}

// badName says what is wrong with the name of a type; nothing if it is empty.
func badName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxName:
		return "has more than 255 bytes"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case strings.ContainsAny(name, "<>,"):
		return "has one of < > , which are for vector<…> and map<…>"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "has a control character"
	}
	return ""
}

// nameOf returns the name by which a value of t travels as a message or inside
// any. The error says why it cannot.
func (c *Codec) nameOf(t reflect.Type) (string, error) {
	name, err := c.partName(t, 0)
	if err == nil && len(name) > maxName {
		return "", problem("its name would have more than 255 bytes")
	}
	return name, err
}

func (c *Codec) partName(t reflect.Type, depth int) (string, error) {
	if name, ok := c.names[t]; ok {
		return name, nil
	}
	if depth == maxDepth {
		return "", problem("it nests too deeply")
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return "", problem("a pointer cannot be sent; send the value")
	case t == anyType && depth > 0:
		return "any", nil
	case unportable(t) != nil:
		return "", unportable(t)
	case t.Name() != "" || t.Kind() == reflect.Struct:
		return "", problem("its type is not registered; give it a name in Options.Types")
	case t.Kind() == reflect.Slice:
		part, err := c.partName(t.Elem(), depth+1)
		return "vector<" + part + ">", within(err, "[]")
	case t.Kind() == reflect.Map && t.Key() == stringType:
		part, err := c.partName(t.Elem(), depth+1)
		return "map<string," + part + ">", within(err, "[]")
	}
	return "", problem("its type is not registered; give it a name in Options.Types")
}

// parse takes apart a name that nameOf may have made: the type in the middle, and
// around it true for each vector and false for each map, outermost first. The
// type is nil if nameOf makes no such name. It makes no new type yet, as these
// are never given back.
func (c *Codec) parse(name string) (vectors []bool, inner reflect.Type) {
	if len(name) > maxName {
		return nil, nil
	}
	for strings.HasSuffix(name, ">") {
		if part, ok := strings.CutPrefix(name, "vector<"); ok {
			name, vectors = part[:len(part)-1], append(vectors, true)
		} else if part, ok := strings.CutPrefix(name, "map<string,"); ok {
			name, vectors = part[:len(part)-1], append(vectors, false)
		} else {
			return nil, nil
		}
	}
	e, known := c.types[name]
	switch {
	case len(vectors) == 0 || len(vectors) >= maxDepth:
		return nil, nil
	case name == "any":
		return vectors, anyType
	case !known:
		return nil, nil
	case name == "unsigned1" && vectors[len(vectors)-1]:
		return nil, nil // that is block
	}
	return vectors, e.plan.typ
}

// compose returns the type that parse took apart.
func compose(vectors []bool, inner reflect.Type) reflect.Type {
	for _, vector := range slices.Backward(vectors) {
		if vector {
			inner = reflect.SliceOf(inner)
		} else {
			inner = reflect.MapOf(stringType, inner)
		}
	}
	return inner
}

// unportable says why no value of t can be sent, from its kind alone.
func unportable(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Pointer:
		return problem("a pointer (%s) cannot be sent; use the value", t)
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr, reflect.Complex64, reflect.Complex128:
		return problem("a %s cannot be sent", t.Kind())
	case reflect.Interface:
		if t != anyType {
			return problem("an interface other than any (%s) cannot be sent", t)
		}
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return problem("a map with keys of type %s cannot be sent; only strings are keys", t.Key())
		}
	}
	return nil
}

// A trouble is why a value or a type cannot be sent or read, and where in it.
type trouble struct{ path, reason string }

func (t *trouble) Error() string {
	if t.path == "" {
		return t.reason
	}
	return strings.TrimPrefix(t.path, ".") + ": " + t.reason
}

func problem(format string, args ...any) error {
	return &trouble{reason: fmt.Sprintf(format, args...)}
}

// within adds where err is, from the inside out: ".Field", "[3]".
func within(err error, where string) error {
	if t, ok := err.(*trouble); ok && t != nil {
		t.path = where + t.path
	}
	return err
}
