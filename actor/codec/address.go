package codec

import (
	"errors"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// EncodeAddress writes an address, for types that write themselves: what passes
// in them is then seen too.
func EncodeAddress(e *msgpack.Encoder, a transport.Address) error {
	if a.IsZero() {
		return e.EncodeNil()
	}
	if err := e.EncodeExtHeader(wire.AddressExt, transport.AddressSize); err != nil {
		return err
	}
	_, err := e.Writer().Write(a.Append(nil))
	return err
}

// DecodeAddress reads what EncodeAddress wrote.
func DecodeAddress(d *msgpack.Decoder) (a transport.Address, err error) {
	c, err := d.PeekCode()
	if err != nil {
		return a, err
	}
	if c == msgpcode.Nil {
		return a, d.DecodeNil()
	}
	id, size, err := d.DecodeExtHeader()
	if err != nil {
		return a, err
	}
	if id != wire.AddressExt || size != transport.AddressSize {
		return a, errors.New("codec.DecodeAddress: it is not an address")
	}
	var b [transport.AddressSize]byte
	if err := d.ReadFull(b[:]); err != nil {
		return a, err
	}
	return transport.AddressOf(b), nil
}
