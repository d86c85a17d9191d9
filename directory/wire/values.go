package wire

import (
	"encoding/binary"
	"math"
)

// The heads of msgpack values. What we write has the shortest one; a reader takes
// any.
const (
	fixArray = 0x90
	fixText  = 0xa0
	null     = 0xc0
	no       = 0xc2
	yes      = 0xc3
	bin8     = 0xc4
	bin16    = 0xc5
	bin32    = 0xc6
	uint8s   = 0xcc
	uint16s  = 0xcd
	uint32s  = 0xce
	uint64s  = 0xcf
	int8s    = 0xd0
	int16s   = 0xd1
	int32s   = 0xd2
	int64s   = 0xd3
	text8    = 0xd9
	text16   = 0xda
	text32   = 0xdb
	array16  = 0xdc
	array32  = 0xdd
	negative = 0xe0 // and above: -32 to -1
)

func appendArray(b []byte, n int) []byte {
	switch {
	case n < 16:
		return append(b, fixArray|byte(n))
	case n <= math.MaxUint16:
		return append(b, array16, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(b, array32), uint32(n))
}

func appendUint(b []byte, v uint64) []byte {
	switch {
	case v <= math.MaxInt8:
		return append(b, byte(v))
	case v <= math.MaxUint8:
		return append(b, uint8s, byte(v))
	case v <= math.MaxUint16:
		return append(b, uint16s, byte(v>>8), byte(v))
	case v <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, uint32s), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, uint64s), v)
}

func appendInt(b []byte, v int64) []byte {
	switch {
	case v >= 0:
		return appendUint(b, uint64(v))
	case v >= -32:
		return append(b, byte(v))
	case v >= math.MinInt8:
		return append(b, int8s, byte(v))
	case v >= math.MinInt16:
		return append(b, int16s, byte(v>>8), byte(v))
	case v >= math.MinInt32:
		return binary.BigEndian.AppendUint32(append(b, int32s), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, int64s), uint64(v))
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, yes)
	}
	return append(b, no)
}

func appendText[T ~string](b []byte, s T) []byte {
	switch n := len(s); {
	case n < 32:
		b = append(b, fixText|byte(n))
	case n <= math.MaxUint8:
		b = append(b, text8, byte(n))
	case n <= math.MaxUint16:
		b = append(b, text16, byte(n>>8), byte(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, text32), uint32(n))
	}
	return append(b, s...)
}

// append16 appends a binary of 16 bytes: a process or a token.
func append16(b []byte, v *[16]byte) []byte { return append(append(b, bin8, 16), v[:]...) }
