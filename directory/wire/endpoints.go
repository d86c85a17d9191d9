package wire

import (
	"bytes"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

const (
	places    = 64   // processes whose endpoints are remembered
	longBytes = 2048 // a list whose bytes are more is not remembered
)

// Endpoints remembers the last list of endpoints of some processes, so that
// their publications share it: a process says the same ones with each. A process has
// one place that it may use, and takes it from who was there.
type endpoints [places]*said

// A said is a list and the bytes that said it.
type said struct {
	bytes []byte
	list  []directory.Endpoint
}

// read reads the endpoints of a publication of process. What begins with all the
// bytes of a value begins with that value.
func (e *endpoints) read(c *cursor, process transport.ProcessID) []directory.Endpoint {
	place := &e[process[0]%places]
	if last := *place; last != nil && bytes.HasPrefix(c.rest, last.bytes) {
		c.rest = c.rest[len(last.bytes):]
		return last.list
	}
	begin := c.rest
	list := readEndpoints(c)
	if size := len(begin) - len(c.rest); c.err == nil && len(list) > 0 && size <= longBytes {
		*place = &said{bytes.Clone(begin[:size]), list}
	}
	return list
}

func readEndpoints(c *cursor) []directory.Endpoint {
	n := c.count(MaxEndpoints)
	if n == 0 {
		return nil
	}
	list := make([]directory.Endpoint, n)
	for i := range list {
		more := c.open(2)
		list[i] = directory.Endpoint{Scope: scope(c), Address: string(c.text(MaxAddress))}
		c.shut(more)
	}
	return list
}
