package wire

import "github.com/layer-cake/layer-cake/transport"

// The kinds of frames of the transport. The package comment has their layout.
const (
	Hello       transport.Kind = 1  // each end, first
	Heartbeat   transport.Kind = 2  // either end, when nothing else was sent
	Goodbye     transport.Kind = 3  // either end, last
	Type        transport.Kind = 4  // either end, before the first message of a type
	Message     transport.Kind = 5  // outside of sessions
	DataOut     transport.Kind = 6  // in a session, from its subscriber
	DataBack    transport.Kind = 7  // in a session, from its publisher
	Undelivered transport.Kind = 8  // to who sent what did not arrive
	Credit      transport.Kind = 9  // from who takes messages: how much more may be sent
	Part        transport.Kind = 10 // of a message that is too long for one frame
	Watch       transport.Kind = 11 // from who is to be told of an actor's end
	Unwatch     transport.Kind = 12 // from who is not to be told any more
	Ended       transport.Kind = 13 // to who watched
)

// FirstDirectory is the first kind that is not the transport's.
const FirstDirectory transport.Kind = 32

// Carried reports whether a link hands frames of kind k on to its receiver, and
// takes them from who sends. The link's own kinds and those of the transport that
// have no meaning yet are not carried.
func Carried(k transport.Kind) bool {
	return Type <= k && k <= Ended || k >= FirstDirectory
}

// The limits of what one frame may have (R17).
const (
	MaxFrame    = 1 << 20                         // kind and body, in bytes
	MaxBody     = MaxFrame - 1                    // body, in bytes
	MaxHello    = 1 << 10                         // a whole hello, length and kind included, in bytes
	MaxReason   = 1 << 9                          // reason of Goodbye and Undelivered, in bytes
	MaxTypeName = 1 << 10                         // name in Type, in bytes
	MaxTypes    = 1 << 14                         // greatest number of a type
	LengthSize  = 4                               // length, in bytes
	HeadSize    = 5                               // length and kind, in bytes
	MaxUvarint  = 10                              // the longest uvarint, in bytes
	helloSize   = 4 + 1 + 16 + 4                  // a hello's body without what the node says
	minBeat     = 10                              // milliseconds between two heartbeats,
	maxBeat     = 60_000                          // at least and at most
	version     = 4                               // of the hello and all that follows
	magic       = "LCAK"                          // what a hello begins with
	MaxNodeBody = MaxHello - HeadSize - helloSize // what the node says in a hello, in bytes
)

// The flow of messages (R17). What a message takes of a window is what its frames
// have, heads included, and Overhead for each frame: that is what it takes in memory,
// about. A window may be overdrawn by one frame. A session's subscriber and its
// publisher have a window each for what they send; another is that of a link, for
// what is in no session.
const (
	SessionWindow = 256 << 10 // bytes
	LinkWindow    = 1 << 20   // bytes
	Overhead      = 64        // bytes
	// MaxPending is what may be sent in a session beyond its window before its
	// last word, in bytes as above: what waited for room then goes ahead of it.
	MaxPending = SessionWindow
	PartSize   = 64 << 10 // the longest body of a Part, in bytes; a message that fits one frame of that size is not in parts
	MaxMessage = 64 << 20 // the body of a Message, a DataOut or a DataBack in parts, in bytes
)

// MaxMessageHead and MaxDataHead are the lengths of the longest heads of a
// Message, a DataOut or a DataBack, in bytes.
const (
	MaxMessageHead = 1 + 2*transport.AddressSize + MaxUvarint
	MaxDataHead    = MaxUvarint + 1 + transport.AddressSize + MaxUvarint
)
