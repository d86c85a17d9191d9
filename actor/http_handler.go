package actor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxHTTPBody is the longest body of a request, in bytes.
const maxHTTPBody = 1 << 20

// Handler serves HTTP requests as messages to the actor at to.
//
// The last element of the path is the name of one of the types, in any case:
// GET /Xy?x=2&y=2, HEAD the same, or POST /xy with the fields in the body, as
// application/x-www-form-urlencoded or application/json, plain or tagged. The
// message is an ask from nobody; the reply is the response, in JSON:
//
//	{"value":["vector<vector<float8>>",[[0.56,0.55]],[]]}
//
// To a client that says Accept: application/json; profile=plain it is the value
// alone, [[0.56,0.55]], and so is what is in it.
//
// If HTTPRequest is one of the types, a request whose path names none of the others
// arrives as that, with any method and any body. An HTTPResponse is sent as it is, and
// may go on as a stream. A refusal is {"error":{"status":400,"reason":"…"}}:
//
//	400  a field, or the body, is not what the type wants
//	404  the type is none of those, and HTTPRequest is none: the reason lists them
//	405  the method is not GET, HEAD or POST
//	408  the body took too long
//	413  the body has more than 1 MiB
//	415  its content type is neither of the two
//	500  the actor replied with an error (Faulted), or with what has no JSON
//	503  the actor, or a pool, cannot take it now (Overloaded, Unavailable), has
//	     ended, or is ending; with Retry-After
//	504  no reply came within Options.AskTimeout
//
// A client that goes away ends its ask. Limits on time and on connections are
// those of the http.Server that calls the handler; ListenHTTP brings its own. But a
// streamed response has 10 s for each 64 KiB of a piece, whatever that server says.
func (sys *System) Handler(to Address, requests Types) http.Handler {
	return sys.handler(to, requests, usualHTTPLimits().write)
}

func (sys *System) handler(to Address, requests Types, pause time.Duration) *httpHandler {
	h := &httpHandler{sys: sys, to: to, pause: pause}
	for _, t := range requests {
		if t.typ == requestType {
			h.whole = true
		} else {
			h.types = append(h.types, t)
		}
	}
	return h
}

type httpHandler struct {
	sys   *System
	to    Address
	types Types         // that a path may name
	whole bool          // a request that names none is a message itself
	pause time.Duration // a client that is sent a stream may read nothing
}

// ServeHTTP answers one request.
func (h *httpHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	message, refusal := h.message(w, r)
	if refusal != nil {
		refusal.write(w, formOf(r.Header))
		return
	}
	reply, err := h.ask(r.Context(), message)
	if err != nil {
		refusalOf(err).write(w, formOf(r.Header))
		return
	}
	h.reply(w, r, reply)
}

// ask asks the actor, for so long as there is time.
func (h *httpHandler) ask(ctx context.Context, message any) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.sys.askTimeout, TimedOut{h.sys.askTimeout})
	defer cancel()
	return h.sys.ask(ctx, h.to, message)
}

// message makes the message of a request.
func (h *httpHandler) message(w http.ResponseWriter, r *http.Request) (any, *httpRefusal) {
	t, refusal := h.typeOf(r.URL)
	switch {
	case refusal != nil && refusal.status == http.StatusNotFound && h.whole:
		return h.request(w, r)
	case refusal != nil:
		return nil, refusal
	}
	var message any
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if r.ContentLength != 0 {
			return nil, &httpRefusal{status: http.StatusBadRequest, reason: "a " + r.Method + " has no body; its fields are in the query"}
		}
		var query url.Values
		if query, err = url.ParseQuery(r.URL.RawQuery); err == nil {
			message, err = h.sys.types.DecodeForm(t, query)
		}
	case http.MethodPost:
		return h.posted(w, r, t)
	default:
		return nil, &httpRefusal{
			status: http.StatusMethodNotAllowed,
			reason: fmt.Sprintf("%s is none of GET, HEAD, POST", r.Method),
			header: http.Header{"Allow": {"GET, HEAD, POST"}},
		}
	}
	if err != nil {
		return nil, &httpRefusal{status: http.StatusBadRequest, reason: err.Error()}
	}
	return message, nil
}

// request makes the message that a request is itself. What is not UTF-8 in its head
// would not get to another process.
func (h *httpHandler) request(w http.ResponseWriter, r *http.Request) (any, *httpRefusal) {
	m := HTTPRequest{Method: r.Method, URI: r.URL.RequestURI(), Header: r.Header.Clone()}
	if !utf8.ValidString(m.URI) {
		return nil, &httpRefusal{status: http.StatusBadRequest, reason: "the URI is not UTF-8"}
	}
	if r.Host != "" {
		m.Header.Set("Host", r.Host)
	}
	for name, values := range m.Header {
		if !utf8.ValidString(strings.Join(values, "")) {
			return nil, &httpRefusal{status: http.StatusBadRequest, reason: "the header " + name + " is not UTF-8"}
		}
	}
	var refusal *httpRefusal
	m.Body, refusal = bodyOf(w, r)
	return m, refusal
}

// typeOf finds the type that the path names: the one of just that name, or else
// the only one that differs in case alone.
func (h *httpHandler) typeOf(u *url.URL) (reflect.Type, *httpRefusal) {
	path := strings.TrimRight(u.EscapedPath(), "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, &httpRefusal{status: http.StatusBadRequest, reason: err.Error()}
	}
	var alike []reflect.Type
	var names []string
	for _, t := range h.types {
		if t.name == name {
			return t.typ, nil
		}
		if strings.EqualFold(t.name, name) {
			alike = append(alike, t.typ)
		}
		names = append(names, t.name)
	}
	if len(alike) == 1 {
		return alike[0], nil
	}
	slices.Sort(names)
	reason := fmt.Sprintf("there is no %q; there are: %s", name, strings.Join(names, ", "))
	return nil, &httpRefusal{status: http.StatusNotFound, reason: reason}
}

// posted makes the message that a body describes.
func (h *httpHandler) posted(w http.ResponseWriter, r *http.Request, t reflect.Type) (any, *httpRefusal) {
	form, refusal := contentOf(r)
	if refusal != nil {
		return nil, refusal
	}
	if r.URL.RawQuery != "" {
		return nil, &httpRefusal{status: http.StatusBadRequest, reason: "the fields of a POST are in its body, not in a query"}
	}
	body, refusal := bodyOf(w, r)
	if refusal != nil {
		return nil, refusal
	}
	var message any
	var err error
	if form {
		var values url.Values
		if values, err = url.ParseQuery(string(body)); err == nil {
			message, err = h.sys.types.DecodeForm(t, values)
		}
	} else {
		message, err = h.sys.types.DecodeJSON(t, body)
	}
	if err != nil {
		reason := err.Error()
		if form && json.Valid(body) { // as curl -d sends it, unless told otherwise
			reason = "the body is JSON, but its content type is that of a form; say Content-Type: application/json"
		}
		return nil, &httpRefusal{status: http.StatusBadRequest, reason: reason}
	}
	return message, nil
}

// contentOf reports whether the body is a form; otherwise it is JSON.
func contentOf(r *http.Request) (form bool, refusal *httpRefusal) {
	header := r.Header.Get("Content-Type")
	content, parameters, err := mime.ParseMediaType(header)
	charset := parameters["charset"]
	if err == nil && (charset == "" || strings.EqualFold(charset, "utf-8")) {
		switch content {
		case "application/x-www-form-urlencoded":
			return true, nil
		case "application/json":
			return false, nil
		}
	}
	return false, &httpRefusal{
		status: http.StatusUnsupportedMediaType,
		reason: fmt.Sprintf("the content type %q is neither application/json nor application/x-www-form-urlencoded, in UTF-8", header),
	}
}

// bodyOf reads the body of a request, which is bounded.
func bodyOf(w http.ResponseWriter, r *http.Request) ([]byte, *httpRefusal) {
	tooLarge := &httpRefusal{
		status: http.StatusRequestEntityTooLarge,
		reason: fmt.Sprintf("the body has more than %d bytes", maxHTTPBody),
		header: http.Header{"Connection": {"close"}},
	}
	if r.ContentLength > maxHTTPBody {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHTTPBody))
	switch {
	case err == nil:
		return body, nil
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &httpRefusal{
			status: http.StatusRequestTimeout,
			reason: "the body took too long",
			header: http.Header{"Connection": {"close"}},
		}
	}
	return nil, &httpRefusal{status: http.StatusBadRequest, reason: "the body: " + err.Error()}
}
