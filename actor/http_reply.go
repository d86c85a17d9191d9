package actor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// reply writes the reply of an actor.
func (h *httpHandler) reply(w http.ResponseWriter, r *http.Request, reply any) {
	form := formOf(r.Header)
	if response, ok := reply.(HTTPResponse); ok {
		reason := response.check()
		streamed := !response.Stream.IsZero()
		switch {
		case reason != "":
			(&httpRefusal{status: http.StatusInternalServerError, reason: reason}).write(w, form)
			if streamed {
				h.sys.closeStream(response.Stream, HTTPClosed{Reason: reason})
			}
		case streamed:
			h.stream(w, r, response)
		default:
			response.write(w)
		}
		return
	}
	encode := h.sys.types.EncodeJSON
	if form == plainJSON {
		encode = h.sys.types.EncodePlainJSON
	}
	body, err := encode(reply)
	if err != nil {
		refusalOf(err).write(w, form)
		return
	}
	writeJSON(w, http.StatusOK, form, append(body, '\n'))
}

// writeJSON writes the whole response. Of HEAD, net/http leaves the body out.
func writeJSON(w http.ResponseWriter, status int, form jsonForm, body []byte) {
	w.Header().Set("Content-Type", form.contentType())
	w.Header().Set("Vary", "Accept")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error means that the client is gone
}

// check returns what is wrong with the response, or "".
func (m HTTPResponse) check() string {
	switch {
	case m.Status != 0 && (m.Status < 200 || m.Status > 599):
		return fmt.Sprintf("the actor replied with the status %d, which is none", m.Status)
	case (m.Status == http.StatusNoContent || m.Status == http.StatusNotModified) && (len(m.Body) > 0 || !m.Stream.IsZero()):
		return fmt.Sprintf("the actor replied with a body to the status %d, which has none", m.Status)
	}
	for name := range m.Header {
		switch name := http.CanonicalHeaderKey(name); name {
		case "Content-Length", "Transfer-Encoding":
			return fmt.Sprintf("the actor replied with a header %s, which is the server's to set", name)
		}
	}
	return ""
}

func (m HTTPResponse) write(w http.ResponseWriter) {
	m.head(w)
	w.Write(m.Body) // an error means that the client is gone
}

func (m HTTPResponse) head(w http.ResponseWriter) {
	for name, values := range m.Header {
		for _, v := range values {
			w.Header().Add(name, v)
		}
	}
	if m.Status != 0 {
		w.WriteHeader(m.Status)
	}
}

// retryAfter is when a client that was told 503 may try again.
const retryAfter = time.Second

// An httpRefusal is a response that is an error.
type httpRefusal struct {
	status int
	reason string
	header http.Header
}

// refusalOf returns the response that says why there is no reply.
func refusalOf(err error) *httpRefusal {
	r := &httpRefusal{status: http.StatusInternalServerError, reason: fmt.Sprint(err)} // an actor's: its Error may panic, as of a nil pointer
	switch {
	case errors.As(err, new(TimedOut)), errors.Is(err, context.DeadlineExceeded):
		r.status = http.StatusGatewayTimeout
	case errors.As(err, new(Unavailable)), errors.As(err, new(Overloaded)), errors.As(err, new(Busy)), errors.As(err, new(Undelivered)),
		errors.As(err, new(Aborted)), errors.Is(err, ErrOverloaded), errors.Is(err, ErrEnded),
		errors.Is(err, transport.ErrUnreachable), errors.Is(err, context.Canceled),
		errors.Is(err, errHTTPClosing), errors.Is(err, errHTTPCrowded), errors.Is(err, errHTTPBusy):
		r.status = http.StatusServiceUnavailable
		r.header = http.Header{"Retry-After": {strconv.Itoa(int(retryAfter / time.Second))}}
	}
	return r
}

func (r *httpRefusal) write(w http.ResponseWriter, form jsonForm) {
	type reason struct {
		Status int    `json:"status"`
		Reason string `json:"reason"`
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	e.Encode(map[string]reason{"error": {r.status, r.reason}}) // cannot fail: a number and a string
	maps.Copy(w.Header(), r.header)
	writeJSON(w, r.status, form, body.Bytes())
}
