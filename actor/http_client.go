package actor

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// What a client of HTTP holds at most.
const (
	maxHTTPWaiting = 256      // requests that wait for their turn
	maxHTTPHeader  = 64 << 10 // bytes of a header
	maxHTTPAnswer  = 16 << 20 // bytes of an answer's body
)

// An httpClient is a connection to a server as an actor, the child of the one that
// asked for it. It takes a message when the one before is answered, so that what
// waits does so in its mailbox.
//
//	connects ──► connected ──(close, Stop, connection lost, no answer)──► ended
//	    └──(refused, close, Stop)──► ended
type httpClient struct {
	sys       *System
	at        Address
	requested string
	base      *url.URL
	query     bool // messages go as queries
	dial      dialFunc
	ctx       context.Context // of all that it does; its cause is why it was ended
	cancel    context.CancelCauseFunc

	socket    *httpSocket
	conn      *http.ClientConn
	connected bool   // Connected was told
	reason    string // why the connection has ended; empty: it has not
}

// httpLost is what a client finds in its mailbox when the connection has ended.
type httpLost struct{}

var errHTTPClosed = errors.New("closed by the actor that connected")

// close ends the connection.
func (c *httpClient) close() { c.cancel(errHTTPClosed) }

// run is the connection's life. Its result is the reason of its end.
func (c *httpClient) run(self *Self) any {
	lost := func() { self.box.put(item{message: httpLost{}}) }
	defer c.cancel(nil)
	own := self.Context() // other goroutines must not ask for it
	defer context.AfterFunc(own, func() { c.cancel(context.Cause(own)) })()
	defer context.AfterFunc(c.ctx, lost)()
	if err := c.connect(); err != nil {
		return c.refusal(err)
	}
	defer c.conn.Close()
	c.conn.SetStateHook(func(conn *http.ClientConn) {
		if conn.Err() != nil {
			lost()
		}
	})
	c.connected = true
	self.parent.box.put(item{message: Connected{c.requested, self.Address()}})
	for c.reason == "" {
		c.take(self, self.Input())
	}
	c.conn.Close()
	for range maxHTTPWaiting {
		m, ok := self.InputWithin(0)
		if !ok {
			break
		}
		c.take(self, m)
	}
	return c.reason
}

// connect makes the connection.
func (c *httpClient) connect() error {
	patience := TimedOut{c.sys.askTimeout}
	ctx, cancel := context.WithTimeoutCause(c.ctx, patience.After, patience)
	defer cancel()
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	trust := &tls.Config{}
	if c.sys.tls != nil {
		trust = c.sys.tls.Clone()
	}
	trust.NextProtos = nil // or the server might choose what we do not speak
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := c.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			c.socket = &httpSocket{Conn: conn}
			return c.socket, nil
		},
		TLSClientConfig:        trust,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHTTPHeader,
		Protocols:              protocols,
	}
	port := c.base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.base.Scheme]
	}
	conn, err := t.NewClientConn(ctx, c.base.Scheme, net.JoinHostPort(c.base.Hostname(), port))
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	c.conn = conn
	return err
}

// refusal returns an error of connect as a reason, with what to do about it.
func (c *httpClient) refusal(err error) string {
	remedy := ""
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		remedy = "; is the server running?"
	case errors.As(err, new(tls.RecordHeaderError)):
		remedy = "; does the server speak http, not https?"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		remedy = "; Options.TLS has whom to trust"
	}
	return strings.TrimPrefix(causeOf(err).Error(), "net/http: ") + remedy
}

// take does what a message says, and notes if that, or anything, ends the connection.
func (c *httpClient) take(self *Self, message any) {
	if c.reason == "" && c.ctx.Err() != nil {
		c.reason = context.Cause(c.ctx).Error()
	}
	switch m := message.(type) {
	case httpLost:
		if c.reason == "" {
			c.reason, _ = c.lost(c.conn.Err())
		}
	case Stop: // the context has ended
	case Undelivered:
		self.Log().Debug("an answer has not arrived", "to", m.To, "reason", m.Reason)
	default:
		switch {
		case c.reason != "":
			c.giveBack(self, m)
		case c.sys.wanted(self.Sender()):
			c.serve(self, m)
		}
	}
}

// lost returns why the connection is lost, having an error of net/http; false if it is
// not: the server says what is no answer.
func (c *httpClient) lost(err error) (reason string, lost bool) {
	err = cmp.Or(c.socket.lost(), err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), // that of TLS is no end of the socket
		err.Error() == "http: server closed idle connection": // net/http has no other name for it
		return "the server closed the connection", true
	case err == c.socket.lost(), errors.As(err, new(*net.OpError)): // TLS gives up by such
		return causeOf(err).Error(), true
	}
	return "the server says what was not asked for", false
}

// giveBack tells who sent a message that there is no answer.
func (c *httpClient) giveBack(self *Self, message any) {
	c.sys.undelivered(self.Sender(), self.Address(), message, c.reason)
}

// serve asks the server what a message asks.
func (c *httpClient) serve(self *Self, message any) {
	patience := TimedOut{c.sys.askTimeout}
	ctx, cancel := context.WithTimeoutCause(c.ctx, patience.After, patience)
	defer cancel()
	request, err := c.request(ctx, message)
	if err != nil {
		c.reply(self, err)
		return
	}
	answer, err := c.exchange(request)
	switch cause := context.Cause(ctx); {
	case err == nil:
		c.reply(self, answer)
	case cause == error(patience):
		c.reason = fmt.Sprintf("no answer within %v", patience.After)
		c.reply(self, patience)
	case cause != nil:
		c.reason = cause.Error()
		c.giveBack(self, message)
	case errors.As(err, new(Faulted)):
		c.reason = err.Error()
		c.reply(self, err)
	default:
		reason, lost := c.lost(err)
		if lost {
			c.reason = reason
			c.giveBack(self, message)
			break
		}
		reason = strings.TrimPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: ")
		fault := Faulted{"answer is not HTTP", strings.TrimPrefix(reason, "net/http: ")}
		c.reason = fault.Error()
		c.reply(self, fault)
	}
}

// exchange sends a request and returns the answer. After an error the connection is of
// no use.
func (c *httpClient) exchange(request *http.Request) (answer any, err error) {
	response, err := c.conn.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return nil, Faulted{statusOf(response), "the protocol was not to be switched"}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxHTTPAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxHTTPAnswer {
		return nil, Faulted{statusOf(response), fmt.Sprintf("the body has more than %d bytes", maxHTTPAnswer)}
	}
	if response.Close {
		c.reason = "the server closed the connection after an answer"
	}
	return answerOf(c.sys.types, response, body), nil
}

// reply sends the answer to whoever asked.
func (c *httpClient) reply(self *Self, answer any) {
	if self.Sender().IsZero() {
		self.Log().Debug("an answer, and nobody asked", "type", c.sys.types.TypeName(answer))
		return
	}
	if err := self.Reply(answer); err != nil {
		self.Log().Warn("an answer cannot be sent", "to", self.Sender(), "err", err)
	}
}
