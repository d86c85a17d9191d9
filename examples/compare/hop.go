package main

import (
	"errors"
	"io"
	"net"
)

var errClosed = errors.New("the connection was closed")

// readTokens reads in a goroutine of its own, which ends with the connection.
func readTokens(c net.Conn) <-chan token {
	tokens := make(chan token, queued)
	go func() {
		defer close(tokens)
		var t token
		for t.read(c) == nil {
			tokens <- t
		}
	}()
	return tokens
}

func newHopFar(string) (located, error) {
	return listen(func(c net.Conn, _ *sink) error {
		for t := range readTokens(c) {
			if err := t.write(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// A hopNear asks in one goroutine and reads in another.
type hopNear struct {
	source
	net.Conn
	tokens <-chan token
}

func newHopNear(at string) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &hopNear{Conn: c, tokens: readTokens(c)}, nil
}

func (h *hopNear) ask(n int) ([]int64, error) {
	return h.asking(n, askTokens(h.Conn, func(t *token) (err error) {
		var open bool
		if *t, open = <-h.tokens; !open {
			err = errClosed
		}
		return err
	}))
}
