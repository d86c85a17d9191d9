package node

import (
	"sync"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A backlog is the frames that wait for credit, in order. Short ones are kept one
// behind the other in one piece of memory, so that one more is no allocation.
type backlog struct {
	frames   []pending
	next     int    // the first that waits
	short    []byte // bodies; those from done on wait
	done     int
	size     int  // of all that wait, in bytes of a window
	finished bool // the last is a last word
}

// A pending is a frame that waits, or the rest of one that goes in parts.
type pending struct {
	kind   transport.Kind
	size   int    // of the body
	long   []byte // the body, if it goes in parts
	number uint64 // of the parts
	done   int    // bytes that went in parts
}

var idleBacklogs = sync.Pool{New: func() any { return new(backlog) }}

// free gives b away, empty.
func (b *backlog) free() {
	clear(b.frames)
	*b = backlog{frames: b.frames[:0], short: b.short[:0]}
	idleBacklogs.Put(b)
}

func (b *backlog) empty() bool { return b.next == len(b.frames) }

// add puts a copy of a frame behind the others.
func (b *backlog) add(kind transport.Kind, body []byte) {
	b.size += cost(len(body))
	if n := len(b.frames); n == cap(b.frames) && b.next > n/2 {
		b.frames = b.frames[:copy(b.frames, b.frames[b.next:])]
		clear(b.frames[len(b.frames):n])
		b.next = 0
	}
	p := pending{kind: kind, size: len(body)}
	if len(body) > wire.PartSize {
		p.long = append([]byte(nil), body...)
	} else {
		if len(b.short)+len(body) > cap(b.short) && b.done > len(b.short)/2 {
			b.short = b.short[:copy(b.short, b.short[b.done:])]
			b.done = 0
		}
		b.short = append(b.short, body...)
	}
	b.frames = append(b.frames, p)
}

// send sends the first frame, or its next part. It returns what that took of a
// window, and what is not waiting any more.
func (b *backlog) send(l *link, lane transport.Lane) (took, left int, err error) {
	p := &b.frames[b.next]
	if p.long != nil {
		if took, err = p.sendPart(l, lane); err != nil || p.done < p.size {
			return took, 0, err
		}
	} else {
		if err := lane.Send(p.kind, b.short[b.done:b.done+p.size]); err != nil {
			return 0, 0, err
		}
		b.done += p.size
		took = cost(p.size)
	}
	left = cost(p.size)
	b.size -= left
	*p = pending{}
	b.next++
	return took, left, nil
}

// sendPart sends the next part, and returns what that took of a window.
func (p *pending) sendPart(l *link, lane transport.Lane) (int, error) {
	head := wire.PartHead{Number: p.number, First: p.done == 0, Kind: p.kind, Size: uint64(p.size)}
	if head.First {
		p.number = l.wholes.Add(1)
		head.Number = p.number
	}
	f := idleBuffers.Get().(*buffer)
	defer f.free()
	f.b = wire.AppendPart(f.b[:0], head)
	n := min(wire.PartSize-len(f.b), p.size-p.done)
	f.b = append(f.b, p.long[p.done:p.done+n]...)
	if err := lane.Send(wire.Part, f.b); err != nil {
		return 0, err
	}
	p.done += n
	return cost(len(f.b)), nil
}
