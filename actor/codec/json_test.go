package codec

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/layer-cake/layer-cake/transport"
)

// What a request may hold.
type (
	common struct {
		UserID  string
		Comment string `json:"note,omitempty"`
	}
	request struct {
		common
		X, Y     int
		HTTPPort uint16
		Ratio    float64
		Small    float32
		On       bool
		At       time.Time
		For      time.Duration
		ID       uuid.UUID
		Tags     []string
		Points   []xy
		Raw      []byte
		Sum      digest
		Pair     [2]int
		Notes    map[string]int
		Any      any
		Level    level
		To       transport.Address
		Hidden   int `json:"-"`
	}
	level int
	// A wrapper has a field that looks like the tagged form.
	wrapper struct{ Value []any }
	ladder  []ladder
)

func (l level) MarshalText() ([]byte, error) { return []byte(strings.Repeat("+", int(l))), nil }
func (l *level) UnmarshalText(b []byte) error {
	if strings.Trim(string(b), "+") != "" {
		return errors.New("not a level")
	}
	*l = level(len(b))
	return nil
}

func newRequests(t testing.TB) *Codec {
	return newCodec(t, append(kinds[:len(kinds):len(kinds)], named[request]("request"), named[wrapper]("wrapper"), named[ladder]("ladder"), named[level]("level"))...)
}

func TestEncodeJSON(t *testing.T) {
	c := newRequests(t)
	for _, test := range []struct {
		message any
		want    string
	}{
		{[][]float64{{0.25, 2}, nil, {}}, `["vector<vector<float8>>",[[0.25,2],null,[]],[]]`},
		{grid{{0.5}}, `["vector<vector<float8>>",[[0.5]],[]]`},
		{xy{1, -2}, `["xy",{"x":1,"y":-2},[]]`},
		{page[xy]{Items: []xy{{1, 2}}}, `["page-of-xy",{"items":[{"x":1,"y":2}],"next":""},[]]`},
		{[]page[xy]{}, `["vector<page-of-xy>",[],[]]`},
		{celsius(1e21), `["float8",1e+21,[]]`},
		{float32(0.1), `["float4",0.1,[]]`},
		{-1e-7, `["float8",-1e-07,[]]`},
		{uint64(math.MaxUint64), `["unsigned8",18446744073709551615,[]]`},
		{"a\"\\\n\x01<&>é\u2028", `["string","a\"\\\n\u0001<&>é\u2028",[]]`},
		{nil, `["nil",null,[]]`},
		{true, `["boolean",true,[]]`},
		{prices{"b": 2, "a": 1}, `["map<string,float8>",{"a":1,"b":2},[]]`},
		{digest{1, 2, 3, 4}, `["array<unsigned1,4>","AQIDBA==",[]]`},
		{[]byte("hi"), `["block","aGk=",[]]`},
		{[]byte(nil), `["block",null,[]]`},
		{noon, `["time","2026-11-22T12:00:00.0000005Z",[]]`},
		{90 * time.Second, `["duration","1m30s",[]]`},
		{id, `["uuid","9e7db6d6-02f4-41b3-873d-d3e9565edd3c",[]]`},
		{alice, `["address","a1000000:15",[]]`},
		{transport.Address{}, `["address",null,[]]`},
		{box{[]any{1, grid{{1}}, nil, xy{}}}, `["box",{"value":["vector<any>",[["integer",1,[]],["vector<vector<float8>>",[[1]],[]],null,["xy",{"x":0,"y":0},[]]],[]]},[]]`},
		{ping{}, `["ping",{},[]]`},
		{ladder{{}, nil}, `["vector<ladder>",[[],null],[]]`},
		{level(3), `["string","+++",[]]`},
		{vault{word: "w"}, `["vault",{},[]]`},
		{byHand{ID: 7, Sensor: "s"}, `["by-hand",{"id":7,"sensor":"s","value":0,"error":0,"count":0,"level":0,"good":false,"channel":0},[]]`},
		{
			request{common: common{UserID: "u"}, Tags: []string{}, Any: "s", Hidden: 1, To: alice, For: time.Second, At: noon},
			`["request",{"user_id":"u","x":0,"y":0,"http_port":0,"ratio":0,"small":0,"on":false,"at":"2026-11-22T12:00:00.0000005Z","for":"1s",` +
				`"id":"00000000-0000-0000-0000-000000000000","tags":[],"points":null,"raw":null,"sum":"AAAAAA==","pair":[0,0],"notes":null,` +
				`"any":["string","s",[]],"level":"","to":"a1000000:15"},[]]`,
		},
	} {
		got, err := c.EncodeJSON(test.message)
		if want := `{"value":` + test.want + `}`; err != nil || string(got) != want {
			t.Errorf("%#v:\ngot  %s, %v\nwant %s", test.message, got, err, want)
		}
		if !json.Valid(got) {
			t.Errorf("%#v: %s is not JSON", test.message, got)
		}
	}
}

func TestEncodeJSONRefuses(t *testing.T) {
	c := newRequests(t)
	deep := tree{}
	for range 17 {
		deep = tree{[]tree{deep}}
	}
	for _, test := range []struct {
		message      any
		typ, problem string
	}{
		{math.NaN(), "float64", "NaN is not a number in JSON"},
		{grid{{1, math.Inf(-1)}}, "codec.grid", "[0][1]: -Inf is not a number in JSON"},
		{&xy{}, "*codec.xy", "a pointer cannot be sent; send the value"},
		{box{&xy{}}, "codec.box", "value: *codec.xy: a pointer cannot be sent; send the value"},
		{Unknown{Type: "x"}, "codec.Unknown", `its type "x" is not registered`},
		{box{Unknown{Type: "x"}}, "codec.box", `value: its type "x" is not registered`},
		{"\xff", "string", "a string is not UTF-8"},
		{deep, "codec.tree", strings.TrimPrefix(strings.Repeat(".kids[0]", 16), ".") + ": it nests more than 32 deep"},
		{level(-1), "codec.level", "it panicked: strings: negative Repeat count"},
	} {
		got, err := c.EncodeJSON(test.message)
		if want := (&PortableError{test.typ, test.problem}); !cmp.Equal(err, error(want)) || got != nil {
			t.Errorf("%#v: got %s, %v, want %v", test.message, got, err, want)
		}
	}
}

func TestDecodeJSON(t *testing.T) {
	c := newRequests(t)
	for _, test := range []struct {
		body string
		want any
	}{
		{`{"x":2,"y":-3}`, xy{2, -3}},
		{` {"X":2} `, xy{2, 0}},
		{`{}`, xy{}},
		{`{"x":2.0,"y":3e2}`, xy{2, 300}},
		{`{"value":["xy",{"x":2},[]]}`, xy{2, 0}},
		{`{"value":["vector<vector<float8>>",[[1,2]],[]]}`, grid{{1, 2}}},
		{`{"value":["grid",[[1,2]],[]]}`, grid{{1, 2}}},
		{`[[1],[],null]`, grid{{1}, {}, nil}},
		{`null`, grid(nil)},
		{`21.5`, celsius(21.5)},
		{`{"value":["a",["b"],[]]}`, wrapper{[]any{"a", []any{"b"}, []any{}}}},
		{`{"value":["wrapper",{"value":[true]},[]]}`, wrapper{[]any{true}}},
		{`{"value":7}`, box{7.0}},
		{`{"value":["xy",{"x":1},[]]}`, box{xy{1, 0}}},
		{`{"value":["strange",{"x":1},[]]}`, box{[]any{"strange", map[string]any{"x": 1.0}, []any{}}}},
		{`{"value":{"a":[1,"b",null,["integer",5,[]]]}}`, box{map[string]any{"a": []any{1.0, "b", nil, 5}}}},
		{`{"a":1}`, prices{"a": 1}},
		{`"AQIDBA=="`, digest{1, 2, 3, 4}},
		{
			`{"userId":"u","NOTE":"n","x":1,"Y":2,"http-port":80,"ratio":1,"small":0.1,"on":true,"at":"2026-11-22T13:00:00.0000005+01:00","for":"1m30s",
			  "id":"9e7db6d6-02f4-41b3-873d-d3e9565edd3c","tags":["a"],"points":[{"x":1},{}],"raw":"aGk=","sum":"AQIDBA==","pair":[1,2],
			  "notes":{"k":1},"any":"s","level":"++","to":null}`,
			request{
				common: common{"u", "n"}, X: 1, Y: 2, HTTPPort: 80, Ratio: 1, Small: 0.1, On: true, At: noon, For: 90 * time.Second, ID: id,
				Tags: []string{"a"}, Points: []xy{{1, 0}, {}}, Raw: []byte("hi"), Sum: digest{1, 2, 3, 4}, Pair: [2]int{1, 2},
				Notes: map[string]int{"k": 1}, Any: "s", Level: 2,
			},
		},
	} {
		got, err := c.DecodeJSON(reflect.TypeOf(test.want), []byte(test.body))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\ngot  %#v, %v\nwant %#v", test.body, got, err, test.want)
		}
	}
}

func TestDecodeJSONRefuses(t *testing.T) {
	c := newRequests(t)
	for _, test := range []struct {
		like       any
		body, want string
	}{
		{xy{}, `{"x":"two"}`, `x: "two" is not an integer`},
		{xy{}, `{"x":"2"}`, `x: "2" is not an integer`},
		{xy{}, `{"x":2.5}`, `x: 2.5 is not an integer`},
		{xy{}, `{"x":null}`, `x: null is not an integer`},
		{xy{}, `{"x":{}}`, `x: an object is not an integer`},
		{xy{}, `{"x":9223372036854775808}`, `x: 9223372036854775808 is out of range`},
		{xy{}, `{"z":1}`, `z: there is no such field`},
		{xy{}, `{"` + strings.Repeat("z", 50) + `":1}`, strings.Repeat("z", 40) + `…: there is no such field`},
		{xy{}, `{"x":1,"X":2}`, `x: it is given twice`},
		{xy{}, ``, `there is no JSON`},
		{xy{}, `{"x":1`, `it is not JSON: unexpected EOF`},
		{xy{}, `{"x":1} {}`, `there is more than one JSON value`},
		{xy{}, `{"x":1} }`, `there is more than one JSON value`},
		{xy{}, "\"\xff\"", `the JSON is not UTF-8`},
		{xy{}, `[1,2]`, `an array is not an object`},
		{xy{}, `{"value":["grid",[[1]],[]]}`, `its type is "grid", not "xy"`},
		{xy{}, `{"value":["xy",{"x":"two"},[]]}`, `x: "two" is not an integer`},
		{grid{}, `{"value":["vector<float8>",[1],[]]}`, `its type is "vector<float8>", not "vector<vector<float8>>"`},
		{grid{}, `[[1],["a"]]`, `[1][0]: "a" is not a number`},
		{prices{}, `{"a":true}`, `["a"]: true is not a number`},
		{request{}, `{"http_port":65536}`, `http_port: 65536 is out of range`},
		{request{}, `{"http_port":-1}`, `http_port: -1 is out of range`},
		{request{}, `{"ratio":1e999}`, `ratio: 1e999 is out of range`},
		{request{}, `{"small":1e39}`, `small: 1e39 is out of range`},
		{request{}, `{"on":"true"}`, `on: "true" is not a boolean`},
		{request{}, `{"at":"noon"}`, `at: "noon" is not a time like "2006-01-02T15:04:05Z"`},
		{request{}, `{"for":5}`, `for: 5 is not a duration like "1m30s"`},
		{request{}, `{"id":"5"}`, `id: "5" is not a UUID`},
		{request{}, `{"id":null}`, `id: null is not a UUID`},
		{request{}, `{"tags":["a",1]}`, `tags[1]: 1 is not a string`},
		{request{}, `{"points":[{"x":1},{"y":"b"}]}`, `points[1].y: "b" is not an integer`},
		{request{}, `{"points":[{"q":1}]}`, `points[0].q: there is no such field`},
		{request{}, `{"raw":"*"}`, `raw: "*" is not bytes in base 64`},
		{request{}, `{"sum":"AQ=="}`, `sum: it has 1 bytes, not 4`},
		{request{}, `{"pair":[1]}`, `pair: it has 1 elements, not 2`},
		{request{}, `{"level":"x"}`, `level: "x" is not a codec.level`},
		{request{}, `{"to":"a1000000:15"}`, `to: an address cannot come in a request`},
		{request{}, `{"hidden":1}`, `hidden: there is no such field`},
		{request{}, `{"comment":"x"}`, `comment: there is no such field`},
		{request{}, `{"any":["integer","a",[]]}`, `any: "a" is not an integer`},
		{request{}, `{"any":1e999}`, `any: 1e999 is out of range`},
		{box{}, `{"value":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, `value` + strings.Repeat("[0]", 31) + `: it nests more than 32 deep`},
		{tree{}, strings.Repeat(`{"kids":[`, 20) + strings.Repeat(`]}`, 20), strings.TrimPrefix(strings.Repeat(".kids[0]", 16), ".") + `: it nests more than 32 deep`},
	} {
		got, err := c.DecodeJSON(reflect.TypeOf(test.like), []byte(test.body))
		if err == nil || err.Error() != test.want || got != nil {
			t.Errorf("%s: got %#v, %v, want %s", test.body, got, err, test.want)
		}
	}
	if _, err := c.DecodeJSON(reflect.TypeFor[chan int](), []byte(`1`)); err == nil {
		t.Error("a chan came out of JSON")
	}
}

// What EncodeJSON writes, DecodeJSON reads, except for addresses.
func TestJSONRoundTrips(t *testing.T) {
	c := newRequests(t)
	rapid.Check(t, func(t *rapid.T) {
		want := request{
			common: common{rapid.String().Draw(t, "user"), rapid.String().Draw(t, "note")},
			X:      rapid.Int().Draw(t, "x"), HTTPPort: rapid.Uint16().Draw(t, "port"),
			Ratio: rapid.Float64().Draw(t, "ratio"), Small: rapid.Float32().Draw(t, "small"),
			At:  time.Unix(rapid.Int64Range(-1<<33, 1<<33).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
			For: time.Duration(rapid.Int64().Draw(t, "for")), Tags: rapid.SliceOf(rapid.String()).Draw(t, "tags"),
			Raw: rapid.SliceOf(rapid.Byte()).Draw(t, "raw"), Notes: rapid.MapOf(rapid.String(), rapid.Int()).Draw(t, "notes"),
			Any: []any{rapid.Int8().Draw(t, "any"), []string{"a", "b"}, xy{1, 2}, nil}, Level: 2,
		}
		b, err := c.EncodeJSON(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.DecodeJSON(reflect.TypeOf(want), b)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s:\ngot  %#v, %v\nwant %#v", b, got, err, want)
		}
	})
}

func FuzzDecodeJSON(f *testing.F) {
	c := newRequests(f)
	for _, m := range []any{request{Any: xy{1, 2}}, request{common: common{"u", "n"}, Tags: []string{"a"}, Points: []xy{{}}, At: noon, ID: id}} {
		b, err := c.EncodeJSON(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := c.DecodeJSON(reflect.TypeFor[request](), body)
		if err != nil {
			return
		}
		b, err := c.EncodeJSON(m)
		if err != nil {
			t.Fatalf("%#v: %v", m, err)
		}
		again, err := c.DecodeJSON(reflect.TypeFor[request](), b)
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Fatalf("%s: got %#v, %v, want %#v", b, again, err, m)
		}
	})
}

func TestDecodeForm(t *testing.T) {
	c := newRequests(t)
	values := map[string][]string{
		"user-id": {"u"}, "x": {"2"}, "Y": {"-3"}, "httpPort": {"80"}, "ratio": {"1e3"}, "small": {"0.5"}, "on": {"on"},
		"at": {"2026-11-22T13:00:00.0000005+01:00"}, "for": {"1m30s"}, "id": {id.String()}, "tags": {"a", "", "c"},
		"points": {`{"x":1}`, `{}`}, "raw": {"aGk="}, "sum": {"AQIDBA=="}, "pair": {"[1,2]"}, "notes": {`{"k":1}`},
		"any": {`["xy",{"x":1},[]]`}, "level": {"+"},
	}
	want := request{
		common: common{UserID: "u"}, X: 2, Y: -3, HTTPPort: 80, Ratio: 1000, Small: 0.5, On: true, At: noon, For: 90 * time.Second, ID: id,
		Tags: []string{"a", "", "c"}, Points: []xy{{1, 0}, {}}, Raw: []byte("hi"), Sum: digest{1, 2, 3, 4}, Pair: [2]int{1, 2},
		Notes: map[string]int{"k": 1}, Any: xy{1, 0}, Level: 1,
	}
	if got, err := c.DecodeForm(reflect.TypeFor[request](), values); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v, %v\nwant %#v", got, err, want)
	}
	if got, err := c.DecodeForm(reflect.TypeFor[xy](), nil); err != nil || got != (xy{}) {
		t.Errorf("got %#v, %v, want a zero xy", got, err)
	}
}

func TestDecodeFormRefuses(t *testing.T) {
	c := newRequests(t)
	for _, test := range []struct {
		like   any
		name   string
		values []string
		want   string
	}{
		{xy{}, "x", []string{"two"}, `x: "two" is not an integer`},
		{xy{}, "x", []string{""}, `x: "" is not an integer`},
		{xy{}, "x", []string{"1", "2"}, `x: it is given 2 times`},
		{xy{}, "x", nil, `x: it is given 0 times`},
		{xy{}, "x", []string{strings.Repeat("9", 60)}, `x: ` + strings.Repeat("9", 40) + `… is out of range`},
		{xy{}, "z", []string{"1"}, `z: there is no such field`},
		{request{}, "http_port", []string{"-1"}, `http_port: -1 is out of range`},
		{request{}, "ratio", []string{"NaN"}, `ratio: "NaN" is not a number`},
		{request{}, "ratio", []string{"x"}, `ratio: "x" is not a number`},
		{request{}, "on", []string{"yes"}, `on: "yes" is not a boolean`},
		{request{}, "user_id", []string{"\xff"}, `user_id: it is not UTF-8`},
		{request{}, "at", []string{"noon"}, `at: "noon" is not a time like "2006-01-02T15:04:05Z"`},
		{request{}, "for", []string{"5"}, `for: "5" is not a duration like "1m30s"`},
		{request{}, "id", []string{"x"}, `id: "x" is not a UUID`},
		{request{}, "level", []string{"x"}, `level: "x" is not a codec.level`},
		{request{}, "pair", []string{"1,2"}, `pair: there is more than one JSON value`},
		{request{}, "points", []string{`{"x":"a"}`}, `points.x: "a" is not an integer`},
		{request{}, "to", []string{"a1000000:15"}, `to: it is not JSON: invalid character 'a' looking for beginning of value`},
		{grid{}, "x", []string{"1"}, `a vector<vector<float8>> cannot be given by fields`},
	} {
		got, err := c.DecodeForm(reflect.TypeOf(test.like), map[string][]string{test.name: test.values})
		if err == nil || err.Error() != test.want || got != nil {
			t.Errorf("%s=%q: got %#v, %v, want %s", test.name, test.values, got, err, test.want)
		}
	}
}

// Of two fields of one name, the outer is the one that JSON sees.
func TestOuterFieldsHideInner(t *testing.T) {
	type below struct {
		xy
		Y string
	}
	type above struct {
		Y string
		xy
	}
	c := newCodec(t, named[below]("below"), named[above]("above"))
	for _, want := range []any{below{xy{X: 1}, "y"}, above{"y", xy{X: 1}}} {
		b, err := c.EncodeJSON(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.DecodeJSON(reflect.TypeOf(want), b)
		if err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", b, got, err, want)
		}
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"X": "x", "UserID": "user_id", "HTTPPort": "http_port", "OpenedAt": "opened_at", "X2": "x2", "Foo_Bar": "foo_bar", "ÉtéX": "été_x", "": "",
	} {
		if got := snake(name); got != want {
			t.Errorf("snake(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEncodePlainJSON(t *testing.T) {
	c := newRequests(t)
	for _, test := range []struct {
		message any
		want    string
	}{
		{nil, `null`},
		{"s", `"s"`},
		{[][]float64{{0.25, 2}, nil, {}}, `[[0.25,2],null,[]]`},
		{xy{1, -2}, `{"x":1,"y":-2}`},
		{90 * time.Second, `"1m30s"`},
		{box{[]any{1, grid{{1}}, nil, xy{}}}, `{"value":[1,[[1]],null,{"x":0,"y":0}]}`},
		{map[string]any{"a": xy{}, "b": nil}, `{"a":{"x":0,"y":0},"b":null}`},
		{level(3), `"+++"`},
	} {
		got, err := c.EncodePlainJSON(test.message)
		if err != nil || string(got) != test.want {
			t.Errorf("%#v:\ngot  %s, %v\nwant %s", test.message, got, err, test.want)
		}
	}
	for _, message := range []any{math.NaN(), Unknown{Type: "x"}, struct{ A int }{}, func() {}} {
		if got, err := c.EncodePlainJSON(message); !errors.As(err, new(*PortableError)) {
			t.Errorf("%T: got %s, %v", message, got, err)
		}
	}
}
