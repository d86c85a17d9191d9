package codec

// Unknown is a message of a type that is not registered here. It can be
// forwarded: Append turns it back into the name and the bytes that came.
type Unknown struct {
	Type string // its name
	body []byte // exactly one value; never written
}

// String returns the name, for logs.
func (u Unknown) String() string { return "unknown " + u.Type }

// A PortableError says why a message cannot leave the process.
type PortableError struct {
	Type   string // the Go type of the message
	Reason string // and where in the message
}

func (e *PortableError) Error() string { return "actor.Send: " + e.Type + ": " + e.Reason }
