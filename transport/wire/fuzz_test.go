package wire_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// same fails the test if what parsed is not encoded to the same bytes, or if an
// error is not a FrameError.
func same(t *testing.T, body, again []byte, err error) {
	t.Helper()
	var frame *transport.FrameError
	switch {
	case err != nil && !errors.As(err, &frame):
		t.Errorf("%x: the error is %T %v, want a FrameError", body, err, err)
	case err == nil && !bytes.Equal(body, again):
		t.Errorf("%x parses, but is then encoded as %x", body, again)
	}
}

func FuzzHello(f *testing.F) {
	b, _ := wire.AppendHello(nil, transport.Hello{Process: processOne, Heartbeat: 500, Body: []byte("node")})
	f.Add(b)
	f.Add(b[:len(b)-4])
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := wire.ParseHello(body)
		if err != nil {
			same(t, body, nil, err)
			return
		}
		again, err := wire.AppendHello(nil, h)
		if err != nil {
			t.Errorf("%x parses, but is then refused: %v", body, err)
		}
		same(t, body, again, nil)
	})
}

func FuzzMessage(f *testing.F) {
	f.Add(append(wire.AppendMessage(nil, wire.MessageHead{Hops: 1, To: one, From: two, Type: 300}), 0xc0))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, value, err := wire.ParseMessage(body)
		same(t, body, append(wire.AppendMessage(nil, h), value...), err)
	})
}

func FuzzWatch(f *testing.F) {
	f.Add(wire.AppendWatch(nil, wire.WatchHead{Number: 300, Hops: 1, Actor: one}))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := wire.ParseWatch(body)
		same(t, body, wire.AppendWatch(nil, h), err)
	})
}

func FuzzUnwatch(f *testing.F) {
	f.Add(wire.AppendUnwatch(nil, 300))
	f.Fuzz(func(t *testing.T, body []byte) {
		number, err := wire.ParseUnwatch(body)
		same(t, body, wire.AppendUnwatch(nil, number), err)
	})
}

func FuzzEnded(f *testing.F) {
	f.Add(append(wire.AppendEnded(nil, wire.EndedHead{Number: 300, Type: 1}), 0xc0))
	f.Add(wire.AppendEnded(nil, wire.EndedHead{Number: 1, Reason: "ended"}))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, value, err := wire.ParseEnded(body)
		same(t, body, append(wire.AppendEnded(nil, h), value...), err)
	})
}

func FuzzData(f *testing.F) {
	f.Add(append(wire.AppendData(nil, wire.DataHead{Session: 300, Type: 1}), 0xc0))
	f.Add(append(wire.AppendData(nil, wire.DataHead{Session: 1, Explicit: true, From: one, Type: 1}), 0xc0))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, value, err := wire.ParseData(wire.DataOut, body)
		same(t, body, append(wire.AppendData(nil, h), value...), err)
	})
}

func FuzzUndelivered(f *testing.F) {
	f.Add(append(wire.AppendUndelivered(nil, wire.UndeliveredHead{Told: one, To: two, Reason: "ended", Type: 1}), 0xc0))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, value, err := wire.ParseUndelivered(body)
		same(t, body, append(wire.AppendUndelivered(nil, h), value...), err)
	})
}

func FuzzType(f *testing.F) {
	f.Add(wire.AppendType(nil, 300, "api.Xy"))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, name, err := wire.ParseType(body)
		same(t, body, wire.AppendType(nil, n, name), err)
	})
}

func FuzzGoodbye(f *testing.F) {
	f.Add([]byte("so long"))
	f.Fuzz(func(t *testing.T, body []byte) {
		reason, err := wire.ParseGoodbye(body)
		same(t, body, wire.AppendGoodbye(nil, errors.New(reason)), err)
	})
}

func FuzzCredit(f *testing.F) {
	f.Add(wire.AppendCredit(nil, wire.CreditHead{Bytes: 1 << 20}))
	f.Add(wire.AppendCredit(nil, wire.CreditHead{Side: wire.ToPublisher, Session: 300, Bytes: 1<<64 - 1}))
	f.Add([]byte{3, 1, 1})
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := wire.ParseCredit(body)
		same(t, body, wire.AppendCredit(nil, h), err)
		if err == nil && ((h.Session == 0) != (h.Side == wire.OutsideSessions) || h.Bytes == 0 || h.Side > wire.ToPublisher) {
			t.Errorf("%x is taken for %+v", body, h)
		}
	})
}

func FuzzPart(f *testing.F) {
	first := wire.PartHead{Number: 1, First: true, Kind: wire.DataOut, Size: wire.PartSize + 1}
	f.Add(append(wire.AppendPart(nil, first), "bytes"...))
	first.Kind, first.Size = wire.Message, wire.MaxMessage
	f.Add(append(wire.AppendPart(nil, first), 0))
	f.Add(append(wire.AppendPart(nil, wire.PartHead{Number: 1<<64 - 1}), "more"...))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, bytes, err := wire.ParsePart(body)
		same(t, body, append(wire.AppendPart(nil, h), bytes...), err)
		switch {
		case err != nil:
		case h.Number == 0 || len(bytes) == 0:
			t.Errorf("%x is taken for %+v with %d bytes", body, h, len(bytes))
		case h.First && (h.Kind < wire.Message || h.Kind > wire.DataBack || h.Size <= wire.PartSize || h.Size > wire.MaxMessage):
			t.Errorf("%x is taken for %+v", body, h)
		}
	})
}

// FuzzReader shows that frames, however they arrive, are a split of the stream.
func FuzzReader(f *testing.F) {
	f.Add(wire.AppendFrame(wire.AppendFrame(nil, 40, []byte("one")), 41, nil), 2)
	f.Add(wire.AppendFrame(nil, 40, make([]byte, 40_000)), 1000)
	f.Add([]byte("\x00\x10\x00\x00\x05abc"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		frames, err := readAll(&stepReader{stream, max(step, 1)}, wire.MaxFrame)
		var again []byte
		for _, f := range frames {
			again = wire.AppendFrame(again, f.Kind, []byte(f.Body))
		}
		var frame *transport.FrameError
		switch {
		case !bytes.HasPrefix(stream, again):
			t.Errorf("the frames of %x are %v", stream, frames)
		case err == io.EOF && len(again) != len(stream):
			t.Errorf("%x ended well after %d bytes", stream, len(again))
		case err != io.EOF && !errors.As(err, &frame):
			t.Errorf("%x: the error is %T %v, want a FrameError or EOF", stream, err, err)
		}
	})
}

// stepReader returns step bytes at a time.
type stepReader struct {
	rest []byte
	step int
}

func (r *stepReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.step)], r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// FuzzCheck shows that what passes is one value, as a slow reader of the format sees
// it too, and can be decoded within a modest multiple of its size.
func FuzzCheck(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte("\xdd\xff\xff\xff\xff"))
	f.Add([]byte("\x93\x81\xa1a\xc7\x01\x05a\xd4\x05a\xdc\x00\x01\xc0"))
	f.Add(bytes.Repeat([]byte{0x91}, 100))
	f.Add(bytes.Repeat([]byte{0x81}, 64))
	f.Add([]byte("\xd6\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		err := wire.Check(body)
		if want := slowCheck(body); (err == nil) != want {
			t.Errorf("%x: %v; the slow reader says %v", body, err, want)
		}
		slow, ok := newSlow(body).value(0)
		if err != nil {
			// What is no value of its own right may still be the part of one.
			if rest, err := wire.Skip(body); ok && (err != nil || len(rest) != len(body)-slow) {
				t.Errorf("%x: of it %d are left, %v; the slow reader took %d", body, len(rest), err, slow)
			}
			return
		}
		if rest, err := wire.Skip(body); err != nil || len(rest) != 0 {
			t.Errorf("%x passes, but %d are left of it, %v", body, len(rest), err)
		}
		var rest int
		const each, base = 4 << 10, 1 << 20
		got := allocated(func() {
			r := bytes.NewReader(body)
			d := msgpack.NewDecoder(r)
			var v any
			if d.Decode(&v) != nil {
				return // such as a map with a key that Go has none for
			}
			rest = r.Len()
			msgpack.Unmarshal(body, new([]struct{ A, B, C int64 }))
			if _, instant := v.(time.Time); !instant { // whose bytes DecodeMapLen takes for a map
				msgpack.Unmarshal(body, new(map[string][]int64))
			}
		})
		if rest > 0 {
			t.Errorf("%x passes, but %d bytes were left by the decoder", body, rest)
		}
		if most := uint64(base + each*len(body)); got > most {
			t.Errorf("%x passes, but to decode its %d bytes took %d", body, len(body), got)
		}
	})
}
