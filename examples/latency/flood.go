package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// floodToken is the size of what a registration is on the wire: a name of 40
// bytes and what goes with it.
const floodToken = 96

// A flood is the floor of many names at once: some processes that write tokens
// into raw TCP, one connection each, and one that counts them.
type flood struct {
	counter *child
	senders []*child
}

func (s *stage) startFlood(senders int) (*flood, error) {
	f := new(flood)
	var err error
	if f.counter, err = s.startChild("counter"); err != nil {
		return nil, err
	}
	at, err := f.counter.ask("address")
	if err != nil {
		return nil, err
	}
	for range senders {
		c, err := s.startChild("runner")
		if err != nil {
			return nil, err
		}
		f.senders = append(f.senders, c)
		if _, err := c.ask("connect", at.Text); err != nil {
			return nil, err
		}
		if _, err := f.counter.ask("accept"); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// pour sends n tokens in all and returns how long it took until all were counted.
func (f *flood) pour(n int) (int64, error) {
	share := n / len(f.senders)
	if err := f.counter.tell("count", share); err != nil {
		return 0, err
	}
	began, err := together(f.senders, "flood", share)
	if err != nil {
		return 0, err
	}
	a, err := f.counter.answer()
	if err != nil {
		return 0, err
	}
	return a.Times[0] - began, nil
}

// together says a command to several children at once, with @ replaced by the
// number of the child, and returns when the first of them began, if they say so.
func together(list []*child, words ...any) (began int64, err error) {
	for i, c := range list {
		own := slices.Clone(words)
		for j, w := range own {
			if text, ok := w.(string); ok {
				own[j] = strings.ReplaceAll(text, "@", strconv.Itoa(i))
			}
		}
		if err := c.tell(own...); err != nil {
			return 0, err
		}
	}
	for _, c := range list {
		a, err := c.answer()
		if err != nil {
			return 0, err
		}
		for _, at := range a.Times {
			if began == 0 || at < began {
				began = at
			}
		}
	}
	return began, nil
}

// flood writes so many tokens, as many at a time as fit a buffer.
func (r *runner) flood(n int) ([]int64, error) {
	began := time.Now().UnixNano()
	out := bufio.NewWriterSize(r.next, 1<<16)
	token := make([]byte, floodToken)
	for range n {
		if _, err := out.Write(token); err != nil {
			return nil, err
		}
	}
	return []int64{began}, out.Flush()
}

// A counter is the process that counts the tokens.
type counter struct {
	listener net.Listener
	conns    []net.Conn
}

func newCounter() (*counter, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	return &counter{listener: l}, err
}

func (c *counter) obey(words []string) (answer, error) {
	switch words[0] {
	case "address":
		return answer{Text: c.listener.Addr().String()}, nil
	case "accept":
		conn, err := c.listener.Accept()
		c.conns = append(c.conns, conn)
		return answer{}, err
	case "count": // so many tokens of each connection; says when the last was there
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		var all errgroup.Group
		for _, conn := range c.conns {
			all.Go(func() error { return count(conn, n) })
		}
		err = all.Wait()
		return answer{Times: []int64{time.Now().UnixNano()}}, err
	}
	return answer{}, unknown(words)
}

func count(conn net.Conn, n int) error {
	in := bufio.NewReaderSize(conn, 1<<16)
	token := make([]byte, floodToken)
	for i := range n {
		if _, err := io.ReadFull(in, token); err != nil {
			return fmt.Errorf("token %d: %w", i, err)
		}
	}
	return nil
}

func (c *counter) close() error {
	for _, conn := range c.conns {
		conn.Close()
	}
	return c.listener.Close()
}
