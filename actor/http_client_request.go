package actor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// request returns the request that a message is, or a Faulted.
func (c *httpClient) request(ctx context.Context, message any) (*http.Request, error) {
	var r HTTPRequest
	var reason string
	if m, ok := message.(HTTPRequest); ok {
		r, reason = m, m.check()
	} else {
		r, reason = c.typed(message)
	}
	if len(r.Body) > maxHTTPBody {
		reason = fmt.Sprintf("its body has %d bytes, and may have %d", len(r.Body), maxHTTPBody)
	}
	var u *url.URL
	if reason == "" {
		u, reason = c.target(r.URI)
	}
	if reason != "" {
		return nil, notRequest(reason)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, notRequest(err.Error())
	}
	request.URL = u // its path as it was given
	request.Header.Set("User-Agent", "layer-cake")
	for name, values := range r.Header {
		if ownHeader(name) {
			continue
		}
		request.Header.Del(name)
		for _, v := range values {
			request.Header.Add(name, v)
		}
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	return request, nil
}

func notRequest(reason string) Faulted { return Faulted{"message is no request", reason} }

// typed returns the request that the value of a registered type is, or why it is none.
func (c *httpClient) typed(message any) (r HTTPRequest, reason string) {
	types := c.sys.types
	name := types.TypeName(message)
	if _, ok := types.Lookup(name); !ok || strings.HasPrefix(name, "layer-cake.") {
		return r, fmt.Sprintf("the type %s is not in Options.Types; else send an HTTPRequest", name)
	}
	r.URI = url.PathEscape(name)
	r.Header = http.Header{"Accept": {"application/json"}}
	if c.query {
		form, err := types.EncodeForm(message)
		if err != nil {
			return r, portableReason(err)
		}
		if len(form) > 0 {
			r.URI += "?" + url.Values(form).Encode()
		}
		return r, ""
	}
	body, err := types.EncodeJSON(message)
	if err != nil {
		return r, portableReason(err)
	}
	r.Method, r.Body = http.MethodPost, body
	r.Header.Set("Content-Type", "application/json")
	return r, ""
}

// portableReason returns an error of the codec as a reason.
func portableReason(err error) string {
	if p := (*PortableError)(nil); errors.As(err, &p) {
		return p.Type + ": " + p.Reason
	}
	return err.Error()
}

// check returns what is wrong with the request, or "".
func (m HTTPRequest) check() string {
	if m.Method == http.MethodConnect {
		return "CONNECT makes no request"
	}
	size := 0
	for name, values := range m.Header {
		name = http.CanonicalHeaderKey(name)
		for _, v := range values {
			size += len(name) + len(v) + len(": \r\n")
			if badHeader(name, v) || name == "Host" && badHost(v) {
				return fmt.Sprintf("its header %q is none", name)
			}
		}
	}
	if size += len(m.URI); size > maxHTTPHeader {
		return fmt.Sprintf("its header has %d bytes, and may have %d", size, maxHTTPHeader)
	}
	return ""
}

// ownHeader reports whether a field of a header is about the connection that it came
// by, or about how the body goes over it: it goes no further.
func ownHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// badHeader reports whether a field of the header would break the request.
func badHeader(name, value string) bool {
	const token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return name == "" || strings.Trim(name, token) != "" ||
		strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// badHost reports whether it is no host:port.
func badHost(host string) bool {
	u, err := url.Parse("http://" + host)
	return err != nil || u.Host != host || host == ""
}

// target returns the URL of a request, or what is wrong with it.
func (c *httpClient) target(uri string) (u *url.URL, reason string) {
	if at, err := url.Parse(uri); err == nil && at.IsAbs() {
		return nil, fmt.Sprintf("its URI %q is not of this connection: it begins with a path", uri)
	}
	if strings.ContainsAny(uri, " #") {
		return nil, fmt.Sprintf("its URI %q has a space or a fragment", uri)
	}
	if !strings.HasPrefix(uri, "/") {
		uri = c.base.Path + uri
	}
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, fmt.Sprintf("its URI %q is none", uri)
	}
	u.Scheme, u.Host = c.base.Scheme, c.base.Host
	return u, ""
}
