package codec

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// An unknown message can be forwarded, also within another.
func TestUnknown(t *testing.T) {
	sender, relay := newCodec(t, kinds...), newCodec(t, named[box]("box"))
	want := full()
	body, name := appendTo(t, sender, want)
	u, err := relay.Type(name).Decode(body, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.(Unknown); got.Type != "order" || relay.TypeName(got) != "order" || got.String() != "unknown order" {
		t.Errorf("got %v", got)
	}
	again, name := appendTo(t, relay, u)
	if name != "order" || !bytes.Equal(again, body) {
		t.Errorf("got %s %x, want order %x", name, again, body)
	}
	boxed, name := appendTo(t, relay, box{[]any{u, u}})
	if got, err := sender.Type(name).Decode(boxed, nil); err != nil || !same(got, box{[]any{want, want}}) {
		t.Errorf("got %#v, %v", got, err)
	}
	for i := range body {
		body[i] = 0xc1
	}
	if again2, _ := appendTo(t, relay, u); !bytes.Equal(again, again2) {
		t.Error("it is made of the body it came in")
	}
}

// Types that read themselves may do odd things to a decoder.
func TestOddDecoders(t *testing.T) {
	type pair struct{ A, B odd }
	c := newCodec(t, named[pair]("pair"))
	body, name := appendTo(t, c, pair{})
	first, err := c.Type(name).Decode(body, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Type(name).Decode(body, nil); err != nil {
		t.Fatal(err)
	}
	for _, o := range []odd{first.(pair).A, first.(pair).B} {
		if want := map[string]any{"a": int8(1)}; !reflect.DeepEqual(o.got, want) {
			t.Errorf("got %#v, want %#v", o.got, want)
		}
	}
}

type odd struct{ got any }

func (odd) EncodeMsgpack(e *msgpack.Encoder) error { return e.EncodeMap(map[string]any{"a": int8(1)}) }

func (o *odd) DecodeMsgpack(d *msgpack.Decoder) (err error) {
	o.got, err = d.DecodeInterface()
	d.SetMapDecoder(func(*msgpack.Decoder) (any, error) { return "hijacked", d.Skip() })
	return err
}

// Names that peers make up are not remembered without end.
func TestLearnedNamesAreBounded(t *testing.T) {
	c := newCodec(t, kinds...)
	unknown := 0
	for i := range 3 * MaxLearned {
		name := "xy"
		for bit := range 12 {
			if i>>bit&1 == 0 {
				name = "vector<" + name + ">"
			} else {
				name = "map<string," + name + ">"
			}
		}
		m, err := c.Type(name).Decode([]byte{0xc0}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := m.(Unknown); ok {
			unknown++
		}
	}
	if want := 2 * MaxLearned; unknown != want {
		t.Errorf("%d of %d names are unknown, want %d", unknown, 3*MaxLearned, want)
	}
	body, name := appendTo(t, c, map[string][]ping{"a": {}}) // what is sent is understood all the same
	if got, err := c.Type(name).Decode(body, nil); err != nil || !same(got, map[string][]ping{"a": {}}) {
		t.Errorf("got %#v, %v", got, err)
	}
	if got, err := c.Type("vector<tree>").Decode([]byte{0xc0}, nil); err != nil || !same(got, Unknown{"vector<tree>", []byte{0xc0}}) {
		t.Errorf("got %#v, %v, want it unknown", got, err)
	}
}

func TestNamesThatNobodyGives(t *testing.T) {
	c := newCodec(t, kinds...)
	for _, name := range []string{
		"", "any", "vector<", "vector<>", "vector<unsigned1>", "vector<nil>", "vector<strange>", "map<integer,xy>", "map<string,>",
		"vector<xy", "xy>", "vector<xy>>", ">", strings.Repeat("vector<", 40) + "xy" + strings.Repeat(">", 40),
		strings.Repeat("vector<", 20) + "xy" + strings.Repeat(">", 19),
	} {
		if got, err := c.Type(name).Decode([]byte{0xc0}, nil); err != nil || !same(got, Unknown{name, []byte{0xc0}}) {
			t.Errorf("%q: got %#v, %v, want it unknown", name, got, err)
		}
	}
}
