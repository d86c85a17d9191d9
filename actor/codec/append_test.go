package codec

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"
)

// What is written is, byte for byte, what package msgpack writes.
func TestAppendWritesAsTheLibrary(t *testing.T) {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.UseCompactInts(true)
	alike := func(t interface{ Fatalf(string, ...any) }, what any, got []byte, err error) {
		if err != nil || !bytes.Equal(got, b.Bytes()) {
			t.Fatalf("%.40v: got %.80x, the library writes %.80x, %v", what, got, b.Bytes(), err)
		}
		b.Reset()
	}
	integer := func(t interface{ Fatalf(string, ...any) }, n int64) {
		alike(t, n, appendInt(nil, n), e.EncodeInt(n))
		alike(t, uint64(n), appendUint(nil, uint64(n)), e.EncodeUint(uint64(n)))
	}
	for shift := range 64 {
		for d := int64(-2); d <= 2; d++ {
			integer(t, 1<<shift+d)
			integer(t, -1<<shift+d)
		}
	}
	for _, n := range []int{0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, 70_000} {
		s := strings.Repeat("x", n)
		alike(t, n, appendString(nil, s), e.EncodeString(s))
		alike(t, n, appendBytes(nil, []byte(s)), e.EncodeBytes([]byte(s)))
		alike(t, n, appendArray(nil, n), e.EncodeArrayLen(n))
		alike(t, n, appendMap(nil, n), e.EncodeMapLen(n))
	}
	for _, f := range []float64{0, 1.5, -1, math.MaxFloat64, math.Inf(-1), math.NaN(), math.Copysign(0, -1)} {
		alike(t, f, appendFloat(nil, f, 8), e.EncodeFloat64(f))
		alike(t, f, appendFloat(nil, f, 4), e.EncodeFloat32(float32(f)))
	}
	for _, s := range []int64{0, 1, -1, 1<<32 - 1, 1 << 32, 1<<34 - 1, 1 << 34, -1 << 40, 1 << 50} {
		for _, ns := range []int64{0, 1, 999_999_999} {
			at := time.Unix(s, ns)
			alike(t, at, appendTime(nil, at), e.EncodeTime(at))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		integer(t, rapid.Int64().Draw(t, "n"))
		at := time.Unix(rapid.Int64().Draw(t, "s")>>8, rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		alike(t, at, appendTime(nil, at), e.EncodeTime(at))
	})
}
