package actor

import (
	"errors"
	"io"
	"net"
	"sync"
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
