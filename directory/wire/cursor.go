package wire

import (
	"encoding/binary"
	"fmt"
	"math"

	frame "github.com/layer-cake/layer-cake/transport/wire"
)

// A cursor takes values off a body that has passed the structural check. A value
// may have any head that can say it; nil stands for zero, for an empty text and
// for an empty list. The cursor keeps the first error; everything read after it
// is zero.
type cursor struct {
	rest []byte
	err  error
}

func newCursor(body []byte) cursor {
	if err := frame.Check(body); err != nil {
		return cursor{err: err}
	}
	return cursor{rest: body}
}

// fail keeps the first error, and leaves nothing to read.
func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
		c.rest = nil
	}
}

// misfit fails because another sort of value is needed than the next one.
func (c *cursor) misfit(needed string) {
	if len(c.rest) == 0 {
		c.fail("it ends where %s is needed", needed)
	} else {
		c.fail("%s is needed, not a value with the head %02x", needed, c.rest[0])
	}
}

// number takes the head of the next value, of which size bytes after the first
// are a number, and returns that.
func (c *cursor) number(size int) uint64 {
	if len(c.rest) <= size {
		c.fail("it ends within a value")
		return 0
	}
	b := c.rest[1:]
	c.rest = b[size:]
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	}
	return binary.BigEndian.Uint64(b)
}

func (c *cursor) uint() uint64 {
	if len(c.rest) > 0 && c.rest[0] <= math.MaxInt8 {
		v := c.rest[0]
		c.rest = c.rest[1:]
		return uint64(v)
	}
	v, signed := c.integer()
	if signed && int64(v) < 0 {
		c.fail("a number is %d, below zero", int64(v))
		return 0
	}
	return v
}

func (c *cursor) int() int64 {
	v, signed := c.integer()
	if !signed && v > math.MaxInt64 {
		c.fail("a number is %d, at most %d is allowed", v, math.MaxInt64)
		return 0
	}
	return int64(v)
}

// integer takes a number, and reports whether it is an int64 or an uint64.
func (c *cursor) integer() (v uint64, signed bool) {
	if len(c.rest) == 0 {
		c.misfit("a number")
		return 0, false
	}
	switch head := c.rest[0]; {
	case uint8s <= head && head <= uint64s:
		return c.number(1 << (head - uint8s)), false
	case int8s <= head && head <= int64s:
		size := 1 << (head - int8s)
		unused := 64 - 8*size
		return uint64(int64(c.number(size)<<unused) >> unused), true
	case head <= math.MaxInt8 || head >= negative:
		c.rest = c.rest[1:]
		return uint64(int8(head)), true
	case head == null:
		c.rest = c.rest[1:]
		return 0, true
	}
	c.misfit("a number")
	return 0, false
}

func (c *cursor) bool() bool {
	if len(c.rest) > 0 {
		switch head := c.rest[0]; head {
		case null, no, yes:
			c.rest = c.rest[1:]
			return head == yes
		}
	}
	c.misfit("a boolean")
	return false
}

// length takes the head of an array, and returns of how many elements.
func (c *cursor) length() int {
	if len(c.rest) > 0 {
		switch head := c.rest[0]; {
		case fixArray <= head && head < fixText:
			c.rest = c.rest[1:]
			return int(head - fixArray)
		case head == array16:
			return int(c.number(2))
		case head == array32:
			return int(c.number(4))
		case head == null:
			c.rest = c.rest[1:]
			return 0
		}
	}
	c.misfit("an array")
	return 0
}

// open takes the head of an array that must have n elements at least, and returns
// how many more it has: shut skips these.
func (c *cursor) open(n int) (more int) {
	length := c.length()
	if length < n && c.err == nil {
		c.fail("an array has %d elements, at least %d are needed", length, n)
	}
	return length - n
}

// shut takes as many values as are left in an array, whatever they are.
func (c *cursor) shut(more int) {
	for ; more > 0 && c.err == nil; more-- {
		rest, err := frame.Skip(c.rest)
		if err != nil {
			c.fail("%v", err)
			return
		}
		c.rest = rest
	}
}

// count takes the head of a list of at most most elements.
func (c *cursor) count(most int) int {
	n := c.length()
	if n > most {
		c.fail("a list has %d elements, at most %d are allowed", n, most)
		return 0
	}
	return n
}

// bytes takes a text or a binary, of which it returns the bytes themselves.
func (c *cursor) bytes(needed string) []byte {
	if len(c.rest) == 0 {
		c.misfit(needed)
		return nil
	}
	var size uint64
	switch head := c.rest[0]; {
	case fixText <= head && head < null:
		size = uint64(head - fixText)
		c.rest = c.rest[1:]
	case head == text8 || head == bin8:
		size = c.number(1)
	case head == text16 || head == bin16:
		size = c.number(2)
	case head == text32 || head == bin32:
		size = c.number(4)
	case head == null:
		c.rest = c.rest[1:]
	default:
		c.misfit(needed)
	}
	if size > uint64(len(c.rest)) {
		c.fail("it ends within %s", needed)
		return nil
	}
	b := c.rest[:size]
	c.rest = c.rest[size:]
	return b
}

// text takes a text of at most most bytes, which are those of the body.
func (c *cursor) text(most int) []byte {
	b := c.bytes("a text")
	if len(b) > most {
		c.fail("a text has %d bytes, at most %d are allowed", len(b), most)
		return nil
	}
	return b
}

// fixed takes a binary of size bytes. If there is none it returns nil.
func (c *cursor) fixed(size int) []byte {
	if b := c.rest; len(b) >= 2+size && b[0] == bin8 && int(b[1]) == size {
		c.rest = b[2+size:]
		return b[2 : 2+size]
	}
	b := c.bytes("a binary")
	if len(b) != size {
		c.fail("a binary has %d bytes, %d are needed", len(b), size)
		return nil
	}
	return b
}

func (c *cursor) fixed16() (v [16]byte) {
	if b := c.fixed(16); b != nil {
		v = [16]byte(b)
	}
	return v
}
