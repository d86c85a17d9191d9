package wire

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/layer-cake/layer-cake/transport"
)

// A parser takes fields off a body. After the first error it returns zeros.
type parser struct {
	kind transport.Kind
	rest []byte
	err  error
}

// fail keeps the first error.
func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = refuse(p.kind, format, args...)
		p.rest = nil
	}
}

// take returns the next n bytes, nil if there are fewer.
func (p *parser) take(n int) []byte {
	if len(p.rest) < n {
		p.fail("it ends too early")
		return nil
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) octet() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

// flag returns whether a byte is 1; it may be 0 else.
func (p *parser) flag() bool {
	v := p.octet()
	if v > 1 {
		p.fail("its flag is %d, not 0 or 1", v)
	}
	return v == 1
}

func (p *parser) address() (a transport.Address) {
	if b := p.take(transport.AddressSize); b != nil {
		a = transport.AddressOf([transport.AddressSize]byte(b))
	}
	return a
}

// uvarint refuses longer forms of a number than the shortest, so that there is
// one way only to say it.
func (p *parser) uvarint() uint64 {
	v, n := binary.Uvarint(p.rest)
	switch {
	case n == 0:
		p.fail("it ends too early")
		return 0
	case n < 0 || n > 1 && p.rest[n-1] == 0:
		p.fail("it has a number that is not in its shortest form")
		return 0
	}
	p.rest = p.rest[n:]
	return v
}

func (p *parser) typeNumber() uint64 {
	v := p.uvarint()
	if v == 0 || v > MaxTypes {
		p.fail("its type is number %d, 1 to %d are allowed", v, MaxTypes)
		return 0
	}
	return v
}

func (p *parser) text(what string, size, limit uint64) string {
	if size > limit {
		p.fail("its %s has %d bytes, at most %d are allowed", what, size, limit)
		return ""
	}
	b := p.take(int(size))
	if !utf8.Valid(b) {
		p.fail("its %s is not valid UTF-8", what)
		return ""
	}
	return string(b)
}

// clean returns s as valid UTF-8 of at most limit bytes.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD") // allocates only if it must
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
