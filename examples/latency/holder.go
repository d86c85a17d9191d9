package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"time"
)

// A holder is a process with one raw TCP connection, which it does nothing with
// but notice its end.
type holder struct {
	listener net.Listener
	conn     net.Conn
}

func newHolder() (*holder, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	return &holder{listener: l}, err
}

func (h *holder) obey(words []string) (answer, error) {
	var err error
	switch words[0] {
	case "address":
		return answer{Text: h.listener.Addr().String()}, nil
	case "connect":
		h.conn, err = net.Dial("tcp", words[1])
		return answer{}, err
	case "accept":
		h.conn, err = h.listener.Accept()
		return answer{}, err
	case "notice": // when the connection ends
		_, err := bufio.NewReader(h.conn).ReadByte()
		at := time.Now().UnixNano()
		h.conn.Close()
		if err != io.EOF {
			return answer{}, fmt.Errorf("the connection ended otherwise than it should: %v", err)
		}
		return answer{Times: []int64{at}}, nil
	}
	return answer{}, unknown(words)
}

func (h *holder) close() error { return h.listener.Close() }

// Bare is the floor of a kill: what it takes without Layer Cake.
type bare struct {
	holder  *child // that sees others die
	address string
}

func (s *stage) startBare() (*bare, error) {
	c, err := s.startChild("holder")
	if err != nil {
		return nil, err
	}
	a, err := c.ask("address")
	return &bare{c, a.Text}, err
}

// kill returns how long it takes from kill -9 of a process that has nothing but a
// connection to the end of file at the other end.
func (b *bare) kill(s *stage) (int64, error) {
	c, err := s.startChild("holder")
	if err != nil {
		return 0, err
	}
	if _, err := c.ask("connect", b.address); err != nil {
		return 0, err
	}
	if _, err := b.holder.ask("accept"); err != nil {
		return 0, err
	}
	if err := b.holder.tell("notice"); err != nil {
		return 0, err
	}
	began := time.Now().UnixNano()
	if err := c.kill(); err != nil {
		return 0, err
	}
	a, err := b.holder.answer()
	if err != nil {
		return 0, err
	}
	return a.Times[0] - began, nil
}
