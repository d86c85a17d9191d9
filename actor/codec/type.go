package codec

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/layer-cake/layer-cake/transport"
)

// An entry is a type that may be a message. It is a [transport.Type].
type entry struct {
	codec   *Codec
	name    string
	plan    *plan // nil for the type of nil
	serial  int
	scratch sync.Pool // pointers to zero values of the type, to decode into
}

var _ transport.Type = (*entry)(nil)

// newEntry numbers a type. Some numbers go unused, if two make one entry at a time.
func (c *Codec) newEntry(name string, p *plan) *entry {
	return &entry{codec: c, name: name, plan: p, serial: int(c.serials.Add(1))}
}

func (e *entry) Name() string { return e.name }
func (e *entry) Serial() int  { return e.serial }

// Type implements [transport.Codec].
func (c *Codec) Type(name string) transport.Type {
	if e := c.entryNamed([]byte(name)); e != nil {
		return e
	}
	return &stranger{c, name}
}

// A stranger is a type that is not registered here. Its messages are Unknown.
type stranger struct {
	codec *Codec
	name  string
}

func (f *stranger) Name() string { return f.name }
func (f *stranger) Serial() int  { return 0 }

// Decode looks again: what this process sends in the meantime it understands too.
func (f *stranger) Decode(body []byte, passed func(transport.Address)) (any, error) {
	if strings.HasSuffix(f.name, ">") {
		if e, ok := f.codec.byName.Load(f.name); ok {
			return e.(*entry).Decode(body, passed)
		}
	}
	return f.codec.decode(f.name, nil, body, passed)
}

// Decode implements [transport.Type]. A body is not trusted: whatever it holds,
// Decode returns a message or an error, and allocates in proportion to the body.
func (e *entry) Decode(body []byte, passed func(transport.Address)) (message any, err error) {
	return e.codec.decode(e.name, e, body, passed)
}

// decode reads a body of the type of e; nil: an unknown one of that name.
func (c *Codec) decode(name string, e *entry, body []byte, passed func(transport.Address)) (message any, err error) {
	r := c.unpackers.Get().(*unpacker)
	r.b, r.passed = body, passed
	message, err = r.message(name, e)
	r.b, r.at, r.depth, r.passed = nil, 0, 0, nil
	if err != nil {
		r.dec.Reset(r) // the user's code may have left it in any state
	}
	c.unpackers.Put(r)
	if err != nil {
		return nil, fmt.Errorf("codec.Decode: %s: %w", name, err)
	}
	return message, nil
}

// zero returns a pointer to a zero value of the type.
func (e *entry) zero() any {
	if scratch := e.scratch.Get(); scratch != nil {
		return scratch
	}
	return reflect.New(e.plan.typ).Interface()
}
