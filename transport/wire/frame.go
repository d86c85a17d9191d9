package wire

import (
	"bufio"
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

// bufferSize is how much a Reader reads at once. Longer frames are put together
// in a second buffer, which grows as their bytes arrive.
const bufferSize = 32 << 10

// A Reader reads frames. It never sets memory aside for bytes that have not
// arrived, but for the next doubling of what has.
type Reader struct {
	r    *bufio.Reader
	long []byte // for frames that do not fit into r's buffer
	used int    // bytes in r that the last frame lent out
}

// NewReader returns a Reader of what r says.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, bufferSize)} }

// Next returns the next frame, whose body is valid until the next call. Limit is
// how long its kind and body may be together; no frame is longer than MaxFrame.
//
// At the end of the stream the error is io.EOF; where the stream ends within a
// frame, or the frame's length is not allowed, it is a *transport.FrameError;
// else it is that of the underlying reader. After an error Next must not be
// called again.
func (r *Reader) Next(limit int) (transport.Kind, []byte, error) {
	r.r.Discard(r.used) // cannot fail: it was peeked
	r.used = 0
	head, err := r.r.Peek(HeadSize)
	if err != nil {
		if err == io.EOF && len(head) > 0 {
			err = &transport.FrameError{Reason: fmt.Sprintf("the stream ended after %d bytes of a frame's head", len(head))}
		}
		return 0, nil, err
	}
	length, kind := binary.BigEndian.Uint32(head), transport.Kind(head[4])
	switch {
	case length == 0:
		return 0, nil, &transport.FrameError{Reason: "the frame is empty"}
	case length > uint32(min(limit, MaxFrame)):
		return 0, nil, &transport.FrameError{Kind: kind, Reason: fmt.Sprintf(
			"the frame has %d bytes, at most %d are allowed", length, min(limit, MaxFrame))}
	}
	size := int(length) - 1
	if HeadSize+size > r.r.Size() {
		r.r.Discard(HeadSize)
		body, err := r.readLong(size)
		return kind, body, ended(err, kind, len(body), size)
	}
	whole, err := r.r.Peek(HeadSize + size)
	if err != nil {
		return kind, nil, ended(err, kind, len(whole)-HeadSize, size)
	}
	r.used = len(whole)
	return kind, whole[HeadSize:], nil
}

// readLong reads size bytes into the second buffer and returns those it got.
func (r *Reader) readLong(size int) ([]byte, error) {
	b := r.long[:0]
	for len(b) < size {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(max(2*cap(b), 2*bufferSize), MaxBody))
			copy(grown, b)
			b = grown
		}
		n, err := io.ReadFull(r.r, b[len(b):min(cap(b), size)])
		b = b[:len(b)+n]
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
