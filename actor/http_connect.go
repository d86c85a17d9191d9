package actor

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"strings"
)

// ConnectHTTP connects to an HTTP server: http://host:port/path, or https. Connected
// or, at the latest after Options.AskTimeout, NotConnected follows as a message.
// Connected.Remote stands for the server: what is sent to it, by anybody, becomes a
// request, and the answer comes from it to whoever sent that.
//
// A message of a registered type is POST path/name with the tagged JSON of
// [System.Handler], name being that under which the type is registered; with the
// option [AsQuery] it is GET path/name?field=value. An [HTTPRequest] is sent as it is.
//
// An answer in tagged JSON is the value it has: of the type that it names, or, if it
// says what a list or a map is made of, of the only registered type made of that.
// {"error":{"status":404,"reason":"…"}} is an error: Unavailable, Overloaded or TimedOut
// if the server said 503 or 504 for that, else Faulted{"HTTP 404 Not Found", reason}.
// Any other is an HTTPResponse, also a redirection: none is followed. A message
// that makes no request, and an answer that is not what it says to be, are
// Faulted.
//
// It is one connection, of HTTP/1.1. Requests go one after the other, in the order in
// which they were sent; 256 may wait, beyond those Send returns ErrOverloaded. An ask
// that was given up while it waited is not sent. Who wants more at once connects
// several times. Proxies are not used, nor compression. A request has 1 MiB and its
// header 64 KiB, an answer 16 MiB and its header 64 KiB, and in JSON a million
// elements.
//
// Closed follows when the connection ends: by [Self.Close], or because the server closes
// it, which most do also if it is idle for long (ListenHTTP: 30 s), or because an answer
// is too long, not HTTP, or not whole Options.AskTimeout after its request was sent
// (TimedOut). What waits then comes back as Undelivered; so does what was
// sent and has no answer, though the server may have had it.
//
// https trusts whom Options.TLS says, else the authorities of the machine. The connection
// is a child of the actor and ends with it.
func (s *Self) ConnectHTTP(url string, options ...Option) {
	s.mine("ConnectHTTP")
	s.connectHTTP(url, options, new(net.Dialer).DialContext)
}

// A dialFunc makes connections, as net.Dialer.DialContext does.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

func (s *Self) connectHTTP(requested string, options []Option, dial dialFunc) {
	base, reason := baseOf(requested)
	form, refused := only[asQuery](options)
	if reason = cmp.Or(reason, refused); reason != "" {
		s.box.put(item{message: NotConnected{requested, reason}})
		return
	}
	c := &httpClient{sys: s.sys, requested: requested, base: base, query: form == AsQuery, dial: dial}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	c.at = s.SpawnThen(c.run, func(end any, err error) { s.disconnected(c, end, err) },
		Named("http "+base.Host), Mailbox(maxHTTPWaiting))
	s.tied().clients[c.at.at] = c
}

// disconnected notes that a connection has ended, or was never made.
func (s *Self) disconnected(c *httpClient, end any, err error) {
	delete(s.tied().clients, c.at.at)
	reason, _ := end.(string)
	if err != nil {
		reason = err.Error()
	}
	var last any = NotConnected{c.requested, reason}
	if c.connected {
		last = Closed{c.at, reason}
	}
	s.box.put(item{message: last})
}

// baseOf returns the URL that requests are added to, whose path ends in /, or
// what is wrong with it.
func baseOf(s string) (base *url.URL, reason string) {
	u, err := url.Parse(s)
	if err != nil {
		if e, ok := err.(*url.Error); ok {
			err = e.Err
		}
		return nil, err.Error()
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, "its scheme is neither http nor https: http://host:port/"
	case u.Hostname() == "":
		return nil, "it has no host: http://host:port/"
	case u.User != nil:
		return nil, "it has a user: an Authorization is for the Header of an HTTPRequest"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, "it has more than a path: a query is for the URI of an HTTPRequest"
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.EscapedPath(), "/") + "/"}, ""
}
