package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// tokenSize is that of a small frame of ours.
const tokenSize = 64

// A ring is the floor of an introduction: as many processes as it passes, with
// raw TCP and nothing else between them. A token that has gone round it has been
// written, woken somebody up and been read once for each of them, as has a name
// that went publisher, host-cake, subscriber, publisher, subscriber: these are four.
type ring struct{ first *child }

func (s *stage) startRing(size int) (*ring, error) {
	var all []*child
	var at []string
	for range size {
		c, err := s.startChild("runner")
		if err != nil {
			return nil, err
		}
		a, err := c.ask("address")
		if err != nil {
			return nil, err
		}
		all, at = append(all, c), append(at, a.Text)
	}
	for i, c := range all {
		if _, err := c.ask("connect", at[(i+1)%size]); err != nil {
			return nil, err
		}
	}
	for _, c := range all[1:] {
		if _, err := c.ask("pass"); err != nil {
			return nil, err
		}
	}
	return &ring{all[0]}, nil
}

// laps sends a token round the ring, time after time.
func (r *ring) laps(n int) ([]int64, error) {
	a, err := r.first.ask("laps", n)
	return a.Times, err
}

// burst sends n tokens at once, which the others pass on as they come, and returns how long it took until all were back.
func (r *ring) burst(n int) (int64, error) {
	a, err := r.first.ask("burst", n)
	if err != nil {
		return 0, err
	}
	return a.Times[0], nil
}

// A runner is one process of the ring.
type runner struct {
	listener       net.Listener
	previous, next net.Conn
}

func newRunner() (*runner, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	return &runner{listener: l}, err
}

func (r *runner) obey(words []string) (answer, error) {
	switch words[0] {
	case "address":
		return answer{Text: r.listener.Addr().String()}, nil
	case "connect":
		var err error
		r.next, err = net.Dial("tcp", words[1]) // TCP_NODELAY is Go's default
		return answer{}, err
	case "pass":
		if err := r.accept(); err != nil {
			return answer{}, err
		}
		go r.pass() // ends with the connection, at the latest with the process
		return answer{}, nil
	case "flood":
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		began, err := r.flood(n)
		return answer{Times: began}, err
	case "laps", "burst":
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		if err := r.accept(); err != nil {
			return answer{}, err
		}
		run := r.laps
		if words[0] == "burst" {
			run = r.burst
		}
		times, err := run(n)
		return answer{Times: times}, err
	}
	return answer{}, unknown(words)
}

func (r *runner) accept() (err error) {
	if r.previous == nil {
		r.previous, err = r.listener.Accept()
	}
	return err
}

// pass hands on what comes, as it comes.
func (r *runner) pass() {
	b := make([]byte, 1<<16)
	for {
		n, err := r.previous.Read(b)
		if err != nil {
			return
		}
		if _, err := r.next.Write(b[:n]); err != nil {
			return
		}
	}
}

func (r *runner) laps(n int) ([]int64, error) {
	token := make([]byte, tokenSize)
	times := make([]int64, n)
	for i := range times {
		began := time.Now()
		if _, err := r.next.Write(token); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(r.previous, token); err != nil {
			return nil, fmt.Errorf("lap %d: %w", i, err)
		}
		times[i] = int64(time.Since(began))
	}
	return times, nil
}

func (r *runner) burst(n int) ([]int64, error) {
	sent := make(chan error, 1)
	began := time.Now()
	go func() {
		_, err := r.next.Write(make([]byte, n*tokenSize))
		sent <- err
	}()
	if _, err := io.ReadFull(r.previous, make([]byte, n*tokenSize)); err != nil {
		return nil, err
	}
	took := int64(time.Since(began))
	return []int64{took}, <-sent
}

func (r *runner) close() error {
	for _, c := range []io.Closer{r.listener, r.previous, r.next} {
		if c != nil {
			c.Close()
		}
	}
	return nil
}
