package codec

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// These write what package msgpack would, byte for byte, without its writer.

func appendUint(b []byte, n uint64) []byte {
	switch {
	case n <= 0x7f:
		return append(b, byte(n))
	case n <= math.MaxUint8:
		return append(b, msgpcode.Uint8, byte(n))
	case n <= math.MaxUint16:
		return append(b, msgpcode.Uint16, byte(n>>8), byte(n))
	case n <= math.MaxUint32:
		return append(b, msgpcode.Uint32, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint64(append(b, msgpcode.Uint64), n)
}

func appendInt(b []byte, n int64) []byte {
	switch {
	case n >= 0:
		return appendUint(b, uint64(n))
	case n >= -32:
		return append(b, byte(n))
	case n >= math.MinInt8:
		return append(b, msgpcode.Int8, byte(n))
	case n >= math.MinInt16:
		return append(b, msgpcode.Int16, byte(n>>8), byte(n))
	case n >= math.MinInt32:
		return append(b, msgpcode.Int32, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint64(append(b, msgpcode.Int64), uint64(n))
}

func appendFloat(b []byte, f float64, size int) []byte {
	if size == 4 {
		return binary.BigEndian.AppendUint32(append(b, msgpcode.Float), math.Float32bits(float32(f)))
	}
	return binary.BigEndian.AppendUint64(append(b, msgpcode.Double), math.Float64bits(f))
}

func appendString(b []byte, s string) []byte {
	if len(s) < 32 {
		b = append(b, msgpcode.FixedStrLow|byte(len(s)))
	} else {
		b = appendLength(b, msgpcode.Str8, len(s))
	}
	return append(b, s...)
}

// appendBytes writes a bin.
func appendBytes(b, s []byte) []byte {
	return append(appendLength(b, msgpcode.Bin8, len(s)), s...)
}

// appendLength writes a length in 1, 2 or 4 bytes, behind the code for that; code is
// the one for 1.
func appendLength(b []byte, code byte, n int) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(b, code, byte(n))
	case n <= math.MaxUint16:
		return append(b, code+1, byte(n>>8), byte(n))
	}
	return append(b, code+2, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

func appendArray(b []byte, n int) []byte {
	return appendCount(b, msgpcode.FixedArrayLow, msgpcode.Array16, n)
}

func appendMap(b []byte, n int) []byte {
	return appendCount(b, msgpcode.FixedMapLow, msgpcode.Map16, n)
}

func appendCount(b []byte, fixed, code byte, n int) []byte {
	switch {
	case n < 16:
		return append(b, fixed|byte(n))
	case n <= math.MaxUint16:
		return append(b, code, byte(n>>8), byte(n))
	}
	return append(b, code+1, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

// timeExt is the msgpack extension of timestamps, −1.
const timeExt = 0xff

func appendTime(b []byte, t time.Time) []byte {
	s, ns := uint64(t.Unix()), uint64(t.Nanosecond())
	switch {
	case s>>32 == 0 && ns == 0:
		return binary.BigEndian.AppendUint32(append(b, msgpcode.FixExt4, timeExt), uint32(s))
	case s>>34 == 0:
		return binary.BigEndian.AppendUint64(append(b, msgpcode.FixExt8, timeExt), ns<<34|s)
	}
	b = binary.BigEndian.AppendUint32(append(b, msgpcode.Ext8, 12, timeExt), uint32(ns))
	return binary.BigEndian.AppendUint64(b, s)
}
