package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/layer-cake/layer-cake/transport"
)

// AppendFrame appends a whole frame to b. The body has at most MaxBody bytes.
func AppendFrame(b []byte, kind transport.Kind, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(1+len(body)))
	b = append(b, byte(kind))
	return append(b, body...)
}

// CheckSend reports whether a link takes a frame of that kind, with a body of that
// many bytes, from who sends. The error is a *transport.FrameError.
func CheckSend(kind transport.Kind, size int) error {
	switch {
	case !Carried(kind):
		return refuse(kind, "links do not carry this kind")
	case size > MaxBody:
		return refuse(kind, "the body has %d bytes, at most %d are allowed", size, MaxBody)
	}
	return nil
}

// The sizes of a Reader's buffer. It begins with the least, which has room for a
// hello, and grows fourfold when it is full, up to the greatest; longer frames
// are put together in a second buffer, which grows as their bytes arrive.
const (
	leastBuffer    = 1 << 10
	greatestBuffer = 64 << 10
)

// A Reader reads frames, as many at once as there are. It never sets memory aside for
// bytes that have not arrived, but for a multiple of what has.
type Reader struct {
	r      io.Reader
	buffer []byte // from at to end there is what was read and not handed out
	at     int
	end    int
	err    error  // of the last read, if bytes came with it
	long   []byte // for frames that are longer than the greatest buffer
}

// NewReader returns a Reader of what r says.
func NewReader(r io.Reader) *Reader { return &Reader{r: r, buffer: make([]byte, leastBuffer)} }

// Next returns the next frame, whose body is valid until the next call. Limit is
// how long its kind and body may be together; no frame is longer than MaxFrame.
//
// At the end of the stream the error is io.EOF; where the stream ends within a
// frame, or the frame's length is not allowed, it is a *transport.FrameError;
// else it is that of the underlying reader. After an error Next must not be
// called again.
func (r *Reader) Next(limit int) (transport.Kind, []byte, error) {
	if got := r.end - r.at; got < HeadSize {
		if err := r.fill(HeadSize); err != nil {
			if got = r.end - r.at; err == io.EOF && got > 0 {
				err = &transport.FrameError{Reason: fmt.Sprintf("the stream ended after %d bytes of a frame's head", got)}
			}
			return 0, nil, err
		}
	}
	head := r.buffer[r.at:]
	length, kind := binary.BigEndian.Uint32(head), transport.Kind(head[4])
	switch {
	case length == 0:
		return 0, nil, &transport.FrameError{Reason: "the frame is empty"}
	case length > uint32(min(limit, MaxFrame)):
		return 0, nil, &transport.FrameError{Kind: kind, Reason: fmt.Sprintf(
			"the frame has %d bytes, at most %d are allowed", length, min(limit, MaxFrame))}
	}
	size := int(length) - 1
	whole := HeadSize + size
	if whole > greatestBuffer {
		r.at += HeadSize
		body, err := r.readLong(size)
		return kind, body, ended(err, kind, len(body), size)
	}
	if r.end-r.at < whole {
		if err := r.fill(whole); err != nil {
			return kind, nil, ended(err, kind, r.end-r.at-HeadSize, size)
		}
	}
	body := r.buffer[r.at+HeadSize : r.at+whole : r.at+whole]
	r.at += whole
	return kind, body, nil
}

// Ready reports whether Next would return a frame without reading. Of a frame that is
// longer than the buffer it reports false.
func (r *Reader) Ready() bool {
	rest := r.buffer[r.at:r.end]
	return len(rest) >= HeadSize && uint64(len(rest)) >= LengthSize+uint64(binary.BigEndian.Uint32(rest))
}

// Rest gives back the memory that long frames, or many at once, have taken, if the last
// frame came alone. It is called when the other end has little to say: one that says so
// all the time does not have it taken and given back each time. The last body is valid
// no longer.
func (r *Reader) Rest() {
	if r.at < r.end || r.end > leastBuffer {
		return
	}
	r.long = nil
	if len(r.buffer) > leastBuffer {
		r.move(make([]byte, leastBuffer))
	}
}

// fill reads until there are at least so many bytes, which is at most the greatest
// buffer. The buffer grows only when it is full.
func (r *Reader) fill(least int) error {
	for empty := 0; r.end-r.at < least; {
		switch {
		case r.end == len(r.buffer) && len(r.buffer) < greatestBuffer: // there was more than it had room for
			r.move(make([]byte, 4*len(r.buffer)))
		case r.at == r.end || r.at+least > len(r.buffer) || r.end == len(r.buffer):
			r.move(r.buffer)
		}
		n, err := r.read(r.buffer[r.end:])
		r.end += n
		if n > 0 {
			empty = 0
			continue
		}
		if empty++; err == nil && empty == 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads once. An error that came with bytes is returned the next time.
func (r *Reader) read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.r.Read(b)
	if n > 0 {
		r.err = err
		return n, nil
	}
	return 0, err
}

// move moves what was not handed out to the beginning of a buffer.
func (r *Reader) move(to []byte) {
	r.end = copy(to, r.buffer[r.at:r.end])
	r.at, r.buffer = 0, to
}

// readLong reads size bytes into the second buffer and returns those it got.
func (r *Reader) readLong(size int) ([]byte, error) {
	b := r.long[:0]
	for empty := 0; len(b) < size; {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(max(2*cap(b), greatestBuffer), MaxBody))
			copy(grown, b)
			b = grown
		}
		room := b[len(b):min(cap(b), size)]
		var n int
		var err error
		if r.at < r.end {
			n = copy(room, r.buffer[r.at:r.end])
			r.at += n
		} else {
			n, err = r.read(room)
		}
		b = b[:len(b)+n]
		if empty++; n > 0 {
			empty = 0
		} else if err == nil && empty == 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			return b, err
		}
	}
	r.long = b
	return b, nil
}

// ended turns the end of the stream within a frame into an error that says so.
func ended(err error, kind transport.Kind, got, want int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &transport.FrameError{Kind: kind, Reason: fmt.Sprintf("the stream ended after %d of %d bytes", got, want)}
	}
	return err
}
