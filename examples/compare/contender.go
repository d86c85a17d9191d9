package main

import (
	"io"
	"slices"
)

// A contender is a way from one process to another. Its far end listens, its near
// end connects; there may be a server before both.
type contender struct {
	name, what string
	server     func() (located, error)
	far        func(at string) (located, error) // at: the server
	near       func(at string) (io.Closer, error)
	// near: at the server, or else at the far end. What can be measured is what it
	// implements. Without a far end it is both.
}

// A located end says where to connect to.
type located interface {
	address() string
	io.Closer
}

// An asker asks questions one after the other and says how long each took.
type asker interface{ ask(n int) ([]int64, error) }

// A flier asks so many questions, so many of them at once.
type flier interface{ fly(n, flying int) error }

// A sender sends so many readings, and does not wait until they are taken.
type sender interface{ send(n int) error }

// A taker has the sink of what is sent.
type taker interface{ sink() *sink }

// contenders are all there are, in the order of the table.
func contenders() []contender {
	return []contender{
		{name: "ours", what: "package actor, types by reflection", server: newDirectory, far: newOursFar, near: newOursNear},
		{name: "ours-hand", what: "the same, types with a codec by hand (MarshalMsg)", server: newDirectory, far: newOursHandFar, near: newOursHandNear},
		{name: "channel", what: "floor: channels between goroutines of one process", near: newChannels},
		{name: "pingpong", what: "floor: 64 bytes on raw TCP, no codec", far: newPong, near: newPing},
		{name: "hop", what: "floor: the same with a goroutine that reads and one that works, on each side", far: newHopFar, near: newHopNear},
		{name: "hand", what: "floor: raw TCP with the same codec by hand", far: newHandFar, near: newHandNear},
		{name: "encoded", what: "floor: raw TCP with a codec by hand through msgpack's encoder (EncodeMsgpack)", far: newEncodedFar, near: newEncodedNear},
		{name: "reflected", what: "floor: raw TCP with msgpack by reflection", far: newReflectedFar, near: newReflectedNear},
		{name: "plain", what: "a plain msgpack session", far: newPlainFar, near: newPlainNear},
		{name: "proto", what: "Proto.Actor, remote", far: newProtoFar, near: newProtoNear},
		{name: "nats", what: "NATS, a server and two clients", server: newNATSServer, far: newNATSFar, near: newNATSNear},
	}
}

func find(name string) (contender, bool) {
	all := contenders()
	i := slices.IndexFunc(all, func(c contender) bool { return c.name == name })
	if i < 0 {
		return contender{}, false
	}
	return all[i], true
}
