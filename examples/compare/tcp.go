package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

const (
	queued  = 1024     // what channels and buffers in a floor or a peer hold, in readings
	buffer  = 64 << 10 // in bytes
	maxBody = 1 << 20
)

// A listening end serves one connection.
type listening struct {
	listener net.Listener
	taken    *sink
}

// listen serves the connection that comes, in a goroutine that ends with it.
func listen(serve func(net.Conn, *sink) error) (*listening, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	end := &listening{l, newSink()}
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if err := serve(c, end.taken); err != nil && !errors.Is(err, io.EOF) {
			end.taken.fail(err)
		}
	}()
	return end, nil
}

func (l *listening) address() string { return l.listener.Addr().String() }
func (l *listening) sink() *sink     { return l.taken }
func (l *listening) Close() error    { return l.listener.Close() }

func dial(at string) (net.Conn, error) { return net.Dial("tcp", at) } // TCP_NODELAY is Go's default

// A frames reads bodies that have their length, 4 bytes, before them.
type frames struct{ r *bufio.Reader }

func newFrames(r io.Reader) *frames { return &frames{bufio.NewReaderSize(r, buffer)} }

// next returns a body, which is valid until skip. It may be no longer than buffer.
func (f *frames) next() ([]byte, error) {
	head, err := f.r.Peek(4)
	if err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint32(head))
	if size+4 > buffer {
		return nil, fmt.Errorf("a frame of %d bytes is too long", size)
	}
	b, err := f.r.Peek(4 + size)
	if err != nil {
		return nil, err
	}
	return b[4:], nil
}

func (f *frames) skip(body []byte) error {
	_, err := f.r.Discard(4 + len(body))
	return err
}

// An outbox holds what is not written yet. One goroutine writes all there is, until
// there is nothing; it ends with Close or with the connection.
type outbox struct {
	conn net.Conn
	mu   sync.Mutex
	some sync.Cond // there is something to be written, or it is over
	room sync.Cond // there is less than buffer
	b    []byte
	err  error
	done chan struct{}
}

func newOutbox(c net.Conn) *outbox {
	o := &outbox{conn: c, done: make(chan struct{})}
	o.some.L, o.room.L = &o.mu, &o.mu
	go o.write()
	return o
}

// add appends a frame whose body is written by encode. It waits for room.
func (o *outbox) add(encode func(b []byte) ([]byte, error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.b) >= buffer && o.err == nil {
		o.room.Wait()
	}
	if o.err != nil {
		return o.err
	}
	start := len(o.b)
	b, err := encode(append(o.b, 0, 0, 0, 0))
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	if o.b = b; start == 0 {
		o.some.Signal()
	}
	return nil
}

func (o *outbox) write() {
	defer close(o.done)
	var b []byte
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for len(o.b) == 0 && o.err == nil {
			o.some.Wait()
		}
		if len(o.b) == 0 {
			return
		}
		b, o.b = o.b, b[:0]
		o.room.Broadcast()
		o.mu.Unlock()
		_, err := o.conn.Write(b)
		o.mu.Lock()
		if err != nil {
			o.err = err
			o.room.Broadcast()
			return
		}
	}
}

// Close writes what is left and closes the connection.
func (o *outbox) Close() error {
	o.mu.Lock()
	if o.err == nil {
		o.err = net.ErrClosed
	}
	o.some.Signal()
	o.room.Broadcast()
	o.mu.Unlock()
	<-o.done
	return o.conn.Close()
}
