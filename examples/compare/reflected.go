package main

import (
	"bytes"
	"io"
	"net"

	"github.com/vmihailenco/msgpack/v5"
)

// A packer writes values one after the other to a slice: structs as arrays, compact
// integers, one encoder for all.
type packer struct {
	b []byte
	*msgpack.Encoder
}

func newPacker() *packer {
	p := &packer{}
	p.Encoder = msgpack.NewEncoder(p)
	p.UseArrayEncodedStructs(true)
	p.UseCompactInts(true)
	return p
}

func (p *packer) Write(b []byte) (int, error) { p.b = append(p.b, b...); return len(b), nil }
func (p *packer) WriteByte(c byte) error      { p.b = append(p.b, c); return nil }

// An unpacker reads what a packer wrote, one decoder for all.
type unpacker struct {
	body bytes.Reader
	*msgpack.Decoder
}

func newUnpacker() *unpacker {
	u := &unpacker{}
	u.Decoder = msgpack.NewDecoder(&u.body)
	return u
}

func (u *unpacker) open(body []byte) { u.body.Reset(body) }

func newReflectedFar(string) (located, error) {
	return listenMsgpack(func(u *unpacker, r *reading) error { return u.Decode(r) })
}

func newReflectedNear(at string) (io.Closer, error) {
	return dialMsgpack(at, func(p *packer, r *reading) error { return p.Encode(r) })
}

// listenMsgpack takes readings that were written one after the other by a packer.
func listenMsgpack(decode func(*unpacker, *reading) error) (located, error) {
	return listen(func(c net.Conn, taken *sink) error {
		frames, u := newFrames(c), newUnpacker()
		var r reading
		for {
			body, err := frames.next()
			if err != nil {
				return err
			}
			u.open(body)
			r = reading{}
			if err := decode(u, &r); err != nil {
				return err
			}
			if err := frames.skip(body); err != nil {
				return err
			}
			taken.take(&r)
		}
	})
}

// A msgpackNear writes readings with a packer into an outbox.
type msgpackNear struct {
	source
	*outbox
	packer *packer
	encode func(*packer, *reading) error
}

func dialMsgpack(at string, encode func(*packer, *reading) error) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &msgpackNear{outbox: newOutbox(c), packer: newPacker(), encode: encode}, nil
}

func (n *msgpackNear) send(count int) error {
	var r reading
	encode := func(b []byte) ([]byte, error) {
		n.packer.b = b
		err := n.encode(n.packer, &r)
		return n.packer.b, err
	}
	for range count {
		r = n.next()
		if err := n.add(encode); err != nil {
			return err
		}
	}
	return nil
}
