package codec

import (
	"reflect"
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

func (s *stranger) Name() string { return s.name }
func (s *stranger) Serial() int  { return 0 }

// zero returns a pointer to a zero value of the type. It is given back to scratch as
// it was.
func (e *entry) zero() any {
	if scratch := e.scratch.Get(); scratch != nil {
		return scratch
	}
	return reflect.New(e.plan.typ).Interface()
}
