package codec

import (
	"reflect"
	"time"
)

// A version of a type, a value of it, and what it becomes in the other version.
type change struct {
	name         string
	older, newer reflect.Type
	was, is      any    // of the older, as the newer reads it
	will, seen   any    // of the newer, as the older reads it
	refused      string // by the older, instead of seen; in any case the reason ends so
}

// changed makes one of versions of a type.
func changed[Old, New any](name string, was Old, is, will New, seen Old) change {
	return change{name, reflect.TypeFor[Old](), reflect.TypeFor[New](), was, is, will, seen, ""}
}

func (c change) butRefuses(reason string) change {
	c.refused = reason
	return c
}

type (
	point   struct{ A, B int }
	kelvin  float64
	spoken  struct{ Word string }
	renamed struct{ Text string }
)

// The table of the package's comment, row by row.
var changes = []change{
	changed("a field is appended",
		struct{ A int }{1}, struct {
			A int
			B []string
		}{A: 1},
		struct {
			A int
			B []string
		}{1, []string{"x"}}, struct{ A int }{1}),
	changed("a struct, a map, an any and an array are appended",
		struct{ A int }{1}, struct {
			A int
			B point
			C map[string]point
			D any
			E [2]point
			F time.Time
		}{A: 1},
		struct {
			A int
			B point
			C map[string]point
			D any
			E [2]point
			F time.Time
		}{A: 2, B: point{1, 2}, C: map[string]point{"k": {}}, D: []int{1}}, struct{ A int }{2}),
	changed("the first field is retired",
		struct {
			A string
			B int
		}{"x", 2}, struct {
			_ string
			B int
		}{B: 2},
		struct {
			_ string
			B int
		}{B: 3}, struct {
			A string
			B int
		}{"", 3}),
	changed("fields of every kind are retired",
		struct {
			A point
			B []int
			C map[string]int
			D any
			E [4]byte
			F time.Time
			G crate
			H vault
			I bool
			J [2]int
			K float64
			L any
			Z int
		}{point{1, 2}, []int{1}, map[string]int{"a": 1}, []any{1, "x"}, [4]byte{1}, noon, crate{5}, vault{"w", alice}, true, [2]int{1, 2}, 1.5, "x", 7},
		struct {
			_, _, _, _, _, _, _, _, _, _, _, _ struct{}
			Z                                  int
		}{Z: 7},
		struct {
			_, _, _, _, _, _, _, _, _, _, _, _ struct{}
			Z                                  int
		}{Z: 8},
		struct {
			A point
			B []int
			C map[string]int
			D any
			E [4]byte
			F time.Time
			G crate
			H vault
			I bool
			J [2]int
			K float64
			L any
			Z int
		}{Z: 8}),
	changed("a retired field has a type that cannot be sent any more",
		struct {
			A string
			B int
		}{"x", 2}, struct {
			_ chan *int
			B int
		}{B: 2},
		struct {
			_ chan *int
			B int
		}{B: 3}, struct {
			A string
			B int
		}{"", 3}),
	changed("the last field is retired and another appended",
		struct{ A, B int }{1, 2}, struct {
			A int
			_ int
			C string
		}{A: 1},
		struct {
			A int
			_ int
			C string
		}{A: 3, C: "x"}, struct{ A, B int }{3, 0}),
	changed("a field is renamed", struct{ A, B int }{1, 2}, struct{ X, Y int }{1, 2}, struct{ X, Y int }{3, 4}, struct{ A, B int }{3, 4}),
	changed("an embedded struct gets a name",
		struct {
			point
			Z int
		}{point{1, 2}, 3}, struct {
			At point
			Z  int
		}{point{1, 2}, 3},
		struct {
			At point
			Z  int
		}{point{4, 5}, 6}, struct {
			point
			Z int
		}{point{4, 5}, 6}),
	changed("a field's struct type is another with the same fields", struct{ A spoken }{spoken{"x"}}, struct{ A renamed }{renamed{"x"}}, struct{ A renamed }{renamed{"y"}}, struct{ A spoken }{spoken{"y"}}),
	changed("a field gets a named type", struct{ A float64 }{1.5}, struct{ A kelvin }{1.5}, struct{ A kelvin }{2.5}, struct{ A float64 }{2.5}),
	changed("a field that is not sent is added",
		struct{ A int }{1}, struct {
			A int
			b int
		}{A: 1},
		struct {
			A int
			b int
		}{2, 3}, struct{ A int }{2}),
	changed("an integer is widened", struct{ A int16 }{-3}, struct{ A int64 }{-3}, struct{ A int64 }{300}, struct{ A int16 }{300}),
	changed("an integer is widened, and what is sent does not fit the old", struct{ A int16 }{-3}, struct{ A int64 }{-3}, struct{ A int64 }{1 << 20}, struct{ A int16 }{}).butRefuses("A: 1048576 does not fit int16"),
	changed("an integer loses its sign", struct{ A int }{3}, struct{ A uint8 }{3}, struct{ A uint8 }{255}, struct{ A int }{255}),
	changed("an integer becomes a float", struct{ A int }{3}, struct{ A float64 }{3}, struct{ A float64 }{-4}, struct{ A int }{-4}),
	changed("an integer becomes a float, and what is sent is no integer", struct{ A int }{3}, struct{ A float64 }{3}, struct{ A float64 }{0.5}, struct{ A int }{}).butRefuses("A: 0.5 is not an integer"),
	changed("a float is widened", struct{ A float32 }{1.5}, struct{ A float64 }{1.5}, struct{ A float64 }{2.5}, struct{ A float32 }{2.5}),
	changed("a float is widened, and what is sent does not fit the old", struct{ A float32 }{1.5}, struct{ A float64 }{1.5}, struct{ A float64 }{1e300}, struct{ A float32 }{}).butRefuses("A: 1e+300 does not fit float32"),
	changed("a duration becomes a number", struct{ A time.Duration }{time.Second}, struct{ A int64 }{1e9}, struct{ A int64 }{5}, struct{ A time.Duration }{5}),
	changed("an array becomes a slice", struct{ A [2]int }{[2]int{1, 2}}, struct{ A []int }{[]int{1, 2}}, struct{ A []int }{[]int{3, 4}}, struct{ A [2]int }{[2]int{3, 4}}),
	changed("an array becomes a slice, and what is sent is longer", struct{ A [2]int }{[2]int{1, 2}}, struct{ A []int }{[]int{1, 2}}, struct{ A []int }{[]int{3}}, struct{ A [2]int }{}).butRefuses("A: 1 elements are not the 2 of [2]int"),
	changed("a type writes itself as it was written", struct{ A struct{ W byte } }{struct{ W byte }{5}}, struct{ A crate }{crate{5}}, struct{ A crate }{crate{6}}, struct{ A struct{ W byte } }{struct{ W byte }{6}}),
}
