package wire

import (
	"bytes"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	frame "github.com/layer-cake/layer-cake/transport/wire"
)

// Decode returns the message of a frame. The error is a *transport.FrameError.
// It checks the structure of body before it decodes anything.
func Decode(kind transport.Kind, body []byte) (directory.Message, error) {
	d, err := newDecoder(body)
	if err != nil {
		return nil, &transport.FrameError{Kind: kind, Reason: err.Error()}
	}
	msg := d.message(kind)
	if d.err != nil {
		return nil, &transport.FrameError{Kind: kind, Reason: d.err.Error()}
	}
	return msg, nil
}

// A decoder reads msgpack and keeps the first error; after it everything read
// is zero.
type decoder struct {
	dec *msgpack.Decoder
	err error
}

func newDecoder(body []byte) (*decoder, error) {
	if err := frame.Check(body); err != nil {
		return nil, err
	}
	return &decoder{dec: msgpack.NewDecoder(bytes.NewReader(body))}, nil
}

func (d *decoder) message(kind transport.Kind) (msg directory.Message) {
	switch kind {
	case KindClaim:
		d.array(3, func() {
			m := directory.Claim{Name: directory.Name(d.text(directory.MaxName))}
			m.Claimants = list(d, directory.MaxClaimants, d.publication)
			m.Ask = d.bool()
			msg = m
		})
	case KindSeek:
		d.array(4, func() {
			var m directory.Seek
			m.ID = d.id()
			m.Pattern = directory.Pattern(d.text(MaxText))
			m.Scope = d.scope()
			m.Actor = d.address()
			msg = m
		})
	case KindUnseek:
		d.array(1, func() { msg = directory.Unseek{ID: d.id()} })
	case KindOffered:
		d.array(5, func() {
			m := directory.Offered{Subscription: d.id(), Scope: d.scope(), First: d.bool(), Last: d.bool()}
			m.Offers = list(d, MaxBatch, d.publication)
			msg = m
		})
	case KindOffer:
		d.array(3, func() {
			msg = directory.Offer{Subscription: d.id(), Scope: d.scope(), Publication: d.publication()}
		})
	case KindWithdraw:
		d.array(3, func() {
			msg = directory.Withdraw{Subscription: d.id(), Scope: d.scope(), Name: directory.Name(d.text(directory.MaxName))}
		})
	case KindHeld:
		d.array(4, func() {
			m := directory.Held{Name: directory.Name(d.text(directory.MaxName)), Scope: d.scope(), Holder: d.id()}
			m.Stamp = directory.Stamp(d.int())
			msg = m
		})
	case KindOpen:
		d.array(5, func() {
			m := directory.Open{Session: d.session(), Publication: d.id()}
			d.fixed(m.Token[:])
			m.Scope = d.scope()
			m.Subscriber = d.address()
			msg = m
		})
	case KindReady:
		d.array(1, func() { msg = directory.Ready{Session: d.session()} })
	case KindNotOpened:
		d.array(2, func() { msg = directory.NotOpened{Session: d.session(), Reason: d.text(MaxText)} })
	case KindCommit:
		d.array(1, func() { msg = directory.Commit{Session: d.session()} })
	case KindClose:
		d.array(2, func() { msg = directory.Close{Session: d.session(), Reason: d.text(MaxText)} })
	case KindClosed:
		d.array(2, func() { msg = directory.Closed{Session: d.session(), Reason: d.text(MaxText)} })
	case KindList:
		d.array(1, func() { msg = directory.List{Route: d.route()} })
	case KindDescribe:
		d.array(1, func() { msg = directory.Describe{Route: d.route()} })
	case KindListed:
		d.array(4, func() {
			m := directory.Listed{Route: d.route(), Directory: d.directory()}
			m.Children = list(d, MaxBatch, d.directory)
			m.Last = d.bool()
			msg = m
		})
	case KindRefused:
		d.array(1, func() { msg = directory.Refused{Reason: d.text(MaxText)} })
	default:
		d.fail("there is no such kind")
	}
	return msg
}

// array reads an array of at least n elements: read takes n of them, the rest
// is skipped.
func (d *decoder) array(n int, read func()) {
	length := d.length()
	if length < n {
		d.fail("an array has %d elements, at least %d are needed", length, n)
	}
	if d.err != nil {
		return
	}
	read()
	for ; length > n && d.err == nil; length-- {
		d.keep(d.dec.Skip())
	}
}

// list reads an array of at most most elements.
func list[T any](d *decoder, most int, read func() T) []T {
	n := d.length()
	if n > most {
		d.fail("a list has %d elements, at most %d are allowed", n, most)
	}
	if d.err != nil || n == 0 {
		return nil
	}
	all := make([]T, n)
	for i := range all {
		all[i] = read()
	}
	return all
}

func (d *decoder) publication() (p directory.Publication) {
	d.array(7, func() {
		p.ID = d.id()
		p.Name = directory.Name(d.text(directory.MaxName))
		p.Scope = d.scope()
		p.Stamp = directory.Stamp(d.int())
		d.fixed(p.Token[:])
		p.Actor = d.address()
		p.Endpoints = list(d, MaxEndpoints, func() (e directory.Endpoint) {
			d.array(2, func() { e = directory.Endpoint{Scope: d.scope(), Address: d.text(MaxAddress)} })
			return e
		})
	})
	return p
}

func (d *decoder) directory() (info directory.Directory) {
	d.array(6, func() {
		d.fixed(info.Process[:])
		info.Scope = d.scope()
		info.Executable = d.text(MaxText)
		info.Role = d.text(MaxText)
		info.PID = int(d.uint() & (1<<31 - 1))
		info.Listens = d.text(MaxText)
	})
	return info
}

func (d *decoder) route() directory.Route {
	return list(d, directory.MaxRoute, func() (p transport.ProcessID) {
		d.fixed(p[:])
		return p
	})
}

func (d *decoder) id() (id directory.ID) {
	d.array(2, func() {
		d.fixed(id.Origin[:])
		id.Seq = d.uint()
	})
	return id
}

func (d *decoder) address() transport.Address {
	var b [transport.AddressSize]byte
	d.fixed(b[:])
	return transport.AddressOf(b)
}

func (d *decoder) scope() directory.Scope {
	s := directory.Scope(min(d.uint(), 255))
	if d.err == nil && !s.Valid() {
		d.fail("there is no scope %d", uint8(s))
	}
	return s
}

func (d *decoder) session() directory.SessionID { return directory.SessionID(d.uint()) }

// fixed reads a binary of just the size of b.
func (d *decoder) fixed(b []byte) {
	if d.err != nil {
		return
	}
	n, err := d.dec.DecodeBytesLen()
	d.keep(err)
	if n != len(b) {
		d.fail("a binary has %d bytes, %d are needed", n, len(b))
	}
	if d.err == nil {
		d.keep(d.dec.ReadFull(b))
	}
}

func (d *decoder) text(most int) string {
	if d.err != nil {
		return ""
	}
	s, err := d.dec.DecodeString()
	d.keep(err)
	if len(s) > most {
		d.fail("a text has %d bytes, at most %d are allowed", len(s), most)
	}
	return s
}

func (d *decoder) length() int {
	if d.err != nil {
		return 0
	}
	n, err := d.dec.DecodeArrayLen()
	d.keep(err)
	return max(n, 0)
}

func (d *decoder) uint() uint64 { return decode(d, d.dec.DecodeUint64) }
func (d *decoder) int() int64   { return decode(d, d.dec.DecodeInt64) }
func (d *decoder) bool() bool   { return decode(d, d.dec.DecodeBool) }

func decode[T any](d *decoder, read func() (T, error)) (v T) {
	if d.err == nil {
		var err error
		v, err = read()
		d.keep(err)
	}
	return v
}

func (d *decoder) keep(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) fail(format string, args ...any) { d.keep(fmt.Errorf(format, args...)) }
