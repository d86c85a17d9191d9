package codec

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/layer-cake/layer-cake/transport"
)

type (
	xy     struct{ X, Y int }
	table2 [][]float64
	tree   struct {
		Name string
		Kids []tree
	}
	order struct {
		ID     uuid.UUID
		At     time.Time
		For    time.Duration
		Lines  []line
		Notes  map[string]string
		Extra  any
		From   transport.Address
		Raw    []byte
		Digest [4]byte
		Pair   [2]int16
	}
	line struct {
		What  string
		Count uint32
		Price float64
		Paid  bool
	}
)

func named[T any](name string) Type { return Type{name, reflect.TypeFor[T]()} }

func newCodec(t testing.TB, types ...Type) *Codec {
	t.Helper()
	c, err := New(types, nil, Addresses{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFirst(t *testing.T) {
	c := newCodec(t, named[xy]("xy"), named[table2]("table"), named[tree]("tree"), named[order]("order"))
	a := transport.Address{Process: transport.ProcessID{1, 2}, Actor: 7, Key: 9}
	for _, m := range []any{
		nil, true, 1, int8(-3), uint64(math.MaxUint64), int64(math.MinInt64), 1.5, float32(2.5), "héllo", []byte{1}, []byte(nil), []byte{},
		time.Unix(12345, 67).UTC(), time.Time{}, time.Minute, uuid.MustParse("9e7db6d6-02f4-41b3-873d-d3e9565edd3c"), a,
		[]int{1, 2}, []int(nil), []int{}, map[string][]float64{"a": {1}}, map[string]any{"x": xy{1, 2}, "n": nil}, []any{1, "a", []any{nil}},
		xy{1, -2}, table2{{1, 2}, nil, {}}, tree{"a", []tree{{"b", nil}, {"c", []tree{}}}},
		order{At: time.Unix(1, 0).UTC(), Lines: []line{{"a", 1, 2, true}}, Notes: map[string]string{"a": "b"}, Extra: []xy{{1, 2}}, From: a, Raw: []byte{1}, Digest: [4]byte{1}, Pair: [2]int16{-1, 300}},
	} {
		b, name, err := c.Append(nil, m)
		if err != nil {
			t.Errorf("%#v: %v", m, err)
			continue
		}
		got, err := c.Decode(name, b, nil)
		if err != nil {
			t.Errorf("%#v: %v", m, err)
			continue
		}
		if !cmp.Equal(got, m) {
			t.Errorf("%s: got %#v, want %#v", name, got, m)
		}
	}
}
