package codec

import (
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// A reading takes 64 bytes in memory.
type reading struct {
	ID      uint64
	Sensor  string
	Value   float64
	Error   float64
	Count   int64
	Level   int32
	Good    bool
	Channel uint16
}

// A byHand reading writes itself.
type byHand reading

func (r byHand) EncodeMsgpack(e *msgpack.Encoder) error {
	e.EncodeArrayLen(8)
	e.EncodeUint(r.ID)
	e.EncodeString(r.Sensor)
	e.EncodeFloat64(r.Value)
	e.EncodeFloat64(r.Error)
	e.EncodeInt(r.Count)
	e.EncodeInt(int64(r.Level))
	e.EncodeBool(r.Good)
	return e.EncodeUint(uint64(r.Channel))
}

func (r *byHand) DecodeMsgpack(d *msgpack.Decoder) (err error) {
	try := func(e error) {
		if err == nil {
			err = e
		}
	}
	_, e := d.DecodeArrayLen()
	try(e)
	r.ID, e = d.DecodeUint64()
	try(e)
	r.Sensor, e = d.DecodeString()
	try(e)
	r.Value, e = d.DecodeFloat64()
	try(e)
	r.Error, e = d.DecodeFloat64()
	try(e)
	r.Count, e = d.DecodeInt64()
	try(e)
	r.Level, e = d.DecodeInt32()
	try(e)
	r.Good, e = d.DecodeBool()
	try(e)
	r.Channel, e = d.DecodeUint16()
	try(e)
	return err
}

var sample = reading{123456789, "kitchen-window", 21.75, 0.125, -4000, 17, true, 1023}

func BenchmarkEncode(b *testing.B) {
	b.Run("codec", func(b *testing.B) { benchmarkAppend(b, sample) })
	b.Run("codec, by hand", func(b *testing.B) { benchmarkAppend(b, byHand(sample)) })
	b.Run("msgpack.Marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := msgpack.Marshal(&sample); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by hand alone", func(b *testing.B) {
		w := newWriter().(*writer)
		e := w.enc
		b.ReportAllocs()
		for b.Loop() {
			w.b = w.b[:0]
			if err := byHand(sample).EncodeMsgpack(e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkAppend(b *testing.B, message any) {
	c := newCodec(b, named[reading]("reading"), named[byHand]("by-hand"))
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if body, _, err = c.Append(body[:0], message); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	b.Run("codec", func(b *testing.B) { benchmarkDecode(b, sample) })
	b.Run("codec, by hand", func(b *testing.B) { benchmarkDecode(b, byHand(sample)) })
	b.Run("msgpack.Unmarshal", func(b *testing.B) {
		body, err := msgpack.Marshal(&sample)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			var got reading
			if err := msgpack.Unmarshal(body, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by hand alone", func(b *testing.B) {
		c := newCodec(b, named[byHand]("by-hand"))
		body, _, err := c.Append(nil, byHand(sample))
		if err != nil {
			b.Fatal(err)
		}
		r := newReader().(*reader)
		b.ReportAllocs()
		for b.Loop() {
			r.b, r.all = body, body
			var got byHand
			if err := got.DecodeMsgpack(r.dec); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkDecode(b *testing.B, message any) {
	c := newCodec(b, named[reading]("reading"), named[byHand]("by-hand"))
	body, typ, err := c.Append(nil, message)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := typ.Decode(body, nil); err != nil {
			b.Fatal(err)
		}
	}
}
