package wire

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// The library is the judge of our own msgpack. It sees a body as a tree: of []any,
// string (texts and binaries), int64, uint64 beyond that, bool; nil is whatever is
// empty. In what we expect a list is told from a structure, which may have more.
type list []any

// tree is what a message is in a body: the fields in their order, by the page of
// the package.
func tree(v any) any {
	switch v := v.(type) {
	case directory.Claim:
		return []any{string(v.Name), tree(v.Claimants), v.Ask}
	case directory.Seek:
		return []any{tree(v.ID), string(v.Pattern), tree(v.Scope), tree(v.Actor)}
	case directory.Listed:
		return []any{tree(v.Route), tree(v.Directory), tree(v.Children), v.Last}
	case directory.Publication:
		return []any{tree(v.ID), string(v.Name), tree(v.Scope), int64(v.Stamp), tree(v.Token), tree(v.Actor), tree(v.Endpoints)}
	case directory.Token:
		return string(v[:])
	case transport.ProcessID:
		return string(v[:])
	case transport.Address:
		return string(v.Append(nil))
	}
	switch v := reflect.ValueOf(v); v.Kind() {
	case reflect.Struct: // its fields are in the order of the wire
		var fields []any
		for i := range v.NumField() {
			fields = append(fields, tree(v.Field(i).Interface()))
		}
		return fields
	case reflect.Slice:
		all := list{}
		for i := range v.Len() {
			all = append(all, tree(v.Index(i).Interface()))
		}
		return all
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Uint8, reflect.Uint64:
		if u := v.Uint(); u > math.MaxInt64 {
			return u
		}
		return int64(v.Uint())
	}
	panic(fmt.Sprintf("%T in a message", v))
}

// view is what the library sees in the next value.
func view(d *msgpack.Decoder) (any, error) {
	c, err := d.PeekCode()
	switch {
	case err != nil:
		return nil, err
	case msgpcode.IsFixedArray(c) || c == msgpcode.Array16 || c == msgpcode.Array32:
		n, err := d.DecodeArrayLen()
		all := make([]any, max(n, 0))
		for i := 0; i < n && err == nil; i++ {
			all[i], err = view(d)
		}
		return all, err
	case c == msgpcode.Uint64:
		u, err := d.DecodeUint64()
		if u > math.MaxInt64 {
			return u, err
		}
		return int64(u), err
	case msgpcode.IsString(c) || msgpcode.IsBin(c):
		return d.DecodeString()
	case c == msgpcode.True || c == msgpcode.False:
		return d.DecodeBool()
	case c == msgpcode.Nil:
		return nil, d.DecodeNil()
	case msgpcode.IsFixedNum(c) || msgpcode.Uint8 <= c && c <= msgpcode.Int64:
		return d.DecodeInt64()
	}
	return struct{}{}, d.Skip() // a map, a float, an ext: equal to nothing of ours
}

// differ returns where the library sees something else than ours, or "". It may
// see more at the end of a structure, but not of a list.
func differ(ours, theirs any, where string) string {
	var all []any
	exact := false
	switch ours := ours.(type) {
	case []any:
		all = ours
	case list:
		all, exact = ours, true
	default:
		if cmp.Equal(ours, theirs) || theirs == nil && (ours == "" || ours == int64(0) || ours == false) {
			return ""
		}
		return fmt.Sprintf("%s: %#v is %#v to the library", where, ours, theirs)
	}
	seen, alike := theirs.([]any)
	if !alike && theirs != nil || len(seen) < len(all) || exact && len(seen) > len(all) {
		return fmt.Sprintf("%s: %#v is %#v to the library", where, ours, theirs)
	}
	for i := range all {
		if d := differ(all[i], seen[i], fmt.Sprintf("%s.%d", where, i)); d != "" {
			return d
		}
	}
	return ""
}

// judge fails the test if the library does not see msg in body.
func judge(t *testing.T, msg directory.Message, body []byte) {
	t.Helper()
	d := msgpack.NewDecoder(bytes.NewReader(body))
	seen, err := view(d)
	if err != nil {
		t.Fatalf("%v\n%x is read, but not by the library: %v", msg, body, err)
	}
	if diff := differ(tree(msg), seen, fmt.Sprintf("%T", msg)); diff != "" {
		t.Errorf("%x\n%s", body, diff)
	}
}

// say writes a tree by the library, each value with one of the heads that can say
// it, and now and then a structure with more at its end, as a later version may.
func say(r *rand.Rand, e *msgpack.Encoder, v any) {
	switch v := v.(type) {
	case []any:
		more := []any{map[string]any{"a": []int{1, 2}}, 1.5, nil, []string{"later"}, make([]byte, 300)}
		more = more[:max(r.IntN(3*len(more))-2*len(more), 0)]
		sayArray(r, e, len(v)+len(more))
		for _, each := range v {
			say(r, e, each)
		}
		for _, each := range more {
			e.Encode(each)
		}
	case list:
		if len(v) == 0 && r.IntN(4) == 0 {
			e.EncodeNil()
			return
		}
		sayArray(r, e, len(v))
		for _, each := range v {
			say(r, e, each)
		}
	case string:
		switch n := len(v); r.IntN(8) {
		case 0, 1:
			e.EncodeBytes([]byte(v))
		case 2:
			e.Writer().Write(append([]byte{msgpcode.Str16, byte(n >> 8), byte(n)}, v...))
		case 3:
			e.Writer().Write(append([]byte{msgpcode.Str32, 0, 0, byte(n >> 8), byte(n)}, v...))
		case 4:
			e.Writer().Write(append([]byte{msgpcode.Bin16, byte(n >> 8), byte(n)}, v...))
		case 5:
			e.Writer().Write(append([]byte{msgpcode.Bin32, 0, 0, byte(n >> 8), byte(n)}, v...))
		default:
			e.EncodeString(v)
		}
	case bool:
		e.EncodeBool(v)
	case uint64:
		e.EncodeUint64(v)
	case int64:
		sayInt(r, e, v)
	}
}

func sayArray(r *rand.Rand, e *msgpack.Encoder, n int) {
	switch r.IntN(4) {
	case 0:
		e.Writer().Write([]byte{msgpcode.Array16, byte(n >> 8), byte(n)})
	case 1:
		e.Writer().Write([]byte{msgpcode.Array32, 0, 0, byte(n >> 8), byte(n)})
	default:
		e.EncodeArrayLen(n)
	}
}

func sayInt(r *rand.Rand, e *msgpack.Encoder, v int64) {
	for {
		switch n := r.IntN(9); {
		case n == 0 && v == int64(int8(v)):
			e.EncodeInt8(int8(v))
		case n == 1 && v == int64(int16(v)):
			e.EncodeInt16(int16(v))
		case n == 2 && v == int64(int32(v)):
			e.EncodeInt32(int32(v))
		case n == 3 && v == int64(uint8(v)):
			e.EncodeUint8(uint8(v))
		case n == 4 && v == int64(uint16(v)):
			e.EncodeUint16(uint16(v))
		case n == 5 && v == int64(uint32(v)):
			e.EncodeUint32(uint32(v))
		case n == 6 && v >= 0:
			e.EncodeUint64(uint64(v))
		case n == 7:
			e.EncodeInt64(v)
		case n == 8:
			e.EncodeInt(v)
		default:
			continue
		}
		return
	}
}

// extremes are messages whose numbers and texts need each width.
func extremes() []directory.Message {
	var all []directory.Message
	for bit := range 65 {
		for _, less := range []uint64{0, 1} {
			n := uint64(1)<<bit - less // 1<<64 is 0
			all = append(all, directory.Ready{Session: directory.SessionID(n)})
			for _, stamp := range []int64{int64(n), -int64(n)} {
				p := publication(1)
				p.ID.Seq, p.Stamp = n, directory.Stamp(stamp)
				all = append(all, directory.Claim{Name: "x", Claimants: []directory.Publication{p}})
			}
		}
	}
	for _, n := range []int{0, 1, 31, 32, 255} {
		all = append(all, directory.Withdraw{Scope: directory.LAN, Name: directory.Name(strings.Repeat("n", n))})
	}
	for _, n := range []int{0, 31, 32, 255, 256, MaxText} {
		all = append(all, directory.Refused{Reason: strings.Repeat("r", n)})
	}
	for _, n := range []int{0, 15, 16, 256, MaxBatch} {
		all = append(all, directory.Listed{
			Directory: directory.Directory{Scope: directory.Host, PID: math.MaxInt32},
			Children:  slices.Repeat([]directory.Directory{{Scope: directory.Process, Role: "r"}}, n),
		})
	}
	return append(all, examples...)
}

// compact writes a tree by the library as we should: in the shortest form, ids and
// the like as binaries.
func compact(e *msgpack.Encoder, v, like any) {
	switch v := v.(type) {
	case list:
		compact(e, []any(v), like)
	case []any:
		e.EncodeArrayLen(len(v))
		for i, each := range v {
			compact(e, each, like.([]any)[i])
		}
	case string:
		if _, binary := like.([]byte); binary {
			e.EncodeBytes([]byte(v))
		} else {
			e.EncodeString(v)
		}
	case bool:
		e.EncodeBool(v)
	case uint64:
		e.EncodeUint(v)
	case int64:
		e.EncodeInt(v)
	}
}

// What we write is what the library writes, byte by byte.
func TestWritesAsTheLibrary(t *testing.T) {
	for _, msg := range extremes() {
		body, _ := Append([]byte("before"), msg)
		body = body[len("before"):]
		var like any
		if err := msgpack.Unmarshal(body, &like); err != nil {
			t.Fatalf("%T: %v", msg, err)
		}
		var b bytes.Buffer
		compact(msgpack.NewEncoder(&b), tree(msg), like)
		if !bytes.Equal(body, b.Bytes()) {
			t.Errorf("%T %v: got  %x\nthe library writes %x", msg, msg, body, b.Bytes())
		}
	}
}

// What the library can write we read, whatever heads it uses.
func TestReadsWhatTheLibraryWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var d Decoder // of one link, and so with a memory
	for range 5 {
		for _, want := range extremes() {
			_, kind := Append(nil, want)
			var b bytes.Buffer
			say(r, msgpack.NewEncoder(&b), tree(want))
			got, err := d.Decode(kind, b.Bytes())
			if err != nil {
				t.Fatalf("%T %x: %v", want, b.Bytes(), err)
			}
			if l, ok := want.(directory.Listed); ok && len(l.Children) == 0 {
				l.Children = nil
				want = l
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%x (-want +got):\n%s", b.Bytes(), diff)
			}
			judge(t, got, b.Bytes())
		}
	}
}

// What the fields of a message cannot be is refused, not bent until it fits.
func TestNumbersOutOfRange(t *testing.T) {
	for name, body := range map[string][]byte{
		"a session below zero": {0x91, 0xff},
		"in eight bytes":       {0x91, 0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
		"a float":              {0x91, 0xca, 0, 0, 0, 0},
	} {
		if msg, err := new(Decoder).Decode(KindReady, body); err == nil {
			t.Errorf("%s: got %v, want an error", name, msg)
		}
	}
	p := publication(1)
	p.Stamp = math.MaxInt64
	body, kind := Append(nil, directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}})
	at := bytes.Index(body, []byte{0xcf, 0x7f, 0xff})
	copy(body[at+1:], []byte{0x80, 0, 0, 0, 0, 0, 0, 0})
	if msg, err := new(Decoder).Decode(kind, body); err == nil {
		t.Errorf("a stamp beyond int64: got %v, want an error", msg)
	}
}

// One Decoder reads as many fresh ones do, and the library sees in each body what
// we do. What we write again is the same, if it was written as we do.
func FuzzAgainstTheLibrary(f *testing.F) {
	var bodies [][]byte
	var kinds []transport.Kind
	for _, msg := range examples {
		body, kind := Append(nil, msg)
		bodies, kinds = append(bodies, body), append(kinds, kind)
		f.Add(uint8(kind), body, body)
	}
	f.Add(uint8(KindClaim), bodies[0], bytes.ReplaceAll(bodies[0], []byte("40001"), []byte("40009")))
	f.Fuzz(func(t *testing.T, kind uint8, first, second []byte) {
		var d Decoder
		for i, body := range [][]byte{bodies[0], first, second, first} {
			k := transport.Kind(kind)
			if i == 0 {
				k = kinds[0]
			}
			msg, err := d.Decode(k, body)
			fresh, freshErr := new(Decoder).Decode(k, body)
			if diff := cmp.Diff(fresh, msg); diff != "" || fmt.Sprint(err) != fmt.Sprint(freshErr) {
				t.Fatalf("%x: %v; a fresh decoder: %v\n(-fresh +kept):\n%s", body, err, freshErr, diff)
			}
			if err != nil {
				continue
			}
			judge(t, msg, body)
			again, _ := Append(nil, msg)
			if len(again) > len(body) {
				t.Errorf("%x\nbecame longer: %x", body, again)
			}
			back, err := d.Decode(k, again)
			if err != nil {
				t.Fatalf("%x\nbecame %x: %v", body, again, err)
			}
			if once, _ := Append(nil, back); !bytes.Equal(again, once) {
				t.Errorf("%x\nbecame %x\nand then %x", body, again, once)
			}
		}
	})
}
