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
