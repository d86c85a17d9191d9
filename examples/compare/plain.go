package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// A plain session is what a good engineer writes in an afternoon: msgpack by
// reflection with its length before it, request ids, a goroutine that writes and
// flushes when nothing more waits, and one that reads. Who uses it takes requests
// from a channel.
type plain struct {
	conn     net.Conn
	out      chan envelope // to the writer
	requests chan envelope
	over     chan struct{} // closed by the reader

	mu      sync.Mutex // guards the rest
	last    uint64
	waiting map[uint64]chan<- reading // by request
}

// An envelope has a reading and the request it belongs to: that to which an answer
// is wanted, or none; or, of an answer, the request it answers.
type envelope struct {
	Request uint64
	Answer  bool
	Reading reading
}

func newPlain(c net.Conn) *plain {
	p := &plain{
		conn:     c,
		out:      make(chan envelope, queued),
		requests: make(chan envelope, queued),
		over:     make(chan struct{}),
		waiting:  make(map[uint64]chan<- reading),
	}
	go p.write()
	go p.read()
	return p
}

// send sends a reading that nobody answers.
func (p *plain) send(r *reading) error { return p.post(envelope{Reading: *r}) }

// ask sends a reading; the answer is put into a channel that has room.
func (p *plain) ask(r *reading, answers chan<- reading) error {
	p.mu.Lock()
	p.last++
	request := p.last
	p.waiting[request] = answers
	p.mu.Unlock()
	return p.post(envelope{Request: request, Reading: *r})
}

// answer answers a request.
func (p *plain) answer(request uint64, r *reading) error {
	return p.post(envelope{Request: request, Answer: true, Reading: *r})
}

func (p *plain) post(e envelope) error {
	select {
	case p.out <- e:
		return nil
	case <-p.over:
		return errClosed
	}
}

// write ends with the connection.
func (p *plain) write() {
	w, packer := bufio.NewWriterSize(p.conn, buffer), newPacker()
	var e envelope
	for {
		select {
		case e = <-p.out:
		default:
			if w.Flush() != nil {
				return
			}
			select {
			case e = <-p.out:
			case <-p.over:
				return
			}
		}
		packer.b = append(packer.b[:0], 0, 0, 0, 0)
		if packer.Encode(&e) != nil {
			p.conn.Close()
			return
		}
		binary.BigEndian.PutUint32(packer.b, uint32(len(packer.b)-4))
		if _, err := w.Write(packer.b); err != nil {
			return
		}
	}
}

// read ends with the connection.
func (p *plain) read() {
	defer close(p.requests)
	defer close(p.over)
	frames, u := newFrames(p.conn), newUnpacker()
	var e envelope
	for {
		body, err := frames.next()
		if err != nil {
			return
		}
		u.open(body)
		e = envelope{}
		if u.Decode(&e) != nil || frames.skip(body) != nil {
			p.conn.Close()
			return
		}
		if !e.Answer {
			p.requests <- e
			continue
		}
		p.mu.Lock()
		answers := p.waiting[e.Request]
		delete(p.waiting, e.Request)
		p.mu.Unlock()
		if answers != nil {
			answers <- e.Reading
		}
	}
}

func (p *plain) Close() error { return p.conn.Close() }

func newPlainFar(string) (located, error) {
	return listen(func(c net.Conn, taken *sink) error {
		p := newPlain(c)
		for e := range p.requests {
			if e.Request == 0 {
				taken.take(&e.Reading)
			} else if err := p.answer(e.Request, &e.Reading); err != nil {
				return err
			}
		}
		return nil
	})
}

type plainNear struct {
	*plain
	readings, questions source
}

func newPlainNear(at string) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &plainNear{plain: newPlain(c)}, nil
}

func (p *plainNear) send(n int) error {
	for range n {
		r := p.readings.next()
		if err := p.plain.send(&r); err != nil {
			return err
		}
	}
	return nil
}

func (p *plainNear) ask(n int) ([]int64, error) {
	answers := make(chan reading, 1)
	return p.questions.asking(n, func(r reading) (reading, error) {
		if err := p.plain.ask(&r, answers); err != nil {
			return r, err
		}
		select {
		case r = <-answers:
			return r, nil
		case <-p.over:
			return r, errClosed
		}
	})
}

func (p *plainNear) fly(n, flying int) error {
	answers := make(chan reading, flying)
	f, err := p.questions.takeOff(n, flying, func(r reading) error { return p.plain.ask(&r, answers) })
	if err != nil {
		return err
	}
	return f.land(answers)
}
