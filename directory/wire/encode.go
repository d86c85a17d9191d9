package wire

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// An encoder writes msgpack. Its buffer takes everything, so that only a
// programming error can fail; that one panics.
type encoder struct {
	buf bytes.Buffer
	enc *msgpack.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.enc = msgpack.NewEncoder(&e.buf)
	return e
}}

// Append appends the body of msg to b and returns its kind. It panics if msg is
// none of the messages that travel.
func Append(b []byte, msg directory.Message) ([]byte, transport.Kind) {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.buf.Reset()
	kind := e.message(msg)
	return append(b, e.buf.Bytes()...), kind
}

func (e *encoder) message(msg directory.Message) transport.Kind {
	switch m := msg.(type) {
	case directory.Claim:
		e.array(3)
		e.text(string(m.Name))
		e.publications(m.Claimants)
		e.bool(m.Ask)
		return KindClaim
	case directory.Seek:
		e.array(4)
		e.id(m.ID)
		e.text(string(m.Pattern))
		e.uint(uint64(m.Scope))
		e.address(m.Actor)
		return KindSeek
	case directory.Unseek:
		e.array(1)
		e.id(m.ID)
		return KindUnseek
	case directory.Offered:
		e.array(5)
		e.id(m.Subscription)
		e.uint(uint64(m.Scope))
		e.bool(m.First)
		e.bool(m.Last)
		e.publications(m.Offers)
		return KindOffered
	case directory.Offer:
		e.array(3)
		e.id(m.Subscription)
		e.uint(uint64(m.Scope))
		e.publication(m.Publication)
		return KindOffer
	case directory.Withdraw:
		e.array(3)
		e.id(m.Subscription)
		e.uint(uint64(m.Scope))
		e.text(string(m.Name))
		return KindWithdraw
	case directory.Held:
		e.array(4)
		e.text(string(m.Name))
		e.uint(uint64(m.Scope))
		e.id(m.Holder)
		e.must(e.enc.EncodeInt(int64(m.Stamp)))
		return KindHeld
	case directory.Open:
		e.array(5)
		e.uint(uint64(m.Session))
		e.id(m.Publication)
		e.bytes(m.Token[:])
		e.uint(uint64(m.Scope))
		e.address(m.Subscriber)
		return KindOpen
	case directory.Ready:
		e.array(1)
		e.uint(uint64(m.Session))
		return KindReady
	case directory.NotOpened:
		e.ended(m.Session, m.Reason)
		return KindNotOpened
	case directory.Commit:
		e.array(1)
		e.uint(uint64(m.Session))
		return KindCommit
	case directory.Close:
		e.ended(m.Session, m.Reason)
		return KindClose
	case directory.Closed:
		e.ended(m.Session, m.Reason)
		return KindClosed
	case directory.List:
		e.array(1)
		e.route(m.Route)
		return KindList
	case directory.Describe:
		e.array(1)
		e.route(m.Route)
		return KindDescribe
	case directory.Listed:
		e.array(4)
		e.route(m.Route)
		e.directory(m.Directory)
		e.array(len(m.Children))
		for _, d := range m.Children {
			e.directory(d)
		}
		e.bool(m.Last)
		return KindListed
	case directory.Refused:
		e.array(1)
		e.text(cut(m.Reason))
		return KindRefused
	}
	panic(fmt.Sprintf("directory/wire: %T does not travel", msg))
}

func (e *encoder) ended(id directory.SessionID, reason string) {
	e.array(2)
	e.uint(uint64(id))
	e.text(cut(reason))
}

// cut shortens a text that is only for people to what a frame may have.
func cut(s string) string { return s[:min(len(s), MaxText)] }

func (e *encoder) publications(list []directory.Publication) {
	e.array(len(list))
	for _, p := range list {
		e.publication(p)
	}
}

func (e *encoder) publication(p directory.Publication) {
	e.array(7)
	e.id(p.ID)
	e.text(string(p.Name))
	e.uint(uint64(p.Scope))
	e.must(e.enc.EncodeInt(int64(p.Stamp)))
	e.bytes(p.Token[:])
	e.address(p.Actor)
	e.array(len(p.Endpoints))
	for _, end := range p.Endpoints {
		e.array(2)
		e.uint(uint64(end.Scope))
		e.text(end.Address)
	}
}

func (e *encoder) directory(d directory.Directory) {
	e.array(6)
	e.bytes(d.Process[:])
	e.uint(uint64(d.Scope))
	e.text(cut(d.Executable))
	e.text(cut(d.Role))
	e.uint(uint64(d.PID))
	e.text(cut(d.Listens))
}

func (e *encoder) route(r directory.Route) {
	e.array(len(r))
	for _, p := range r {
		e.bytes(p[:])
	}
}

func (e *encoder) id(id directory.ID) {
	e.array(2)
	e.bytes(id.Origin[:])
	e.uint(id.Seq)
}

func (e *encoder) address(a transport.Address) {
	var b [transport.AddressSize]byte
	e.bytes(a.Append(b[:0]))
}

func (e *encoder) array(n int)    { e.must(e.enc.EncodeArrayLen(n)) }
func (e *encoder) uint(n uint64)  { e.must(e.enc.EncodeUint(n)) }
func (e *encoder) bool(v bool)    { e.must(e.enc.EncodeBool(v)) }
func (e *encoder) text(s string)  { e.must(e.enc.EncodeString(s)) }
func (e *encoder) bytes(b []byte) { e.must(e.enc.EncodeBytes(b)) }

func (e *encoder) must(err error) {
	if err != nil {
		panic(err)
	}
}
