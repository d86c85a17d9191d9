package actor

import (
	"fmt"
	"net/http"
)

// About listeners for HTTP.
type (
	// Listening: the listener is open, at the address it got. It comes before any
	// request.
	Listening struct{ Requested, Address string }
	// NotListening is the error of ListenHTTP, and comes later when the listener
	// is lost.
	NotListening struct{ Address, Reason string }
	// HTTPResponse is a reply to an HTTP request that is sent as it is. Status is
	// 200 to 599, zero means 200. Length and transfer of the body are not for the
	// header to say, and 204 and 304 have none: the client is told 500 otherwise.
	HTTPResponse struct {
		Status int
		Header http.Header
		Body   []byte
	}
)

// Error says where and why.
func (m NotListening) Error() string {
	return fmt.Sprintf("actor.ListenHTTP: %s: %s", m.Address, m.Reason)
}
