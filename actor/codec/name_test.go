package codec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/vmihailenco/msgpack/v5"
)

func TestNewRefuses(t *testing.T) {
	type (
		hidden struct{ secret int }
		blank  struct{ _ int }
		inner  struct{ Done chan int }
		outer  struct{ Deep map[string][]inner }
		half   struct{ Pointer *int }
		funcs  []func()
		keys   struct{ M map[int]string }
		face   struct{ E error }
		wave   struct{ C complex128 }
		twins  struct {
			FooBar int
			Other  int `json:"foo_bar"`
		}
		carrier struct {
			vault
			Extra int
		}
		Late    struct{ U Unknown }
		private struct{ netless }
		iface   error
	)
	for _, test := range []struct {
		types []Type
		want  string
	}{
		{[]Type{named[xy]("xy"), named[ping]("xy")}, `codec.ping: the name "xy" is taken by codec.xy`},
		{[]Type{named[xy]("xy"), named[xy]("yx")}, `codec.xy: it has the name "xy" already, and cannot be "yx" too`},
		{[]Type{named[xy]("layer-cake.xy")}, "layer-cake.xy: names that begin with layer-cake. are the runtime's"},
		{[]Type{named[xy]("")}, `codec.xy: the name "" is empty`},
		{[]Type{named[xy]("a<b>")}, `codec.xy: the name "a<b>" has one of < > , which are for vector<…> and map<…>`},
		{[]Type{named[xy]("a\nb")}, `codec.xy: the name "a\nb" has a control character`},
		{[]Type{named[xy](strings.Repeat("x", 256))}, `codec.xy: the name "` + strings.Repeat("x", 256) + `" has more than 255 bytes`},
		{[]Type{named[xy]("\xff")}, `codec.xy: the name "\xff" is not UTF-8`},
		{[]Type{named[xy]("string")}, `codec.xy: the name "string" is taken by string`},
		{[]Type{named[xy]("nil")}, `codec.xy: the name "nil" is taken`},
		{[]Type{named[xy]("address")}, `codec.xy: the name "address" is taken by transport.Address`},
		{[]Type{named[string]("text")}, `string: it has the name "string" already, and cannot be "text" too`},
		{[]Type{named[string]("string")}, `string: the name "string" is taken by string`},
		{[]Type{named[time.Time]("when")}, `time.Time: it has the name "time" already, and cannot be "when" too`},
		{[]Type{named[[]int]("ints")}, "ints: []int cannot be registered; give it a type name of its own"},
		{[]Type{named[*xy]("xy")}, "xy: *codec.xy cannot be registered; give it a type name of its own"},
		{[]Type{named[Unknown]("u")}, "u: codec.Unknown cannot be registered"},
		{[]Type{{Name: "none"}}, "none: no type"},
		{[]Type{named[iface]("e")}, "e: codec.iface: an interface other than any (codec.iface) cannot be sent"},
		{[]Type{{"hidden", reflect.TypeOf(hidden{secret: 1})}}, "hidden: codec.hidden: no field of codec.hidden would be sent; the field secret is not exported"},
		{[]Type{named[outer]("outer")}, "outer: codec.outer: Deep[][].Done: a chan cannot be sent"},
		{[]Type{named[half]("half")}, "half: codec.half: Pointer: a pointer (*int) cannot be sent; use the value"},
		{[]Type{named[funcs]("funcs")}, "funcs: codec.funcs: []: a func cannot be sent"},
		{[]Type{named[keys]("keys")}, "keys: codec.keys: M: a map with keys of type int cannot be sent; only strings are keys"},
		{[]Type{named[face]("face")}, "face: codec.face: E: an interface other than any (error) cannot be sent"},
		{[]Type{named[wave]("wave")}, "wave: codec.wave: C: a complex128 cannot be sent"},
		{[]Type{named[twins]("twins")}, `twins: codec.twins: two fields are "foo_bar" in JSON`},
		{[]Type{named[carrier]("carrier")}, "carrier: codec.carrier: codec.vault is embedded and writes itself, and would be all that is sent; give it a field name"},
		{[]Type{named[Late]("late")}, "late: codec.Late: U: codec.Unknown is a message, not a part of one; use any"},
		{[]Type{named[oneWay]("one-way")}, "one-way: codec.oneWay: codec.oneWay has EncodeMsgpack without DecodeMsgpack"},
		{[]Type{named[otherWay]("other-way")}, "other-way: codec.otherWay: codec.otherWay has UnmarshalMsg without MarshalMsg"},
		{[]Type{named[private]("private")}, "private: codec.private: netless: an embedded field of an unexported type that writes itself cannot be sent"},
	} {
		_, err := New(test.types, nil, Addresses{})
		if got := fmt.Sprint(err); got != "codec.New: "+test.want {
			t.Errorf("got  %s\nwant codec.New: %s", got, test.want)
		}
	}
	if _, err := New([]Type{named[blank]("blank"), named[ping]("ping"), named[ping]("ping")}, nil, Addresses{}); err != nil {
		t.Errorf("structs without fields, and the same twice: %v", err)
	}
}

type oneWay struct{ X int }

func (oneWay) EncodeMsgpack(*msgpack.Encoder) error { return nil }

type otherWay struct{ X int }

func (*otherWay) UnmarshalMsg(b []byte) ([]byte, error) { return b, nil }

type netless struct{ X int }

func (netless) MarshalText() ([]byte, error) { return nil, nil }

// A type that failed to compile leaves nothing half made behind.
func TestAfterAFailure(t *testing.T) {
	c := newCodec(t, named[crooked]("crooked"))
	if _, err := c.DecodeJSON(reflect.TypeFor[[]bent](), []byte(`[]`)); err == nil {
		t.Error("there is a plan for bent")
	}
	body, name := appendTo(t, c, crooked{N: 5})
	if got, err := c.Type(name).Decode(body, nil); err != nil || got.(crooked).N != 5 {
		t.Errorf("got %v, %v", got, err)
	}
}

// A crooked value writes itself, but cannot be seen through.
type (
	crooked struct {
		N int
		B bent
	}
	bent struct {
		More []bent
		Bad  chan int
	}
)

func (c crooked) EncodeMsgpack(e *msgpack.Encoder) error { return e.EncodeInt(int64(c.N)) }
func (c *crooked) DecodeMsgpack(d *msgpack.Decoder) (err error) {
	c.N, err = d.DecodeInt()
	return err
}

func TestOwnNames(t *testing.T) {
	c, err := New(nil, []Type{named[xy]("layer-cake.xy")}, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.TypeName(xy{}); got != "layer-cake.xy" {
		t.Errorf("got %s", got)
	}
	if _, err := New([]Type{named[xy]("xy")}, []Type{named[xy]("layer-cake.xy")}, Addresses{}); err == nil {
		t.Error("the runtime's type has another name too")
	}
}

func TestLookup(t *testing.T) {
	c, err := New([]Type{named[xy]("xy"), named[ping]("Ping"), named[grid]("PING"), named[box]("Box")}, []Type{named[tree]("layer-cake.tree")}, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]reflect.Type{
		"xy": reflect.TypeFor[xy](), "Xy": reflect.TypeFor[xy](), "XY": reflect.TypeFor[xy](),
		"Ping": reflect.TypeFor[ping](), "PING": reflect.TypeFor[grid](), "ping": nil,
		"box": reflect.TypeFor[box](), "layer-cake.tree": reflect.TypeFor[tree](), "Layer-cake.tree": nil,
		"string": nil, "String": nil, "address": nil, "vector<xy>": nil, "": nil, "x": nil,
	} {
		got, ok := c.Lookup(name)
		if got != want || ok != (want != nil) {
			t.Errorf("Lookup(%q) = %v, %v, want %v", name, got, ok, want)
		}
	}
}

func TestTypeName(t *testing.T) {
	c := newCodec(t, kinds...)
	for want, message := range map[string]any{
		"nil": nil, "xy": xy{}, "*codec.xy": &xy{}, "vector<vector<float8>>": [][]float64{}, "grid": grid{}, "map<string,vector<any>>": map[string][]any{},
		"[]codec.bent": []bent{}, "map[int]int": map[int]int{}, "vector<uuid>": []uuid.UUID{}, "vector<block>": [][]byte{},
	} {
		if got := c.TypeName(message); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	c := newCodec(t, kinds...)
	type strange struct{ X int }
	type kelvin float64
	wide := newCodec(t, named[xy](strings.Repeat("x", 250)))
	for _, test := range []struct {
		message any
		want    PortableError
	}{
		{&xy{}, PortableError{"*codec.xy", "a pointer cannot be sent; send the value"}},
		{(*xy)(nil), PortableError{"*codec.xy", "a pointer cannot be sent; send the value"}},
		{new(int), PortableError{"*int", "a pointer cannot be sent; send the value"}},
		{&Unknown{}, PortableError{"*codec.Unknown", "a pointer cannot be sent; send the value"}},
		{strange{}, PortableError{"codec.strange", "its type is not registered; give it a name in Options.Types"}},
		{kelvin(1), PortableError{"codec.kelvin", "its type is not registered; give it a name in Options.Types"}},
		{[]kelvin{1}, PortableError{"[]codec.kelvin", "[]: its type is not registered; give it a name in Options.Types"}},
		{[]*xy{}, PortableError{"[]*codec.xy", "[]: a pointer cannot be sent; send the value"}},
		{[2]int{}, PortableError{"[2]int", "its type is not registered; give it a name in Options.Types"}},
		{struct{}{}, PortableError{"struct {}", "its type is not registered; give it a name in Options.Types"}},
		{map[int]string{}, PortableError{"map[int]string", "a map with keys of type int cannot be sent; only strings are keys"}},
		{make(chan int), PortableError{"chan int", "a chan cannot be sent"}},
		{func() {}, PortableError{"func()", "a func cannot be sent"}},
		{1i, PortableError{"complex128", "a complex128 cannot be sent"}},
		{[]error{}, PortableError{"[]error", "[]: an interface other than any (error) cannot be sent"}},
		{Unknown{Type: "x"}, PortableError{"codec.Unknown", "it did not come from another process"}},
		{"\xff", PortableError{"string", "a string is not UTF-8"}},
		{map[string]int{"\xff": 1}, PortableError{"map[string]int", `["\xff"]: a key is not UTF-8`}},
		{box{&xy{}}, PortableError{"codec.box", "Value: *codec.xy: a pointer cannot be sent; send the value"}},
		{box{[]any{1, strange{}}}, PortableError{"codec.box", "Value[1]: codec.strange: its type is not registered; give it a name in Options.Types"}},
		{[]order{{}, {Lines: []line{{}, {What: "\xff"}}}}, PortableError{"[]codec.order", "[1].Lines[1].What: a string is not UTF-8"}},
		{box{Unknown{Type: "x"}}, PortableError{"codec.box", "Value: unknown x: it is cut short"}},
		{vault{"panic", alice}, PortableError{"codec.vault", "it panicked: vault is shut"}},
		{vault{"twice", alice}, PortableError{"codec.vault", "codec.vault wrote what no process can read: more than one value"}},
		{[]crate{{1}, {200}}, PortableError{"[]codec.crate", "[1]: codec.crate: too heavy"}},
	} {
		prefix := []byte("before")
		body, typ, err := c.Append(prefix, test.message)
		if !cmp.Equal(err, error(&test.want)) || typ != nil || string(body) != "before" {
			t.Errorf("%#v: got %q %v %v\nwant %v", test.message, body, typ, err, &test.want)
		}
	}
	if _, _, err := wide.Append(nil, []xy{}); !cmp.Equal(err, error(&PortableError{"[]codec.xy", "its name would have more than 255 bytes"})) {
		t.Errorf("got %v", err)
	}
	if got, want := (&PortableError{"main.Order", "why"}).Error(), "actor.Send: main.Order: why"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	body, typ, err := c.Append(nil, xy{1, 2})
	if err != nil || typ.Name() != "xy" || string(body) != "\x92\x01\x02" {
		t.Errorf("after all that: %x %s %v", body, typ.Name(), err)
	}
}
