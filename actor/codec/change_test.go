package codec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// around are what a version may be in, for a reader whose type is v.
func around(v any) map[string]any {
	t := reflect.TypeOf(v)
	list := reflect.MakeSlice(reflect.SliceOf(t), 2, 2)
	list.Index(0).Set(reflect.ValueOf(v))
	list.Index(1).Set(reflect.ValueOf(v))
	table := reflect.MakeMap(reflect.MapOf(stringType, t))
	table.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(v))
	field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "V", Type: t}, {Name: "After", Type: stringType}})).Elem()
	field.Field(0).Set(reflect.ValueOf(v))
	field.Field(1).SetString("after")
	fields := reflect.MakeSlice(reflect.SliceOf(field.Type()), 1, 1)
	fields.Index(0).Set(field)
	return map[string]any{
		"itself": v, "in a slice": list.Interface(), "in a map": table.Interface(), "in any": []any{v, "after"},
		"in any of a map": map[string]any{"k": []any{v}}, "in a field": fields.Interface(),
	}
}

// versions returns a codec to which the type is known as "v", and a struct that has
// it as "in".
func versions(t *testing.T, of reflect.Type) *Codec {
	t.Helper()
	c, err := New(nil, nil, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	in := reflect.StructOf([]reflect.StructField{{Name: "V", Type: of}, {Name: "After", Type: stringType}})
	for name, typ := range map[string]reflect.Type{"v": of, "in": in} { // New wants types with names; the tests' have none
		p, err := c.planOf(typ)
		if err != nil {
			t.Fatal(err)
		}
		c.names[typ], c.types[name] = name, c.newEntry(name, p)
	}
	return c
}

// What may change in a type while programs with the older one run, and what the two
// then make of each other's messages.
func TestChanges(t *testing.T) {
	for _, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			older, newer := versions(t, change.older), versions(t, change.newer)
			reads := func(from, to *Codec, sent, want any, refused string) {
				t.Helper()
				wants := around(want)
				for where, message := range around(sent) {
					body, name := appendTo(t, from, message)
					got, err := to.Type(name).Decode(body, nil)
					if refused != "" {
						if err == nil || !strings.HasSuffix(err.Error(), refused) {
							t.Errorf("%s: %#v was taken for %#v, %v, want an error with %q", where, message, got, err, refused)
						}
						continue
					}
					if err != nil || !reflect.DeepEqual(got, wants[where]) {
						t.Errorf("%s: %#v arrived as\n%#v, %v, want\n%#v", where, message, got, err, wants[where])
					}
				}
			}
			reads(older, newer, change.was, change.is, "")
			reads(newer, older, change.will, change.seen, change.refused)
		})
	}
}

// What may not change: the message is refused, with a reason, as long as the bytes
// tell it.
func TestChangesThatAreNone(t *testing.T) {
	for _, test := range []struct {
		name         string
		older, newer any
		want, back   string
	}{
		{"fields change places", struct {
			A int
			B string
		}{1, "x"}, struct {
			B string
			A int
		}{"x", 1}, "B: it is not a string", "A: it is not an integer"},
		{"a field in the middle is taken out", struct {
			A int
			B string
			C int
		}{1, "x", 2}, struct{ A, C int }{1, 2}, "C: it is not an integer", "B: it is not a string"},
		{"text becomes a number", struct{ A string }{"1"}, struct{ A int }{1}, "A: it is not an integer", "A: it is not a string"},
		{"text becomes bytes", struct{ A string }{"1"}, struct{ A []byte }{[]byte{1}}, "A: it is not bytes", "A: it is not a string"},
		{"a boolean becomes a number", struct{ A bool }{true}, struct{ A int }{1}, "A: it is not an integer", "A: it is not a boolean"},
		{"one becomes many", struct{ A int }{1}, struct{ A []int }{[]int{1}}, "A: it is not an array", "A: it is not an integer"},
		{"a struct becomes a map", struct{ A point }{point{1, 2}}, struct{ A map[string]int }{map[string]int{"A": 1}}, "A: it is not a map", "A: it is not an array"},
		{"a type becomes any", struct{ A point }{point{1, 2}}, struct{ A any }{5}, "A: it is not a string", "A.A: it is not an integer"},
		{"a time becomes a number", struct{ A time.Time }{noon}, struct{ A int64 }{5}, "A: it is not an integer", "A: it is not a time"},
		{"an array has another length", struct{ A [2]int }{}, struct{ A [3]int }{}, "A: 2 elements are not the 3", "A: 3 elements are not the 2"},
	} {
		older, newer := versions(t, reflect.TypeOf(test.older)), versions(t, reflect.TypeOf(test.newer))
		body, name := appendTo(t, older, test.older)
		if got, err := newer.Type(name).Decode(body, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the newer got %#v, %v, want %q", test.name, got, err, test.want)
		}
		body, name = appendTo(t, newer, test.newer)
		if got, err := older.Type(name).Decode(body, nil); err == nil || !strings.Contains(err.Error(), test.back) {
			t.Errorf("%s: the older got %#v, %v, want %q", test.name, got, err, test.back)
		}
	}
}

// A name that only the newer has is Unknown to the older, and passes through it.
func TestNameIsAdded(t *testing.T) {
	older, newer := newCodec(t, named[box]("box")), newCodec(t, named[box]("box"), named[xy]("xy"))
	for _, sent := range []any{xy{1, 2}, box{xy{1, 2}}, []any{xy{1, 2}, box{[]any{xy{3, 4}}}}, map[string]any{"k": xy{}}, []xy{{1, 2}}} {
		body, name := appendTo(t, newer, sent)
		held, err := older.Type(name).Decode(body, nil)
		if err != nil {
			t.Fatalf("%#v: %v", sent, err)
		}
		again, same := appendTo(t, older, held)
		if string(again) != string(body) || same != name {
			t.Errorf("%#v became %s %x, want %s %x", sent, same, again, name, body)
		}
	}
}

// Every blank field has a place, so that one whose type is emptied keeps it; a tag
// takes it away.
func TestBlankFields(t *testing.T) {
	type keyed struct {
		_ struct{} `msgpack:"-"`
		A int
		_ struct{}
		_ func()
		B int
	}
	c := newCodec(t, named[keyed]("keyed"))
	body, name := appendTo(t, c, keyed{A: 1, B: 2})
	if fmt.Sprintf("%x", body) != "9401c0c002" {
		t.Errorf("got %x", body)
	}
	if got, err := c.Type(name).Decode(body, nil); err != nil || !reflect.DeepEqual(got, keyed{A: 1, B: 2}) {
		t.Errorf("got %#v, %v", got, err)
	}
	type gone struct {
		_ int
		a int
	}
	if _, err := New([]Type{{"gone", reflect.TypeOf(gone{a: 1})}}, nil, Addresses{}); err == nil || !strings.Contains(err.Error(), "no field of codec.gone would be sent; the field a is not exported") {
		t.Errorf("got %v", err)
	}
}
