package transport

// A Codec turns messages into bytes and back. Its methods may be called from
// any goroutine, and take no lock once a type is known.
type Codec interface {
	// Append appends the body of message to b and returns its type. The error
	// says why the message cannot leave the process.
	Append(b []byte, message any) (body []byte, t Type, err error)
	// Type returns the type of that name, never nil. One that the codec does not
	// know decodes to messages that Append turns back into the same name and body.
	Type(name string) Type
}

// A Type is how the messages of one type are read. Its methods may be called from
// any goroutine.
type Type interface {
	// Name is what both ends know the type by.
	Name() string
	// Serial is the number of the type among those that the codec knows, from 1
	// and without great gaps, so that a slice may be indexed by it. It is the
	// codec's own and never on the wire. Zero: the codec does not know the type.
	Serial() int
	// Decode returns the message, and calls passed, unless it is nil, for each
	// address in it. It keeps no reference to body, and does not trust it: what
	// it decodes would pass the structural check, and what would not is an error.
	Decode(body []byte, passed func(Address)) (message any, err error)
}
