package transport

// A Codec turns messages into bytes and back. Its methods may be called from
// any goroutine.
type Codec interface {
	// Append appends the body of message to b and returns the name of its
	// type. The error says why the message cannot leave the process.
	Append(b []byte, message any) (body []byte, name string, err error)
	// Decode returns the message of the type of that name, and calls passed for
	// each address in it. It keeps no reference to body. A type it does not
	// know is no error: the message is then one that Append turns back into
	// the same name and body. Body has passed the structural check.
	Decode(name string, body []byte, passed func(Address)) (message any, err error)
}
