package actor

import "net/http"

// About HTTP requests. These may travel to other processes.
type (
	// HTTPRequest is a request whose path names none of the types given to
	// ListenHTTP or Handler, if HTTPRequest is one of them: Type[HTTPRequest]("any").
	// It has any method. URI is the path and the query as they came, Header has Host
	// too, and Body at most 1 MiB. In another process it has the same name
	// everywhere; the one given there is not used.
	HTTPRequest struct {
		Method, URI string
		Header      http.Header
		Body        []byte
	}
	// HTTPResponse is a reply to an HTTP request that is sent as it is. Status is
	// 200 to 599, zero means 200. Length and transfer of the body are not for the
	// header to say, and 204 and 304 have none: the client is told 500 otherwise.
	//
	// If Stream is an actor, in any process, the response goes on after Body with
	// what that actor says: it is asked HTTPNext again and again.
	HTTPResponse struct {
		Status int
		Header http.Header
		Body   []byte
		Stream Address
	}
	// HTTPNext asks the Stream of an HTTPResponse for the next piece. The reply is
	// an HTTPChunk, as late as it likes; anything else cuts the client off, so that
	// it does not take a part for the whole. The next HTTPNext comes when the piece
	// was written: there is never more than one, so a client that reads slowly slows
	// its stream down, and nothing piles up. That the actor has ended, or
	// that the link to it is lost, is noticed at once. Client stands for the client: it is the same as
	// long as the stream lasts, and of no other use.
	HTTPNext struct {
		Client Address
		Chunks int   // that were written so far
		Bytes  int64 // in them
	}
	// HTTPChunk is a piece of a streamed response. It is sent to the client at once.
	// After the Last the response is complete.
	HTTPChunk struct {
		Body []byte
		Last bool
	}
	// HTTPClosed tells the Stream of an HTTPResponse that it is over before its Last
	// piece: the client is gone, reads nothing for ten seconds, or asked for the
	// header only; or the listener is closed. Client is nobody if the response did
	// not begin. It comes once, and not to an actor that has ended or ended it itself.
	HTTPClosed struct {
		Client Address
		Reason string
	}
)
