package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A line is one link that goes through the proxy.
type line struct {
	ends [2]*net.TCPConn // the dialler's and the target's
	over chan struct{}   // closed when it is reset

	mu      sync.Mutex // guards the rest
	mood    mood
	changed chan struct{} // closed when the mood changes
	sunk    bool          // it never passes anything again
	dead    bool
}

func newLine(dialler, target *net.TCPConn, m mood) *line {
	return &line{
		ends:    [2]*net.TCPConn{dialler, target},
		over:    make(chan struct{}),
		mood:    m,
		changed: make(chan struct{}),
	}
}

// run passes on what comes until both ends have said theirs, or it is reset.
func (l *line) run() {
	var both sync.WaitGroup
	both.Go(func() { l.pump(l.ends[1], l.ends[0]) })
	both.Go(func() { l.pump(l.ends[0], l.ends[1]) })
	both.Wait()
	for _, conn := range l.ends {
		conn.Close()
	}
}

func (l *line) set(m mood) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sunk {
		return
	}
	l.mood = m
	close(l.changed)
	l.changed = make(chan struct{})
}

// sink makes the line pass nothing for good: its ends must find out by themselves
// that the other is not heard any more.
func (l *line) sink() {
	l.set(mood{hold: true})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sunk = true
}

// reset ends the line as a machine does that has forgotten it: by RST, to both ends.
func (l *line) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return
	}
	l.dead = true
	close(l.over)
	for _, conn := range l.ends {
		reset(conn)
	}
}

func reset(conn *net.TCPConn) {
	conn.SetLinger(0)
	conn.Close()
}

// pump passes on what comes in one direction.
func (l *line) pump(to, from *net.TCPConn) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if e := l.pass(to, buffer[:n]); e != nil {
			l.reset()
			return
		}
		switch {
		case errors.Is(err, io.EOF):
			if _, open := l.open(); open {
				to.CloseWrite()
			}
			return
		case err != nil:
			if _, open := l.open(); open { // a reset is not seen through a wall either
				l.reset()
			}
			return
		}
	}
}

// open waits until something may pass, and returns how. It reports false if the
// line is over.
func (l *line) open() (mood, bool) {
	for {
		l.mu.Lock()
		m, changed, dead := l.mood, l.changed, l.dead
		l.mu.Unlock()
		switch {
		case dead:
			return m, false
		case !m.hold:
			return m, true
		}
		select {
		case <-changed:
		case <-l.over:
		}
	}
}

// pass writes bytes in the mood of the line.
func (l *line) pass(to *net.TCPConn, bytes []byte) error {
	for len(bytes) > 0 {
		m, open := l.open()
		if !open {
			return net.ErrClosed
		}
		piece := bytes
		switch {
		case m.halve:
			piece = bytes[:(len(bytes)+1)/2]
			l.set(mood{hold: true})
		case m.split:
			piece = bytes[:min(len(bytes), 7)]
		}
		if m.delay > 0 {
			select {
			case <-time.After(m.delay):
			case <-l.over:
				return net.ErrClosed
			}
		}
		if _, err := to.Write(piece); err != nil {
			return err
		}
		bytes = bytes[len(piece):]
	}
	return nil
}
