package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// A token is as long as a reading, and only its number is looked at.
type token [64]byte

func (t *token) number() uint64         { return binary.BigEndian.Uint64(t[:]) }
func (t *token) setNumber(n uint64)     { binary.BigEndian.PutUint64(t[:], n) }
func (t *token) read(c net.Conn) error  { _, err := io.ReadFull(c, t[:]); return err }
func (t *token) write(c net.Conn) error { _, err := c.Write(t[:]); return err }

func newPong(string) (located, error) {
	return listen(func(c net.Conn, _ *sink) error {
		var t token
		for {
			if err := t.read(c); err != nil {
				return err
			}
			if err := t.write(c); err != nil {
				return err
			}
		}
	})
}

// A ping asks and reads in one goroutine.
type ping struct {
	source
	net.Conn
}

func newPing(at string) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &ping{Conn: c}, nil
}

func (p *ping) ask(n int) ([]int64, error) {
	return p.asking(n, askTokens(p.Conn, func(t *token) error { return t.read(p.Conn) }))
}

// askTokens asks with tokens and waits for the answer that read reads.
func askTokens(c net.Conn, read func(*token) error) func(reading) (reading, error) {
	var t token
	return func(r reading) (reading, error) {
		t.setNumber(r.ID)
		if err := t.write(c); err != nil {
			return r, err
		}
		if err := read(&t); err != nil {
			return r, err
		}
		if t.number() != r.ID {
			return r, fmt.Errorf("the answer is to question %d", t.number())
		}
		return r, nil
	}
}
