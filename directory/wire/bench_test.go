package wire

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	frame "github.com/layer-cake/layer-cake/transport/wire"
)

// Each benchmark takes turns with its floor, the bytes merely copied, and with the
// library, driven by hand, so that all have the same machine. It prints how often
// it costs the floor and what part of the library's time.

func against(b *testing.B, ours, floor, library func()) {
	var below, beside time.Duration
	timed := func(turn int, do func()) time.Duration {
		start := time.Now()
		for range turn {
			do()
		}
		return time.Since(start)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.StopTimer()
	for done := 0; done < b.N; {
		turn := min(100, b.N-done)
		below += timed(turn, floor)
		beside += timed(turn, library)
		b.StartTimer()
		for range turn {
			ours()
		}
		b.StopTimer()
		done += turn
	}
	b.ReportMetric(float64(below.Nanoseconds())/float64(b.N), "floor-ns/op")
	b.ReportMetric(float64(b.Elapsed())/float64(below), "x-floor")
	b.ReportMetric(float64(beside.Nanoseconds())/float64(b.N), "library-ns/op")
	b.ReportMetric(float64(b.Elapsed())/float64(beside), "x-library")
}

// ordinary is a publication as most are: a name of 40 bytes, one endpoint.
func ordinary(i int) directory.Publication {
	p := publication(1)
	p.ID.Seq = uint64(i)
	p.Name = directory.Name(fmt.Sprintf("plant-0001:line:worker-017:%013d", i))
	p.Scope = directory.Host
	p.Endpoints = p.Endpoints[:1]
	return p
}

func BenchmarkFrames(b *testing.B) {
	p := ordinary(70_000)
	batch := make([]directory.Publication, 256)
	for i := range batch {
		batch[i] = ordinary(70_000 + i)
	}
	sub := directory.ID{Origin: process(3), Seq: 1}
	for name, msg := range map[string]directory.Message{
		"Claim":      directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}},
		"Offer":      directory.Offer{Subscription: sub, Scope: directory.Host, Publication: p},
		"Offered256": directory.Offered{Subscription: sub, Scope: directory.Host, First: true, Offers: batch},
	} {
		body, kind := Append(nil, msg)
		copied := make([]byte, len(body))
		floor := func() { copy(copied, body) }
		b.Run(name+"/encode", func(b *testing.B) {
			var buf bytes.Buffer
			library := libraryEncoder{msgpack.NewEncoder(&buf)}
			again := make([]byte, 0, len(body))
			against(b,
				func() { again, _ = Append(again[:0], msg) },
				floor,
				func() { buf.Reset(); library.message(msg) })
			if !bytes.Equal(again, body) || !bytes.Equal(buf.Bytes(), body) {
				b.Fatal("they do not write the same")
			}
		})
		b.Run(name+"/decode", func(b *testing.B) {
			var d Decoder
			var got, other directory.Message
			against(b,
				func() { got, _ = d.Decode(kind, body) },
				floor,
				func() { other = libraryDecode(kind, body) })
			if fmt.Sprint(got) != fmt.Sprint(other) {
				b.Fatal("they do not read the same")
			}
		})
	}
}

// BenchmarkMemory is what a publication leaves behind when its claim was read and
// the rest of the claim is gone.
func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	var bodies [n][]byte
	for i := range bodies {
		p := ordinary(i)
		bodies[i], _ = Append(nil, directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}})
	}
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	measure := func(name string, decode func(body []byte) directory.Message) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				kept := make([]directory.Publication, n)
				names := make([]directory.Name, n)
				before := heap()
				for i, body := range bodies {
					m := decode(body).(directory.Claim)
					names[i], kept[i] = m.Name, m.Claimants[0]
				}
				b.ReportMetric((heap()-before)/n, "B/name")
				runtime.KeepAlive(kept)
				runtime.KeepAlive(names)
			}
		})
	}
	var d Decoder
	measure("ours", func(body []byte) directory.Message { m, _ := d.Decode(KindClaim, body); return m })
	measure("library", func(body []byte) directory.Message { return libraryDecode(KindClaim, body) })
	runtime.KeepAlive(&bodies)
}

// BenchmarkCheck is the structural check that each body passes first.
func BenchmarkCheck(b *testing.B) {
	p := ordinary(70_000)
	body, _ := Append(nil, directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := frame.Check(body); err != nil {
			b.Fatal(err)
		}
	}
}

// The library, driven by hand as well as it can be.

type libraryEncoder struct{ *msgpack.Encoder }

func (e libraryEncoder) message(msg directory.Message) {
	switch m := msg.(type) {
	case directory.Claim:
		e.EncodeArrayLen(3)
		e.EncodeString(string(m.Name))
		e.publications(m.Claimants)
		e.EncodeBool(m.Ask)
	case directory.Offer:
		e.EncodeArrayLen(3)
		e.id(m.Subscription)
		e.EncodeUint(uint64(m.Scope))
		e.publication(&m.Publication)
	case directory.Offered:
		e.EncodeArrayLen(5)
		e.id(m.Subscription)
		e.EncodeUint(uint64(m.Scope))
		e.EncodeBool(m.First)
		e.EncodeBool(m.Last)
		e.publications(m.Offers)
	}
}

func (e libraryEncoder) publications(list []directory.Publication) {
	e.EncodeArrayLen(len(list))
	for i := range list {
		e.publication(&list[i])
	}
}

func (e libraryEncoder) publication(p *directory.Publication) {
	var b [transport.AddressSize]byte
	e.EncodeArrayLen(7)
	e.id(p.ID)
	e.EncodeString(string(p.Name))
	e.EncodeUint(uint64(p.Scope))
	e.EncodeInt(int64(p.Stamp))
	e.EncodeBytes(p.Token[:])
	e.EncodeBytes(p.Actor.Append(b[:0]))
	e.EncodeArrayLen(len(p.Endpoints))
	for _, end := range p.Endpoints {
		e.EncodeArrayLen(2)
		e.EncodeUint(uint64(end.Scope))
		e.EncodeString(end.Address)
	}
}

func (e libraryEncoder) id(id directory.ID) {
	e.EncodeArrayLen(2)
	e.EncodeBytes(id.Origin[:])
	e.EncodeUint(id.Seq)
}

type libraryDecoder struct{ *msgpack.Decoder }

func libraryDecode(kind transport.Kind, body []byte) directory.Message {
	if frame.Check(body) != nil {
		return nil
	}
	d := libraryDecoder{msgpack.GetDecoder()}
	defer msgpack.PutDecoder(d.Decoder)
	d.Reset(bytes.NewReader(body))
	d.DecodeArrayLen()
	switch kind {
	case KindClaim:
		return directory.Claim{Name: directory.Name(d.text()), Claimants: d.publications(), Ask: d.bool()}
	case KindOffer:
		return directory.Offer{Subscription: d.id(), Scope: directory.Scope(d.uint()), Publication: d.publication()}
	}
	return directory.Offered{
		Subscription: d.id(), Scope: directory.Scope(d.uint()), First: d.bool(), Last: d.bool(), Offers: d.publications(),
	}
}

func (d libraryDecoder) publications() []directory.Publication {
	n, _ := d.DecodeArrayLen()
	list := make([]directory.Publication, n)
	for i := range list {
		list[i] = d.publication()
	}
	return list
}

func (d libraryDecoder) publication() (p directory.Publication) {
	d.DecodeArrayLen()
	p.ID = d.id()
	p.Name = directory.Name(d.text())
	p.Scope = directory.Scope(d.uint())
	stamp, _ := d.DecodeInt64()
	p.Stamp = directory.Stamp(stamp)
	d.fixed(p.Token[:])
	var a [transport.AddressSize]byte
	d.fixed(a[:])
	p.Actor = transport.AddressOf(a)
	n, _ := d.DecodeArrayLen()
	p.Endpoints = make([]directory.Endpoint, n)
	for i := range p.Endpoints {
		d.DecodeArrayLen()
		p.Endpoints[i] = directory.Endpoint{Scope: directory.Scope(d.uint()), Address: d.text()}
	}
	return p
}

func (d libraryDecoder) id() (id directory.ID) {
	d.DecodeArrayLen()
	d.fixed(id.Origin[:])
	id.Seq = d.uint()
	return id
}

func (d libraryDecoder) fixed(b []byte) { d.DecodeBytesLen(); d.ReadFull(b) }
func (d libraryDecoder) text() string   { s, _ := d.DecodeString(); return s }
func (d libraryDecoder) uint() uint64   { n, _ := d.DecodeUint64(); return n }
func (d libraryDecoder) bool() bool     { v, _ := d.DecodeBool(); return v }
