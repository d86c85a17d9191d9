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
			if err := u.Decode(&r); err != nil {
				return err
			}
			if err := frames.skip(body); err != nil {
				return err
			}
			taken.take(&r)
		}
	})
}

// A reflectedNear writes readings by reflection into an outbox.
type reflectedNear struct {
	source
	*outbox
	packer *packer
}

func newReflectedNear(at string) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &reflectedNear{outbox: newOutbox(c), packer: newPacker()}, nil
}

func (n *reflectedNear) send(count int) error {
	var r reading
	encode := func(b []byte) ([]byte, error) {
		n.packer.b = b
		err := n.packer.Encode(&r)
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
