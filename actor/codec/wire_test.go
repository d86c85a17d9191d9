package codec

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

func TestGolden(t *testing.T) {
	c := newCodec(t, kinds...)
	for _, test := range []struct {
		message    any
		name, want string
	}{
		{nil, "nil", "c0"},
		{true, "boolean", "c3"},
		{7, "integer", "07"},
		{int8(-33), "integer1", "d0df"},
		{int64(1 << 40), "integer8", "cf0000010000000000"},
		{uint16(300), "unsigned2", "cd012c"},
		{1.5, "float8", "cb3ff8000000000000"},
		{float32(1.5), "float4", "ca3fc00000"},
		{"hé", "string", "a368c3a9"},
		{[]byte{1, 2}, "block", "c4020102"},
		{[]byte(nil), "block", "c0"},
		{[]int(nil), "vector<integer>", "c0"},
		{[]int{}, "vector<integer>", "90"},
		{map[string]bool{"b": false, "a": true}, "map<string,boolean>", "82a161c3a162c2"},
		{noon, "time", "d7ff000007d06b02d940"},
		{time.Time{}, "time", "c70cff00000000fffffff1886e0900"},
		{time.Second, "duration", "ce3b9aca00"},
		{id, "uuid", "c4109e7db6d602f441b3873dd3e9565edd3c"},
		{alice, "address", "c72001a10000000000000000000000000000a2000000000000000f0102030405060708"},
		{transport.Address{}, "address", "c0"},
		{xy{2, -2}, "xy", "9202fe"},
		{ping{}, "ping", "90"},
		{grid{{1}, nil}, "grid", "9291cb3ff0000000000000c0"},
		{box{xy{1, 2}}, "box", "9192a27879920102"},
		{box{}, "box", "91c0"},
		{[]any{"a", []xy{{1, 2}}}, "vector<any>", "9292a6737472696e67a16192aa766563746f723c78793e91920102"},
		{page[xy]{[]xy{{1, 2}}, "n"}, "page-of-xy", "9291920102a16e"},
		{vault{"w", alice}, "vault", "92c72001a10000000000000000000000000000a2000000000000000f0102030405060708a177"},
		{crate{5}, "crate", "9105"},
		{[]crate{{5}}, "vector<crate>", "919105"},
		{[]any{vault{"w", transport.Address{}}, 3.0}, "vector<any>", "9292a57661756c7492c0a17792a6666c6f617438cb4008000000000000"},
	} {
		body, name := appendTo(t, c, test.message)
		if got := hex.EncodeToString(body); got != test.want || name != test.name {
			t.Errorf("%#v: got %s %s, want %s %s", test.message, name, got, test.name, test.want)
		}
		if got := c.TypeName(test.message); got != test.name {
			t.Errorf("TypeName(%#v) = %s, want %s", test.message, got, test.name)
		}
		got, err := c.Type(name).Decode(body, nil)
		if err != nil || !same(got, test.message) {
			t.Errorf("Decode(%s, %x) = %#v, %v, want %#v", name, body, got, err, test.message)
		}
		if got := hex.EncodeToString(body); got != test.want {
			t.Errorf("Decode(%s) made %s of the body", name, got)
		}
	}
}

func TestRoundTripOfEverything(t *testing.T) {
	c := newCodec(t, kinds...)
	want := full()
	body, name := appendTo(t, c, want)
	for range 3 { // what is decoded into is used again
		got, err := c.Type(name).Decode(body, nil)
		if err != nil || !same(got, want) {
			t.Fatalf("got %#v, %v, want %#v", got, err, want)
		}
		if got, err := c.Type(name).Decode([]byte{0x90}, nil); err != nil || !same(got, order{}) {
			t.Fatalf("got %#v, %v, want a zero order", got, err)
		}
	}
}

func TestUnexportedFieldsStayBehind(t *testing.T) {
	c := newCodec(t, kinds...)
	body, name := appendTo(t, c, order{secret: "s", Callback: func() {}})
	if got, err := c.Type(name).Decode(body, nil); err != nil || !same(got, order{}) {
		t.Errorf("got %#v, %v, want a zero order", got, err)
	}
}

func TestTimeArrivesInUTC(t *testing.T) {
	c := newCodec(t)
	for _, sent := range []time.Time{time.Now(), noon.In(time.FixedZone("x", 3600)), time.Unix(-1, 1), time.Unix(1<<40, 999_999_999)} {
		body, name := appendTo(t, c, sent)
		got, err := c.Type(name).Decode(body, nil)
		if want := sent.Round(0).UTC(); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

// A message that is made of what the codec knows comes back as it was.
func TestRoundTrips(t *testing.T) {
	c := newCodec(t, kinds...)
	rapid.Check(t, func(t *rapid.T) {
		want := message(t, 3)
		body, typ, err := c.Append([]byte("before"), want)
		if err != nil {
			t.Fatal(err)
		}
		if string(body[:6]) != "before" {
			t.Fatalf("Append changed what was there: %q", body[:6])
		}
		body = body[6:]
		got, err := typ.Decode(body, nil)
		if err != nil || !same(got, want) {
			t.Fatalf("%s: got %#v, %v, want %#v", typ.Name(), got, err, want)
		}
		for i := range body { // and is not made of the body
			body[i] = 0xc1
		}
		if !same(got, want) {
			t.Fatalf("%s: it changed with the body: %#v, want %#v", typ.Name(), got, want)
		}
		if _, err := scan(appendAny(c, want), maxDepth, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func appendAny(c *Codec, message any) []byte {
	b, _, _ := c.Append(nil, message)
	return b
}

func message(t *rapid.T, depth int) any {
	list := func(n int) int { return rapid.IntRange(-1, n).Draw(t, "length") } // −1: nil
	address := func() transport.Address {
		return transport.Address{Actor: transport.ActorID(rapid.Uint64().Draw(t, "actor")), Key: rapid.Uint64().Draw(t, "key")}
	}
	most := 14
	if depth == 0 {
		most = 9
	}
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.String().Draw(t, "string")
	case 2:
		return rapid.Float64().Draw(t, "float")
	case 3:
		return numbers{
			rapid.Int8().Draw(t, "i8"), rapid.Int16().Draw(t, "i16"), rapid.Int32().Draw(t, "i32"), rapid.Int64().Draw(t, "i64"),
			rapid.Int().Draw(t, "i"), rapid.Uint8().Draw(t, "u8"), rapid.Uint16().Draw(t, "u16"), rapid.Uint32().Draw(t, "u32"),
			rapid.Uint64().Draw(t, "u64"), rapid.Uint().Draw(t, "u"), rapid.Float32().Draw(t, "f32"), rapid.Float64().Draw(t, "f64"),
		}
	case 4:
		return address()
	case 5:
		return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	case 6:
		return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	case 7:
		return vault{rapid.StringMatching(`[xyz]*`).Draw(t, "word"), address()}
	case 8:
		return crate{rapid.ByteRange(0, 0x7f).Draw(t, "weight")}
	case 9:
		return celsius(rapid.Float64().Draw(t, "float"))
	case 10:
		n := list(20)
		if n < 0 {
			return []any(nil)
		}
		s := make([]any, n)
		for i := range s {
			s[i] = message(t, depth-1)
		}
		return s
	case 11:
		n := list(4)
		if n < 0 {
			return map[string]any(nil)
		}
		m := map[string]any{}
		for range n {
			m[rapid.String().Draw(t, "key")] = message(t, depth-1)
		}
		return m
	case 12:
		return box{message(t, depth-1)}
	case 13:
		n := list(3)
		if n < 0 {
			return grid(nil)
		}
		g := make(grid, n)
		for i := range g {
			g[i] = rapid.SliceOf(rapid.Float64()).Draw(t, "row")
		}
		return g
	default:
		o := full()
		o.From, o.Extra = address(), message(t, depth-1)
		o.Raw = rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		o.Notes = rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "notes")
		return []order{o, {}}
	}
}

func TestLongSlicesGrow(t *testing.T) {
	c := newCodec(t, kinds...)
	want := make([]line, 10_000)
	for i := range want {
		want[i] = line{What: fmt.Sprint(i), Count: uint32(i)}
	}
	body, name := appendTo(t, c, order{Lines: want})
	got, err := c.Type(name).Decode(body, nil)
	if err != nil || !same(got, order{Lines: want}) {
		t.Errorf("10000 lines came back otherwise: %v", err)
	}
}

// Fields come and go at the end of a struct.
func TestFieldsComeAndGo(t *testing.T) {
	type v1 struct{ A, B int }
	type v2 struct {
		A, B int
		C    []string
		D    v1
	}
	old, young := newCodec(t, named[v1]("v")), newCodec(t, named[v2]("v"))
	body, _ := appendTo(t, old, v1{1, 2})
	if got, err := young.Type("v").Decode(body, nil); err != nil || !same(got, v2{A: 1, B: 2}) {
		t.Errorf("the new program got %#v, %v", got, err)
	}
	body, _ = appendTo(t, young, v2{1, 2, []string{"x"}, v1{3, 4}})
	if got, err := old.Type("v").Decode(body, nil); err != nil || !same(got, v1{1, 2}) {
		t.Errorf("the old program got %#v, %v", got, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	c := newCodec(t, kinds...)
	deep := strings.Repeat("91", 33) + "c0"
	for _, test := range []struct{ name, body, want string }{
		{"unsigned1", "cd012c", "300 does not fit uint8"},
		{"integer1", "cc80", "128 does not fit int8"},
		{"integer1", "d1ff7f", "-129 does not fit int8"},
		{"unsigned8", "ff", "-1 is negative"},
		{"integer8", "cfffffffffffffffff", "18446744073709551615 does not fit int64"},
		{"integer", "cb3ff8000000000000", "1.5 is not an integer"},
		{"integer", "cb7ff8000000000001", "NaN is not an integer"},
		{"integer", "cbfff0000000000000", "-Inf is not an integer"},
		{"integer8", "cb43e0000000000000", "9223372036854775808 does not fit int64"},
		{"unsigned8", "cb43f0000000000000", "1.8446744073709552e+19 is not an integer"},
		{"unsigned", "cabf800000", "-1 is negative"},
		{"integer", "c0", "it is not an integer (0xc0)"},
		{"integer", "cd01", "it is cut short"},
		{"integer", "", "it is cut short"},
		{"integer", "0102", "there is more than one value"},
		{"float4", "cb7e37e43c8800759c", "1e+300 does not fit float32"},
		{"float8", "a161", "it is not a number (0xa1)"},
		{"boolean", "01", "it is not a boolean (0x01)"},
		{"string", "a2c328", "a string is not UTF-8"},
		{"string", "c40161", "it is not a string (0xc4)"},
		{"string", "dbffffffff", "it is cut short"},
		{"block", "c6ffffffff", "it is cut short"},
		{"block", "a161", "it is not bytes (0xa1)"},
		{"digest", "c403010203", "3 bytes are not the 4 of codec.digest"},
		{"vector<integer>", "ddffffffff", "it is cut short"},
		{"vector<integer>", "81a16101", "it is not an array (0x81)"},
		{"map<string,integer>", "dfffffffff", "it is cut short"},
		{"map<string,integer>", "82a16101a16102", `the key "a" comes twice`},
		{"map<string,integer>", "810101", "it is not a string (0x01)"},
		{"numbers", "9500000000a161", "I: it is not an integer (0xa1)"},
		{"vector<xy>", "929200009200a0", "[1].Y: it is not an integer (0xa0)"},
		{"time", "d7fe0000000000000000", "it is not a time (0xd7)"},
		{"time", "c705ff0000000000", "it is not a time"},
		{"time", "d6ff00", "it is cut short"},
		{"address", "c72002" + strings.Repeat("00", 32), "it is not an address (0xc7)"},
		{"address", "c7200100", "it is cut short"},
		{"nil", "01", "it is not nil"},
		{"box", "9192a3", "Value: it is cut short"},
		{"box", "919101", "Value: it is not a name and a value (0x91)"},
		{"box", "9192a27879c0", "Value: xy: it is not an array (0xc0)"},
		{"tree", deep, "Kids[0]"},
		{"mystery", deep, "it nests too deeply"},
		{"mystery", "c1", "it is cut short, or no msgpack"},
		{"mystery", "0101", "there is more than one value"},
		{"vault", "92c0a4626f6d62", "it panicked: vault exploded"},
		{"vault", "93c0a16101", "codec.vault: it left bytes unread"},
		{"vault", "ddffffffff", "it is cut short"},
		{"crate", "90", "codec.crate: no crate"},
		{"order", "9191a0", "base.ID: it is not bytes (0xa0)"},
	} {
		body, err := hex.DecodeString(test.body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Type(test.name).Decode(body, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "codec.Decode: "+test.name+": ") {
			t.Errorf("Decode(%s, %s) = %#v, %v, want an error with %q", test.name, test.body, got, err, test.want)
		}
		if got != nil {
			t.Errorf("Decode(%s, %s) = %#v beside an error", test.name, test.body, got)
		}
	}
	if got, err := c.Type("xy").Decode([]byte{0x92, 1, 2}, nil); err != nil || got != (xy{1, 2}) {
		t.Errorf("after all that: %v, %v", got, err)
	}
}

func TestDecodeTakesAnyNumberThatFits(t *testing.T) {
	c := newCodec(t, kinds...)
	for _, test := range []struct {
		name, body string
		want       any
	}{
		{"integer1", "d3ffffffffffffffff", int8(-1)},
		{"unsigned1", "cf00000000000000ff", uint8(255)},
		{"unsigned8", "d30000000000000001", uint64(1)},
		{"unsigned8", "cfffffffffffffffff", uint64(math.MaxUint64)},
		{"float8", "03", 3.0},
		{"float8", "ff", -1.0},
		{"integer1", "cbc060000000000000", int8(-128)},
		{"integer8", "cbc3e0000000000000", int64(math.MinInt64)},
		{"unsigned8", "cb43e0000000000000", uint64(1 << 63)},
		{"unsigned1", "ca42fe0000", uint8(127)},
		{"float8", "cfffffffffffffffff", float64(math.MaxUint64)},
		{"float8", "ca3fc00000", 1.5},
		{"float4", "cb3ff8000000000000", float32(1.5)},
		{"float4", "cb7ff0000000000000", float32(math.Inf(1))},
	} {
		body, _ := hex.DecodeString(test.body)
		if got, err := c.Type(test.name).Decode(body, nil); err != nil || got != test.want {
			t.Errorf("Decode(%s, %s) = %v, %v, want %v", test.name, test.body, got, err, test.want)
		}
	}
}

// What a peer claims costs nothing until it is there.
func TestDecodeAllocatesNoMoreThanTheBody(t *testing.T) {
	c := newCodec(t, kinds...)
	for _, test := range []struct{ name, body string }{
		{"vector<order>", "dd00ffffff"}, {"vector<integer>", "ddffffffff"}, {"map<string,integer>", "df7fffffff"}, {"string", "db7fffffff"},
		{"block", "c67fffffff"}, {"vault", "dd7fffffff"}, {"mystery", "dd7fffffff"},
	} {
		body, _ := hex.DecodeString(test.body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := c.Type(test.name).Decode(body, nil); err == nil {
			t.Errorf("%s: five bytes are a value", test.name)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<10 {
			t.Errorf("%s: five bytes took %d", test.name, got)
		}
	}
}

func TestDepth(t *testing.T) {
	c := newCodec(t, kinds...)
	grow := func(generations int) tree {
		var seed tree
		for range generations - 1 {
			seed = tree{[]tree{seed}}
		}
		return seed
	}
	body, name := appendTo(t, c, grow(16)) // 16 structs and 15 slices
	if _, err := scan(body, maxDepth, nil); err != nil {
		t.Errorf("16 generations: %v", err)
	}
	if got, err := c.Type(name).Decode(body, nil); err != nil || !same(got, grow(16)) {
		t.Errorf("16 generations: %#v, %v", got, err)
	}
	want := &PortableError{"codec.tree", strings.TrimPrefix(strings.Repeat(".Kids[0]", 16), ".") + ": it nests more than 32 deep"}
	if body, _, err := c.Append(nil, grow(17)); !cmp.Equal(err, error(want)) || body != nil {
		t.Errorf("17 generations: %x, %v, want %v", body, err, want)
	}
	loop := []any{nil}
	loop[0] = loop
	if _, _, err := c.Append(nil, loop); err == nil || !strings.Contains(err.Error(), "it nests more than 32 deep") {
		t.Errorf("a slice that holds itself: %v", err)
	}
}

// What a reader adds, because it was missing, counts too.
func TestDepthOfWhatIsMissing(t *testing.T) {
	type leaf struct{ In xy }
	c := newCodec(t, append(kinds[:len(kinds):len(kinds)], named[leaf]("leaf"))...)
	nest := func(inner string, pairs int) []byte { // in one struct and pairs of a vector and an any
		inner = "92a46c656166" + inner
		for range pairs {
			inner = "92ab766563746f723c616e793e91" + inner
		}
		b, err := hex.DecodeString("9191" + inner)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if _, err := c.Type("vector<box>").Decode(nest("919102", 13), nil); err != nil {
		t.Errorf("30 and 2: %v", err)
	}
	for _, inner := range []string{"919102", "90"} {
		if got, err := c.Type("vector<box>").Decode(nest(inner, 14), nil); err == nil || !strings.HasSuffix(err.Error(), "In: it nests more than 32 deep") {
			t.Errorf("%s: got %#v, %v", inner, got, err)
		}
	}
}

func TestDepthOfUnknown(t *testing.T) {
	c := newCodec(t, kinds...)
	deep := func(n int) []byte { return append(bytes.Repeat([]byte{0x91}, n), 0xc0) }
	for n, fits := range map[int]bool{30: true, 31: false} {
		u, err := c.Type("mystery").Decode(deep(n), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Append(nil, box{u}); (err == nil) != fits {
			t.Errorf("Append with %d: %v", n, err)
		}
		boxed := append([]byte{0x91, 0x92, 0xa1, '?'}, deep(n)...)
		if _, err := c.Type("box").Decode(boxed, nil); (err == nil) != fits {
			t.Errorf("Decode with %d: %v", n, err)
		}
	}
}

func TestAddressesAreSeenToPass(t *testing.T) {
	c := newCodec(t, kinds...)
	inner, _ := appendTo(t, newCodec(t, named[box]("strange")), box{[]any{alice, bob}})
	u, err := c.Type("strange").Decode(inner, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		message any
		want    []transport.Address
	}{
		{alice, []transport.Address{alice}},
		{transport.Address{}, nil},
		{[]transport.Address{bob, alice}, []transport.Address{bob, alice}},
		{order{From: alice, Extra: box{map[string]any{"k": bob}}}, []transport.Address{bob, alice}},
		{vault{"w", alice}, []transport.Address{alice}},
		{u, []transport.Address{alice, bob}},
		{box{u}, []transport.Address{alice, bob}},
		{xy{1, 2}, nil},
	} {
		body, name := appendTo(t, c, test.message)
		var got []transport.Address
		m, err := c.Type(name).Decode(body, func(a transport.Address) { got = append(got, a) })
		if err != nil || !same(m, test.message) {
			t.Errorf("%#v came back as %#v, %v", test.message, m, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%#v: what passed (-want +got):\n%s", test.message, diff)
		}
	}
}

// A program may have an address type of its own.
func TestOwnAddressType(t *testing.T) {
	type ref struct {
		inner transport.Address
		extra int
	}
	type mail struct {
		To  ref
		Via transport.Address
		All []ref
	}
	c, err := New([]Type{named[mail]("mail")}, nil, Addresses{
		Type: reflect.TypeFor[ref](),
		Out:  func(v reflect.Value) transport.Address { return v.Interface().(ref).inner },
		In:   func(a transport.Address, v reflect.Value) { v.Set(reflect.ValueOf(ref{inner: a})) },
	})
	if err != nil {
		t.Fatal(err)
	}
	body, name := appendTo(t, c, mail{ref{alice, 5}, bob, []ref{{bob, 1}, {}}})
	var passed []transport.Address
	got, err := c.Type(name).Decode(body, func(a transport.Address) { passed = append(passed, a) })
	want := mail{ref{alice, 0}, bob, []ref{{bob, 0}, {}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v, want %#v", got, err, want)
	}
	if want := []transport.Address{alice, bob, bob}; !cmp.Equal(passed, want) {
		t.Errorf("passed %v, want %v", passed, want)
	}
	if _, name := appendTo(t, c, ref{alice, 1}); name != "address" {
		t.Errorf("its name is %s", name)
	}
	if _, _, err := c.Append(nil, alice); err == nil {
		t.Error("two types travel as address")
	}
}

func TestFromManyGoroutines(t *testing.T) {
	c := newCodec(t, kinds...)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				want := []any{full(), xy{i, j}, vault{"w", alice}, map[string][]int{"a": {j}}, []crate{{byte(i)}}}[j%5]
				body, typ, err := c.Append(nil, want)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := typ.Decode(body, nil); err != nil || !same(got, want) {
					t.Errorf("got %#v, %v, want %#v", got, err, want)
				}
				if _, err := c.EncodeJSON(want); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// FuzzDecode: what decodes passes the structural check, can be sent on, and is the
// same there.
func FuzzDecode(f *testing.F) {
	types := append(kinds[:11:11], named[[]any]("vector<any>"), named[map[string]grid]("map<string,grid>"), named[Unknown]("mystery"), named[time.Time]("time"))
	c := newCodec(f, kinds...)
	for i, m := range []any{xy{1, 2}, grid{{1}}, celsius(1), prices{"a": 1}, digest{}, ping{}, tree{[]tree{{}}}, page[xy]{}, full(), numbers{}, box{full()}} {
		b, _, err := c.Append(nil, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), b)
		f.Add(uint8(13), b)
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		name := types[int(which)%len(types)].Name
		m, err := c.Type(name).Decode(body, nil)
		if err != nil {
			return
		}
		if err := wire.Check(body); err != nil {
			t.Fatalf("%#v decodes from %x, but: %v", m, body, err)
		}
		b, again, err := c.Append(nil, m)
		if err != nil || again.Name() != name {
			t.Fatalf("%#v decodes, but %v: %v", m, again, err)
		}
		m2, err := c.Type(name).Decode(b, nil)
		if err != nil || !same(m2, m) {
			t.Fatalf("got %#v, %v, want %#v", m2, err, m)
		}
		if b2, _, err := c.Append(nil, m2); err != nil || !bytes.Equal(b, b2) {
			t.Fatalf("%x became %x, %v", b, b2, err)
		}
	})
}
