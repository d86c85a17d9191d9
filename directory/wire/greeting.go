package wire

import (
	"github.com/layer-cake/layer-cake/directory"
)

// A Relation says what a link is for, from the side that dials.
type Relation uint8

// The relations. Who is dialled does not know yet, and says Peer.
const (
	Peer  Relation = 1 // sessions only
	Child Relation = 2 // the dialler is a child directory of the other
)

// String returns the name of the relation.
func (r Relation) String() string {
	if r < Peer || r > Child {
		return "none"
	}
	return [...]string{"peer", "child"}[r-1]
}

// A Greeting is what a node says of itself in its hello.
type Greeting struct {
	Relation  Relation
	Directory directory.Directory
}

// AppendGreeting appends the body of a hello to b. Texts are cut so that it fits.
func AppendGreeting(b []byte, g Greeting) []byte {
	const most = 200
	g.Directory.Executable = g.Directory.Executable[:min(len(g.Directory.Executable), most)]
	g.Directory.Role = g.Directory.Role[:min(len(g.Directory.Role), most)]
	g.Directory.Listens = g.Directory.Listens[:min(len(g.Directory.Listens), most)]
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.buf.Reset()
	e.array(2)
	e.uint(uint64(g.Relation))
	e.directory(g.Directory)
	return append(b, e.buf.Bytes()...)
}

// ParseGreeting returns what AppendGreeting was given.
func ParseGreeting(body []byte) (Greeting, error) {
	d, err := newDecoder(body)
	if err != nil {
		return Greeting{}, err
	}
	var g Greeting
	d.array(2, func() {
		g.Relation = Relation(min(d.uint(), 255))
		g.Directory = d.directory()
	})
	if d.err == nil && g.Relation.String() == "none" {
		d.fail("there is no relation %d", uint8(g.Relation))
	}
	return g, d.err
}
