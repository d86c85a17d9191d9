package codec

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type (
	answerXy    struct{ X, Y int }
	answerTable [][]float64
	answerRow   []float64
	answerOther []float64
	answerName  string
)

func TestDecodeTagged(t *testing.T) {
	c, err := New([]Type{
		{"xy", reflect.TypeFor[answerXy]()}, {"table", reflect.TypeFor[answerTable]()}, {"row", reflect.TypeFor[answerRow]()},
		{"other", reflect.TypeFor[answerOther]()}, {"name", reflect.TypeFor[answerName]()},
	}, nil, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text   string
		want   any
		tagged bool
		err    string
	}{
		{`{"value":["xy",{"x":2,"Y":3},[]]}`, answerXy{2, 3}, true, ""},
		{` { "value" : [ "xy" , {} , [ ] ] } `, answerXy{}, true, ""},
		{`{"value":["vector<vector<float8>>",[[1]],[]]}`, answerTable{{1}}, true, ""}, // the only one of that make
		{`{"value":["table",[[1]],[]]}`, answerTable{{1}}, true, ""},
		{`{"value":["vector<float8>",[1],[]]}`, []float64{1}, true, ""}, // two are
		{`{"value":["row",[1],[]]}`, answerRow{1}, true, ""},
		{`{"value":["vector<xy>",[{"x":1}],[]]}`, []answerXy{{X: 1}}, true, ""},
		{`{"value":["string","a",[]]}`, "a", true, ""}, // a name would have to say so
		{`{"value":["name","a",[]]}`, answerName("a"), true, ""},
		{`{"value":["nil",null,[]]}`, nil, true, ""},
		{`{"value":["any",1,[]]}`, nil, false, ""},

		{`{"value":["nil",1,[]]}`, nil, false, ""},
		{`{"value":["zz",{},[]]}`, nil, false, ""},
		{`{"value":["vector<zz>",[],[]]}`, nil, false, ""},
		{`{"value":["xy",{}]}`, nil, false, ""},
		{`{"value":["xy",{},{}]}`, nil, false, ""},
		{`{"value":["xy",{},[]],"more":1}`, nil, false, ""},
		{`["xy",{},[]]`, nil, false, ""},
		{`{"value":["xy",{},[]]} 1`, nil, false, ""},
		{`nothing`, nil, false, ""},
		{``, nil, false, ""},

		{`{"value":["xy",{"x":"two"},[]]}`, nil, true, `x: "two" is not an integer`},
		{`{"value":["xy",{"z":2},[]]}`, nil, true, "z: there is no such field"},
		{`{"value":["vector<vector<float8>>",[["a"]],[]]}`, nil, true, `[0][0]: "a" is not a number`},
		{`{"value":["string","` + strings.Repeat(`,[{\"`, 1<<18) + `",[]]}`, strings.Repeat(`,[{"`, 1<<18), true, ""},
		{`{"value":["vector<float8>",[` + strings.Repeat("1,", 1<<20) + `1],[]]}`, nil, false, "it has more than 1048576 elements"},
	} {
		got, tagged, err := c.DecodeTagged([]byte(test.text))
		if tagged != test.tagged || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%.60s: got %v, %v; want %v, %s", test.text, tagged, err, test.tagged, test.err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%.60s: want -, got +:\n%.1000s", test.text, diff)
		}
	}
}

// EncodeForm writes what DecodeForm reads.
func TestEncodeForm(t *testing.T) {
	type inner struct{ A int }
	type all struct {
		Text    string
		Count   int8
		Share   float64
		Sure    bool
		Took    time.Duration
		At      time.Time
		Bytes   []byte
		Words   []string
		Rows    [][]int
		Numbers map[string]int
		Inner   inner
		Any     any
		Inners  []inner
		Empty   []string
	}
	c, err := New([]Type{{"all", reflect.TypeFor[all]()}, {"name", reflect.TypeFor[answerName]()}}, nil, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []all{
		{},
		{"a&b=\"ü\"", -3, 1e-9, true, time.Minute, time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), []byte{0, 255},
			[]string{"", "x,y"}, [][]int{{1, 2}, {}}, map[string]int{"a": 1}, inner{1}, []any{"a", true}, []inner{{1}, {2}}, nil},
	} {
		form, err := c.EncodeForm(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := c.DecodeForm(reflect.TypeFor[all](), form)
		if err != nil {
			t.Fatalf("%v: %v", form, err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Errorf("%v: want -, got +:\n%s", form, diff)
		}
	}
	form, err := c.EncodeForm(all{Words: []string{"a", "b"}, Took: time.Second, Any: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"words": {"a", "b"}, "took": {"1s"}, "any": {`["float8",1.5,[]]`}, "count": {"0"}, "bytes": nil} {
		if diff := cmp.Diff(want, form[name]); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
	for _, m := range []any{answerName("a"), []int{1}, nil, map[string]int{"a": 1}, func() {}} {
		if form, err := c.EncodeForm(m); err == nil {
			t.Errorf("%T: got %v, want an error", m, form)
		}
	}
}
