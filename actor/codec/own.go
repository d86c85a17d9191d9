package codec

import (
	"encoding"
	"io"
	"reflect"

	"github.com/vmihailenco/msgpack/v5"
)

// A writer is an encoder and what it writes to the end of. The encoder buffers
// nothing. One is taken only for a type that writes itself with package msgpack.
type writer struct {
	enc *msgpack.Encoder
	b   []byte
}

func newWriter() any {
	w := &writer{enc: msgpack.NewEncoder(nil)}
	w.reset()
	return w
}

func (w *writer) reset() {
	w.enc.Reset(w)
	w.enc.UseCompactInts(true)
}

func (w *writer) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	return len(b), nil
}

func (w *writer) WriteByte(c byte) error {
	w.b = append(w.b, c)
	return nil
}

// own writes a value that writes itself.
func (w *packer) own(p *plan, v reflect.Value) (err error) {
	if p.own&byPointer != 0 || v.CanAddr() {
		v = addressable(v).Addr()
	}
	self, start := v.Interface(), len(w.b)
	switch p.class {
	case packed:
		x := w.codec.writers.Get().(*writer)
		x.b = w.b
		err = self.(msgpack.CustomEncoder).EncodeMsgpack(x.enc)
		w.b, x.b = x.b, nil
		x.reset() // it may have been left in any state
		w.codec.writers.Put(x)
	case marshals:
		var b []byte
		if b, err = self.(msgMarshaler).MarshalMsg(w.b); err == nil && len(b) >= start {
			w.b = b
		}
	case blob:
		var b []byte
		if b, err = self.(encoding.BinaryMarshaler).MarshalBinary(); err == nil {
			w.b = appendBytes(w.b, b)
			return nil
		}
	case textual:
		var b []byte
		if b, err = self.(encoding.TextMarshaler).MarshalText(); err == nil {
			return w.text(string(b))
		}
	}
	if err != nil {
		return problem("%s: %v", p.typ, err)
	}
	n, err := scan(w.b[start:], maxDepth-w.depth, nil)
	if err == nil && start+n != len(w.b) {
		err = problem("more than one value")
	}
	if err != nil {
		return problem("%s wrote what no process can read: %s", p.typ, err)
	}
	return nil
}

// A reader is a decoder and what it reads. The decoder buffers nothing from it. One
// is taken only for a type that reads itself with package msgpack.
type reader struct {
	dec *msgpack.Decoder
	b   []byte // what is left
	all []byte
}

func newReader() any {
	r := &reader{}
	r.dec = msgpack.NewDecoder(r)
	return r
}

func (r *reader) Read(b []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.b)
	r.b = r.b[n:]
	return n, nil
}

func (r *reader) ReadByte() (byte, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c, nil
}

func (r *reader) UnreadByte() error {
	if len(r.b) == len(r.all) {
		return io.EOF
	}
	r.b = r.all[len(r.all)-len(r.b)-1:]
	return nil
}

// own reads a value that reads itself. It sees its own bytes and no more.
func (r *unpacker) own(p *plan, v reflect.Value) (err error) {
	self := v.Addr().Interface()
	var b, left []byte
	switch p.class {
	case blob:
		if b, err = r.bytes(); err != nil {
			return err
		}
		err = self.(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
	case textual:
		if b, err = r.text(); err != nil {
			return err
		}
		err = self.(encoding.TextUnmarshaler).UnmarshalText(b)
	case marshals:
		if b, err = r.opaque(); err != nil {
			return err
		}
		left, err = self.(msgUnmarshaler).UnmarshalMsg(b[:len(b):len(b)])
	case packed:
		if b, err = r.opaque(); err != nil {
			return err
		}
		x := r.codec.readers.Get().(*reader)
		x.b, x.all = b, b
		err = self.(msgpack.CustomDecoder).DecodeMsgpack(x.dec)
		left, x.b, x.all = x.b, nil, nil
		x.dec.Reset(x) // it may have been left in any state
		r.codec.readers.Put(x)
	}
	if err == nil && len(left) > 0 {
		err = problem("it left bytes unread")
	}
	if err != nil {
		return problem("%s: %v", p.typ, err)
	}
	return nil
}
