package wire

import (
	"github.com/layer-cake/layer-cake/directory"
)

// A Relation says what a link is for, from the side that dials.
type Relation uint8

// The relations. Who is dialled does not know yet, and says Peer.
const (
	Peer   Relation = 1 // sessions only
	Child  Relation = 2 // the dialler is a child directory of the other
	Caller Relation = 3 // one connection, with the actor that listens there
)

// String returns the name of the relation.
func (r Relation) String() string {
	if r < Peer || r > Caller {
		return "none"
	}
	return [...]string{"peer", "child", "caller"}[r-1]
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
	b = appendUint(appendArray(b, 2), uint64(g.Relation))
	return appendDirectory(b, &g.Directory)
}

// ParseGreeting returns what AppendGreeting was given.
func ParseGreeting(body []byte) (Greeting, error) {
	c := newCursor(body)
	more := c.open(2)
	g := Greeting{Relation: Relation(min(c.uint(), 255)), Directory: ofDirectory(&c)}
	c.shut(more)
	if g.Relation.String() == "none" {
		c.fail("there is no relation %d", uint8(g.Relation))
	}
	if c.err != nil {
		return Greeting{}, c.err
	}
	return g, nil
}
