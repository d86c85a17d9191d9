package main

import (
	"io"
	"net"
)

func newHandFar(string) (located, error) {
	return listen(func(c net.Conn, taken *sink) error {
		frames := newFrames(c)
		for {
			body, err := frames.next()
			if err != nil {
				return err
			}
			var r reading
			if _, err := r.UnmarshalMsg(body); err != nil {
				return err
			}
			if err := frames.skip(body); err != nil {
				return err
			}
			taken.take(&r)
		}
	})
}

// A handNear writes readings by hand into an outbox.
type handNear struct {
	source
	*outbox
}

func newHandNear(at string) (io.Closer, error) {
	c, err := dial(at)
	if err != nil {
		return nil, err
	}
	return &handNear{outbox: newOutbox(c)}, nil
}

func (h *handNear) send(n int) error {
	var r reading
	encode := r.MarshalMsg
	for range n {
		r = h.next()
		if err := h.add(encode); err != nil {
			return err
		}
	}
	return nil
}
