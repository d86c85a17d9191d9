package actor

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
)

// An httpSocket remembers why it is of no use any more.
type httpSocket struct {
	net.Conn
	mu  sync.Mutex // guards err
	err error
}

// Read remembers the error.
func (s *httpSocket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.note(err)
	return n, err
}

// Write remembers the error.
func (s *httpSocket) Write(b []byte) (int, error) {
	n, err := s.Conn.Write(b)
	s.note(err)
	return n, err
}

// note remembers the first error, unless it is that we closed it.
func (s *httpSocket) note(err error) {
	if err == nil || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// lost returns why the other side cannot be reached, nil if it can.
func (s *httpSocket) lost() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
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
