package node

import (
	"fmt"
	"sync"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// outgoing numbers the types of a link's messages: a name travels once.
type outgoing struct {
	mu      sync.RWMutex
	numbers map[string]uint64 // guarded by mu
}

// maxRelayed is how many types of a link may be those of messages that are only
// passed on, so that others leave room for our own.
const maxRelayed = wire.MaxTypes / 2

// number returns the number of a type, and tells the other end of a new one.
func (l *link) number(name string) (uint64, error) { return l.numberUpTo(wire.MaxTypes, name) }

func (l *link) numberUpTo(most int, name string) (uint64, error) {
	t := &l.types
	t.mu.RLock()
	number, ok := t.numbers[name]
	t.mu.RUnlock()
	if ok {
		return number, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if number, ok := t.numbers[name]; ok {
		return number, nil
	}
	if len(t.numbers) >= most {
		return 0, fmt.Errorf("%w: a link carries at most %d such types", transport.ErrOverloaded, most)
	}
	number = uint64(len(t.numbers) + 1)
	// Queued before any frame that uses the number: nobody else knows it yet.
	if err := l.Send(wire.Type, wire.AppendType(nil, number, name)); err != nil {
		return 0, err
	}
	t.numbers[name] = number
	return number, nil
}

// learn takes the number that the other end gave to a type.
func (l *link) learn(body []byte) error {
	number, name, err := wire.ParseType(body)
	if err != nil {
		return err
	}
	if _, again := l.known[number]; again {
		return &transport.FrameError{Kind: wire.Type, Reason: fmt.Sprintf("type %d is named twice", number)}
	}
	l.known[number] = name
	return nil
}
