package node

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// outgoing numbers the types of a link's messages: a name travels once.
type outgoing struct {
	// numbers of types by their serial, 0: none yet. Neither the slice nor what is
	// in it is ever changed, so that who sends takes no lock.
	bySerial atomic.Pointer[[]uint32]

	mu     sync.Mutex
	byName map[string]uint32 // guarded by mu; all of them
	bytes  int               // guarded by mu; of their names
}

// maxRelayed is how many types of a link may be those of messages that are only
// passed on, so that others leave room for our own.
const maxRelayed = wire.MaxTypes / 2

// number returns the number of a type, and tells the other end of a new one.
func (l *link) number(t transport.Type) (uint64, error) { return l.numberUpTo(wire.MaxTypes, t) }

func (l *link) numberUpTo(most int, t transport.Type) (uint64, error) {
	serial := t.Serial()
	if known := l.types.bySerial.Load(); known != nil && serial < len(*known) {
		if number := (*known)[serial]; number != 0 {
			return uint64(number), nil
		}
	}
	return l.types.number(l, most, t.Name(), serial)
}

func (o *outgoing) number(l *link, most int, name string, serial int) (uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	number, ok := o.byName[name]
	if !ok {
		if o.bytes+len(name) > maxTypeNames {
			return 0, fmt.Errorf("%w: the names of a link's types have at most %d bytes", transport.ErrOverloaded, maxTypeNames)
		}
		if len(o.byName) >= most {
			return 0, fmt.Errorf("%w: a link carries at most %d such types", transport.ErrOverloaded, most)
		}
		number = uint32(len(o.byName) + 1)
		// Queued before any frame that uses the number: nobody else knows it yet.
		if err := l.Send(wire.Type, wire.AppendType(nil, uint64(number), name)); err != nil {
			return 0, err
		}
		if o.byName == nil {
			o.byName = make(map[string]uint32)
		}
		o.byName[name] = number
		o.bytes += len(name)
	}
	if serial != 0 {
		var known []uint32
		if old := o.bySerial.Load(); old != nil {
			known = slices.Clone(*old)
		}
		if more := serial + 1 - len(known); more > 0 {
			known = append(known, make([]uint32, more)...)
		}
		known[serial] = number
		o.bySerial.Store(&known)
	}
	return uint64(number), nil
}

// maxTypeNames is how many bytes the names of all types that one end names may have.
const maxTypeNames = 1 << 20

// incoming are the types that the other end has numbered. The reader's.
type incoming struct {
	dense  []transport.Type          // by number, as far as they were given in order
	sparse map[uint64]transport.Type // the others
	bytes  int                       // of their names
}

// get returns the type of that number, nil if it was not named.
func (i *incoming) get(number uint64) transport.Type {
	if number < uint64(len(i.dense)) {
		return i.dense[number]
	}
	return i.sparse[number]
}

func (i *incoming) put(number uint64, t transport.Type) {
	if len(i.dense) == 0 {
		i.dense = append(i.dense, nil) // zero is no number
	}
	if number == uint64(len(i.dense)) {
		i.dense = append(i.dense, t)
		return
	}
	if i.sparse == nil {
		i.sparse = make(map[uint64]transport.Type)
	}
	i.sparse[number] = t
}

// learn takes the number that the other end gave to a type.
func (l *link) learn(body []byte) error {
	number, name, err := wire.ParseType(body)
	if err != nil {
		return err
	}
	if l.known.get(number) != nil {
		return &transport.FrameError{Kind: wire.Type, Reason: fmt.Sprintf("type %d is named twice", number)}
	}
	if l.known.bytes += len(name); l.known.bytes > maxTypeNames {
		return &transport.FrameError{Kind: wire.Type, Reason: fmt.Sprintf("the names of types have more than %d bytes together", maxTypeNames)}
	}
	l.known.put(number, l.n.Codec.Type(name))
	return nil
}
