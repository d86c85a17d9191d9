package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

type frame struct {
	Kind transport.Kind
	Body string
}

// readAll returns the frames of r and why there are no more.
func readAll(r io.Reader, limit int) (frames []frame, err error) {
	reader := wire.NewReader(r)
	for {
		kind, body, err := reader.Next(limit)
		if err != nil {
			return frames, err
		}
		frames = append(frames, frame{kind, string(body)})
	}
}

func TestReader(t *testing.T) {
	const buffer = 64 << 10
	var want []frame
	var stream []byte
	for i, size := range []int{
		0, 1, 100, 1018, 1019, 1020, 1024, 4091, 4092, 16<<10 - 5, 16 << 10, 3, buffer - 6, buffer - 5, buffer - 4, buffer, 2*buffer - 1, 2 * buffer, 2*buffer + 1, 3,
		wire.MaxBody - 1, wire.MaxBody, 0, 5 * buffer, 1, wire.MaxBody, 7,
	} {
		f := frame{transport.Kind(100 + i), strings.Repeat(string(rune('A'+i)), size)}
		want = append(want, f)
		stream = wire.AppendFrame(stream, f.Kind, []byte(f.Body))
	}
	for name, r := range map[string]io.Reader{
		"whole":             bytes.NewReader(stream),
		"half":              iotest.HalfReader(bytes.NewReader(stream)),
		"byte at a time":    iotest.OneByteReader(bytes.NewReader(stream)),
		"error with data":   iotest.DataErrReader(bytes.NewReader(stream)),
		"less than a frame": io.MultiReader(bytes.NewReader(stream[:3]), bytes.NewReader(stream[3:11]), bytes.NewReader(stream[11:])),
	} {
		got, err := readAll(r, wire.MaxFrame)
		if err != io.EOF || !cmp.Equal(want, got) {
			t.Errorf("%s: got %d frames and %v, want %d as they were and EOF", name, len(got), err, len(want))
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	for _, c := range []struct {
		stream string
		limit  int
		want   error
	}{
		{"", 10, io.EOF},
		{"\x00\x00", 10, &transport.FrameError{Reason: "the stream ended after 2 bytes of a frame's head"}},
		{"\x00\x00\x00\x00\x05", 10, &transport.FrameError{Reason: "the frame is empty"}},
		{"\x00\x00\x00\x03\x05a", 10, &transport.FrameError{Kind: 5, Reason: "the stream ended after 1 of 2 bytes"}},
		{"\x00\x00\x00\x0b\x05", 10, &transport.FrameError{Kind: 5, Reason: "the frame has 11 bytes, at most 10 are allowed"}},
		{"\xff\xff\xff\xff\x05", 1 << 30, &transport.FrameError{Kind: 5, Reason: "the frame has 4294967295 bytes, at most 1048576 are allowed"}},
		{"\x00\x10\x00\x01\x05", wire.MaxFrame, &transport.FrameError{Kind: 5, Reason: "the frame has 1048577 bytes, at most 1048576 are allowed"}},
		{"\x00\x10\x00\x00\x05" + strings.Repeat("a", 70_000), wire.MaxFrame,
			&transport.FrameError{Kind: 5, Reason: "the stream ended after 70000 of 1048575 bytes"}},
	} {
		frames, err := readAll(strings.NewReader(c.stream), c.limit)
		if got, want := fmt.Sprintf("%T %v", err, err), fmt.Sprintf("%T %v", c.want, c.want); got != want || len(frames) > 0 {
			t.Errorf("%.20q: got %v and %s, want %s", c.stream, frames, got, want)
		}
	}
}

// TestReaderPassesErrors shows that an error of the stream, within a frame or
// between two, is returned as it is.
func TestReaderPassesErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, stream := range []string{"", "\x00\x00", "\x00\x00\x00\x03\x05a", "\x00\x10\x00\x00\x05a"} {
		_, err := readAll(io.MultiReader(strings.NewReader(stream), iotest.ErrReader(broken)), wire.MaxFrame)
		if err != broken {
			t.Errorf("%q: got %v, want %v", stream, err, broken)
		}
	}
}

// TestReaderMemory shows that a length by itself costs nothing, and that frames
// cost nothing once the buffers have grown.
func TestReaderMemory(t *testing.T) {
	const streams = 200
	got := allocated(func() {
		for range streams {
			readAll(strings.NewReader("\x00\x10\x00\x00\x05"), wire.MaxFrame)
		}
	}) / streams
	if most := uint64(3 * 64 << 10); got > most {
		t.Errorf("a frame that says it has a megabyte, and has none, cost %d bytes, want at most %d", got, most)
	}
	stream := wire.AppendFrame(wire.AppendFrame(nil, 40, make([]byte, 100)), 40, make([]byte, 100_000))
	r := wire.NewReader(&endless{stream: stream})
	for range 10 { // until the buffers have grown
		r.Next(wire.MaxFrame)
	}
	if n := testing.AllocsPerRun(200, func() { r.Next(wire.MaxFrame) }); n != 0 {
		t.Errorf("%v allocations a frame, want none", n)
	}
}

// allocated returns how many bytes f sets aside.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// endless says the same again and again.
type endless struct {
	stream  []byte
	at      int
	longest int // of the buffers it was given
	most    int // bytes at once; zero: what there is room for
}

func (e *endless) Read(p []byte) (int, error) {
	e.longest = max(e.longest, len(p))
	if e.most > 0 {
		p = p[:min(len(p), e.most)]
	}
	for n := 0; ; {
		if n == len(p) {
			return n, nil
		}
		m := copy(p[n:], e.stream[e.at:])
		e.at = (e.at + m) % len(e.stream)
		n += m
	}
}

// TestReaderRests shows that a Reader begins small, takes more at once when there is more, and
// gives that back when a frame comes alone, but not while they come in numbers.
func TestReaderRests(t *testing.T) {
	const size = 123 // so that a buffer ends where a frame does
	short := wire.AppendFrame(nil, 40, make([]byte, size))
	e := &endless{stream: short}
	r := wire.NewReader(e)
	next := func() {
		t.Helper()
		if kind, body, err := r.Next(wire.MaxFrame); kind != 40 || len(body) != size || err != nil {
			t.Fatalf("got kind %d, %d bytes, %v", kind, len(body), err)
		}
	}
	for round := range 3 {
		e.most = 0
		for range 10_000 {
			next()
		}
		if most := 64 << 10; e.longest < most-len(short) {
			t.Errorf("round %d: it read at most %d bytes at once, want about %d", round, e.longest, most)
		}
		many := func() {
			for range 10_000 {
				next()
				r.Rest()
			}
		}
		if n := testing.AllocsPerRun(1, many); n != 0 {
			t.Errorf("round %d: %v allocations for 10 000 frames, each of which says that it might rest, want none", round, n)
		}
		e.most, e.longest = len(short), 0
		for e.longest == 0 { // until what was read is used up, and one came alone
			next()
		}
		r.Rest()
		e.longest = 0
		next()
		if e.longest != wire.MaxHello {
			t.Errorf("round %d: rested, it reads %d bytes at once, want %d", round, e.longest, wire.MaxHello)
		}
	}
	e = &endless{stream: short}
	wire.NewReader(e).Next(wire.MaxFrame)
	if e.longest != wire.MaxHello {
		t.Errorf("a new one reads %d bytes at once, want those of a hello, %d", e.longest, wire.MaxHello)
	}
}
