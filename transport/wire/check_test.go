package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/transport/wire"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		body string
		want string // "" if the value is well
	}{
		{"nothing", "", "it ends too early"},
		{"nil", "c0", ""}, {"false", "c2", ""}, {"true", "c3", ""}, {"unused", "c1", "c1"},
		{"small", "7f", ""}, {"small negative", "e0", ""}, {"two values", "7f7f", "1 bytes follow"},
		{"uint8", "ccff", ""}, {"uint16", "cdffff", ""}, {"uint32", "ceffffffff", ""}, {"uint64", "cfffffffffffffffff", ""},
		{"int8", "d0ff", ""}, {"int16", "d1ffff", ""}, {"int32", "d2ffffffff", ""}, {"int64", "d3ffffffffffffffff", ""},
		{"float32", "ca00000000", ""}, {"float64", "cb0000000000000000", ""},
		{"short uint8", "cc", "are said to follow"}, {"short uint64", "cf00000000000000", "8 bytes are said to follow, 7 do"},
		{"short float32", "ca000000", "4 bytes are said to follow, 3 do"}, {"short int16", "d100", "2 bytes are said to follow, 1 do"},
		{"fixstr", "a161", ""}, {"empty fixstr", "a0", ""}, {"short fixstr", "a261", "2 bytes are said to follow, 1 do"},
		{"str8", "d90161", ""}, {"str16", "da000161", ""}, {"str32", "db0000000161", ""},
		{"str8 without length", "d9", "ends too early"}, {"str32 without length", "db000000", "ends too early"},
		{"huge str32", "dbffffffff", "4294967295 bytes are said to follow, 0 do"},
		{"bin8", "c40161", ""}, {"bin16", "c5000161", ""}, {"bin32", "c60000000161", ""}, {"huge bin32", "c6ffffffff61", "said to follow"},
		{"ext8", "c7010561", ""}, {"ext16", "c800010561", ""}, {"ext32", "c9000000010561", ""},
		{"ext8 of nothing", "c70005", ""}, {"ext8 without type", "c700", "1 bytes are said to follow, 0 do"},
		{"huge ext32", "c9ffffffff05", "4294967296 bytes are said to follow, 1 do"},
		{"fixext1", "d40561", ""}, {"fixext2", "d5056161", ""}, {"fixext4", "d60561616161", ""},
		{"fixext8", "d705" + strings.Repeat("61", 8), ""}, {"fixext16", "d805" + strings.Repeat("61", 16), ""},
		{"short fixext16", "d805" + strings.Repeat("61", 15), "17 bytes are said to follow, 16 do"},
		{"fixarray", "9201a161", ""}, {"empty fixarray", "90", ""}, {"short fixarray", "9201", "2 elements are said to follow, in 1 bytes"},
		{"array16", "dc00020102", ""}, {"array32", "dd000000020102", ""}, {"empty array32", "dd00000000", ""},
		{"huge array32", "ddffffffff", "4294967295 elements are said to follow"},
		{"huge array32 that has some", "dd00ffffff0101", "16777215 elements are said to follow"},
		{"fixmap", "8101a161", ""}, {"empty fixmap", "80", ""}, {"fixmap without value", "8101", "2 elements are said to follow, in 1 bytes"},
		{"map16", "de00010102", ""}, {"map32", "df000000010102", ""},
		{"huge map32", "dfffffffff0102", "8589934590 elements are said to follow"},
		{"outstanding of all levels count", "939393c0c0c0c0", "7 elements are said to follow, in 4 bytes"},
		{"nested", "93 93 c0c0c0 80 82 a161 91c0 c3 90", ""},
		{"one short", "93 93 c0c0c0 80 82 a161 91c0 c3", "3 elements are said to follow, in 2 bytes"},
		{"one short, after a string", "92 a161", "it ends too early"},
		{"one more", "93 93 c0c0c0 80 82 a161 91c0 c3 90 90", "1 bytes follow"},
		{"32 deep", strings.Repeat("91", 32) + "c0", ""},
		{"33 deep", strings.Repeat("91", 33) + "c0", "more than 32 deep"},
		{"32 deep, twice", "92" + strings.Repeat("91", 31) + "c0" + strings.Repeat("91", 31) + "c0", ""},
		{"33 deep, second", "92 c0" + strings.Repeat("91", 32) + "c0", "more than 32 deep"},
		{"maps 33 deep", strings.Repeat("81c0", 33) + "c0", "more than 32 deep"},
		{"an empty array at the bottom", strings.Repeat("91", 32) + "90", ""},
		{"a million elements", "dd000f4240" + strings.Repeat("c0", 1_000_000), ""},
		{"a million elements but one", "dd000f4240" + strings.Repeat("c0", 999_999), "1000000 elements are said to follow, in 999999 bytes"},
	} {
		body, err := hex.DecodeString(strings.ReplaceAll(c.body, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		got := wire.Check(body)
		var value *wire.ValueError
		if c.want == "" && got != nil || c.want != "" && !errors.As(got, &value) || got != nil && !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, got, c.want)
		}
	}
}

// TestCheckTakesWhatIsEncoded shows that nothing the library writes is refused.
func TestCheckTakesWhatIsEncoded(t *testing.T) {
	type inner struct {
		A int
		B []byte
		C map[string]any
		D *inner
		E [3]float32
		F time.Time
	}
	for _, v := range []any{
		nil, true, 0, -1, 31, 127, 128, 255, 256, 65535, 65536, 1 << 40, -32, -33, -129, -40000, math.MinInt64, uint64(math.MaxUint64),
		1.5, float32(1.5), "", "short", strings.Repeat("x", 31), strings.Repeat("x", 32), strings.Repeat("x", 256), strings.Repeat("x", 70_000),
		[]byte{}, make([]byte, 300), make([]byte, 70_000), []int{}, make([]int, 16), make([]int, 70_000), map[int]string{1: "a"},
		time.Unix(1, 0), time.Unix(1, 1), time.Unix(1<<35, 1), inner{C: map[string]any{"a": []any{1, "b", nil}}, D: &inner{}},
	} {
		for _, asArray := range []bool{false, true} {
			var b bytes.Buffer
			enc := msgpack.NewEncoder(&b)
			enc.UseCompactInts(asArray)
			enc.UseArrayEncodedStructs(asArray)
			if err := enc.Encode(v); err != nil {
				t.Fatal(err)
			}
			if err := wire.Check(b.Bytes()); err != nil {
				t.Errorf("%T, %d bytes %.20x: %v", v, b.Len(), b.Bytes(), err)
			}
		}
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	body := sample(t)
	if n := testing.AllocsPerRun(100, func() { wire.Check(body) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// sample is a value like those that processes send each other.
func sample(t testing.TB) []byte {
	body, err := msgpack.Marshal([]any{"a name:worker-10", 12345, 1.5, []int{1, 2, 3, 4}, map[string]int{"x": 1, "y": 70_000}, true, nil, "twelve bytes"})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func BenchmarkCheck(b *testing.B) {
	body := sample(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := wire.Check(body); err != nil {
			b.Fatal(err)
		}
	}
}

// Skip takes one value, whatever it is, and never more than there is.
func TestSkip(t *testing.T) {
	value := sample(t)
	rest, err := wire.Skip(append(bytes.Clone(value), "rest"...))
	if err != nil || string(rest) != "rest" {
		t.Errorf("got %q, %v; want %q", rest, err, "rest")
	}
	for n := range value {
		if rest, err := wire.Skip(value[:n]); err == nil {
			t.Errorf("of %d bytes of %d it left %x, want an error", n, len(value), rest)
		}
	}
}
