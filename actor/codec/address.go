package codec

import (
	"encoding/binary"
	"errors"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/layer-cake/layer-cake/transport"
)

// AddressExt is the msgpack extension of addresses: 32 bytes, process 16, actor
// 8 and key 8, both big endian. Nobody is nil.
const AddressExt = 1

const addressSize = 32

// EncodeAddress writes an address, for types that write themselves: what passes
// in them is then seen too.
func EncodeAddress(e *msgpack.Encoder, a transport.Address) error {
	if a.IsZero() {
		return e.EncodeNil()
	}
	if err := e.EncodeExtHeader(AddressExt, addressSize); err != nil {
		return err
	}
	_, err := e.Writer().Write(appendAddress(nil, a))
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
	if id != AddressExt || size != addressSize {
		return a, errors.New("codec.DecodeAddress: it is not an address")
	}
	b := make([]byte, addressSize)
	if err := d.ReadFull(b); err != nil {
		return a, err
	}
	return addressFrom(b), nil
}

func appendAddress(b []byte, a transport.Address) []byte {
	b = append(b, a.Process[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.Actor))
	return binary.BigEndian.AppendUint64(b, a.Key)
}

// addressFrom reads 32 bytes.
func addressFrom(b []byte) (a transport.Address) {
	copy(a.Process[:], b)
	a.Actor = transport.ActorID(binary.BigEndian.Uint64(b[16:]))
	a.Key = binary.BigEndian.Uint64(b[24:])
	return a
}
