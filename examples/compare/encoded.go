package main

import (
	"io"

	"github.com/vmihailenco/msgpack/v5"
)

// encode is a codec by hand too, but through the encoder of the library, as a type's
// own EncodeMsgpack is.
func (r *reading) encode(e *msgpack.Encoder) error {
	e.EncodeArrayLen(8) // nothing here fails: it writes to memory
	e.EncodeUint(r.ID)
	e.EncodeString(r.Sensor)
	e.EncodeFloat64(r.Value)
	e.EncodeFloat64(r.Error)
	e.EncodeInt(r.Count)
	e.EncodeInt(int64(r.Level))
	e.EncodeBool(r.Good)
	return e.EncodeUint(uint64(r.Channel))
}

func (r *reading) decode(d *msgpack.Decoder) (err error) {
	if _, err = d.DecodeArrayLen(); err != nil {
		return err
	}
	if r.ID, err = d.DecodeUint64(); err != nil {
		return err
	}
	if r.Sensor, err = d.DecodeString(); err != nil {
		return err
	}
	if r.Value, err = d.DecodeFloat64(); err != nil {
		return err
	}
	if r.Error, err = d.DecodeFloat64(); err != nil {
		return err
	}
	if r.Count, err = d.DecodeInt64(); err != nil {
		return err
	}
	if r.Level, err = d.DecodeInt32(); err != nil {
		return err
	}
	if r.Good, err = d.DecodeBool(); err != nil {
		return err
	}
	r.Channel, err = d.DecodeUint16()
	return err
}

func newEncodedFar(string) (located, error) {
	return listenMsgpack(func(u *unpacker, r *reading) error { return r.decode(u.Decoder) })
}

func newEncodedNear(at string) (io.Closer, error) {
	return dialMsgpack(at, func(p *packer, r *reading) error { return r.encode(p.Encoder) })
}
