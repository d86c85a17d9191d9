package tcp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// A source is the reading half of a connection. It gives each Read a deadline of
// its own, so that only time spent waiting for the peer counts as silence.
type source struct {
	conn    net.Conn
	silence time.Duration // zero before the hello: the deadline is another's
	until   atomic.Int64  // Unix time in ns after which nothing is read; zero: none
	heard   atomic.Bool   // something came before the hello had passed
}

// Read reads from the connection. It returns transport.ErrSilent if nothing comes.
func (s *source) Read(p []byte) (int, error) {
	if s.silence > 0 {
		s.conn.SetReadDeadline(time.Now().Add(s.silence))
		s.limit() // after it: whichever of the two comes last sees the other
	}
	n, err := s.conn.Read(p)
	if s.silence == 0 && n > 0 {
		s.heard.Store(true)
	}
	if err != nil && s.silence > 0 {
		switch {
		case errors.Is(err, io.EOF):
		case !errors.Is(err, os.ErrDeadlineExceeded):
			err = fmt.Errorf("connection lost: %w", err)
		case s.until.Load() == 0:
			err = transport.ErrSilent
		}
	}
	return n, err
}

// end makes the present Read and all later ones fail at t.
func (s *source) end(t time.Time) {
	s.until.CompareAndSwap(0, t.UnixNano())
	s.limit()
}

func (s *source) limit() {
	if t := s.until.Load(); t != 0 {
		s.conn.SetReadDeadline(time.Unix(0, t))
	}
}
