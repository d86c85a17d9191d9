package codec

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport/wire"
)

// A wide takes 4 KiB in memory, and a byte on the wire if one likes.
type wide struct {
	A, B, C int
	Hidden  [4072]byte `msgpack:"-"`
	D       []wide
}

// allocated is how many bytes f sets aside.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// What a peer claims costs nothing until it is there, and what is there no more than
// the package says, twice over for what the allocator rounds up, and the message.
func TestDecodeIsBoundedInMemory(t *testing.T) {
	type holder struct{ Value any }
	type fixed struct{ A [100][100]point }
	c := newCodec(t, append(kinds[:len(kinds):len(kinds)], named[wide]("wide"), named[holder]("holder"), named[fixed]("fixed"))...)
	rep := func(s string, n int) string { return strings.Repeat(s, n) }
	array := func(n int) string { return fmt.Sprintf("dd%08x", n) }
	boxed := func(name string) string {
		return fmt.Sprintf("92%02x", 0xa0+len(name)) + hex.EncodeToString([]byte(name))
	}
	const many = 20_000
	keys := func(value string) string {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, "a4%08x%s", 0x30303030+i%10+i/10%10<<8+i/100%10<<16+i/1000<<24, value)
		}
		return b.String()
	}
	for _, test := range []struct {
		name, body string
		refused    bool
	}{
		{"vector<order>", "dd00ffffff", true}, {"vector<integer>", "ddffffffff", true}, {"map<string,integer>", "df7fffffff", true},
		{"string", "db7fffffff", true}, {"block", "c67fffffff", true}, {"vault", "dd7fffffff", true}, {"mystery", "dd7fffffff", true},
		{"vector<wide>", array(many) + rep("90", many), true},
		{"vector<wide>", array(many) + rep("c0", many), true},
		{"vector<vector<wide>>", array(many) + rep("9190", many), true},
		{"wide", "94010203" + array(many) + rep("90", many), true},
		{"vector<any>", array(many) + rep(boxed("wide")+"90", many), true},
		{"vector<any>", array(many) + rep(boxed("fixed")+"90", many), true},
		{"map<string,wide>", fmt.Sprintf("df%08x", many) + keys("90"), true},
		{"vector<vector<integer>>", array(many) + rep("90", many), false},
		{"vector<string>", array(many) + rep("a0", many), false},
		{"vector<ping>", array(many) + rep("90", many), false},
		{"vector<integer>", array(many) + rep("01", many), false},
		{"vector<any>", array(many) + rep("c0", many), false},
		{"vector<any>", array(many) + rep(boxed("boolean")+"c3", many), false},
		{"map<string,any>", fmt.Sprintf("df%08x", many) + keys("c0"), false},
		{"holder", "91" + boxed("vector<wide>") + "93909090", false},
		{"mystery", array(many) + rep("90", many), false},
	} {
		body, err := hex.DecodeString(test.body)
		if err != nil {
			t.Fatal(err)
		}
		typ := c.Type(test.name)
		typ.Decode(nil, nil) // what is set aside once
		most := 2*uint64(MemoryBase+MemoryPerByte*len(body)) + 64<<10
		if got := allocated(func() { _, err = typ.Decode(body, nil) }); got > most {
			t.Errorf("%s of %d bytes took %d, at most %d are allowed", test.name, len(body), got, most)
		}
		if (err != nil) != test.refused {
			t.Errorf("%s of %d bytes: %v", test.name, len(body), err)
		}
	}
}

// A long message of small things passes, also through the structural check.
func TestLongMessages(t *testing.T) {
	c := newCodec(t, kinds...)
	for _, want := range []any{
		slices.Repeat([]float64{1.5}, 7_000_000), slices.Repeat([]bool{true}, 3_000_000), slices.Repeat([]int{1, -1, 300, math.MaxInt}, 500_000),
		slices.Repeat([]string{"", "word"}, 300_000), slices.Repeat([]numbers{{I: 5}, {}}, 50_000),
		slices.Repeat([]any{nil, true}, 200_000),
	} {
		body, typ, err := c.Append(nil, want)
		if err != nil || len(body) > wire.MaxMessage {
			t.Fatal(err, len(body))
		}
		if err := wire.Check(body); err != nil {
			t.Errorf("%T: %v", want, err)
		}
		if got, err := typ.Decode(body, nil); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%T of %d bytes: %v", want, len(body), err)
		}
	}
}
