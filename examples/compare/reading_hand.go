package main

import "github.com/tinylib/msgp/msgp"

// MarshalMsg is the codec by hand, as msgp generates it for who asks it for arrays.
func (r *reading) MarshalMsg(b []byte) ([]byte, error) {
	b = msgp.AppendArrayHeader(b, 8)
	b = msgp.AppendUint64(b, r.ID)
	b = msgp.AppendString(b, r.Sensor)
	b = msgp.AppendFloat64(b, r.Value)
	b = msgp.AppendFloat64(b, r.Error)
	b = msgp.AppendInt64(b, r.Count)
	b = msgp.AppendInt32(b, r.Level)
	b = msgp.AppendBool(b, r.Good)
	return msgp.AppendUint16(b, r.Channel), nil
}

// UnmarshalMsg reads what MarshalMsg wrote and returns what is left.
func (r *reading) UnmarshalMsg(b []byte) (left []byte, err error) {
	size, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil {
		return b, err
	}
	if size != 8 {
		return b, msgp.ArrayError{Wanted: 8, Got: size}
	}
	if r.ID, b, err = msgp.ReadUint64Bytes(b); err != nil {
		return b, err
	}
	if r.Sensor, b, err = msgp.ReadStringBytes(b); err != nil {
		return b, err
	}
	if r.Value, b, err = msgp.ReadFloat64Bytes(b); err != nil {
		return b, err
	}
	if r.Error, b, err = msgp.ReadFloat64Bytes(b); err != nil {
		return b, err
	}
	if r.Count, b, err = msgp.ReadInt64Bytes(b); err != nil {
		return b, err
	}
	if r.Level, b, err = msgp.ReadInt32Bytes(b); err != nil {
		return b, err
	}
	if r.Good, b, err = msgp.ReadBoolBytes(b); err != nil {
		return b, err
	}
	r.Channel, b, err = msgp.ReadUint16Bytes(b)
	return b, err
}
