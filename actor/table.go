package actor

import (
	"sync"

	"github.com/layer-cake/layer-cake/transport"
)

// A table finds what has an address in this process. It is in shards, so that
// senders do not wait for one another.
type table[T any] struct {
	shards [32]shard[T]
}

type shard[T any] struct {
	mu sync.RWMutex
	m  map[transport.ActorID]T
	_  [32]byte // one to a cache line
}

func (t *table[T]) shard(id transport.ActorID) *shard[T] {
	return &t.shards[(id>>1)%transport.ActorID(len(t.shards))]
}

// get returns what has that id, the zero T if nothing has.
func (t *table[T]) get(id transport.ActorID) T {
	s := t.shard(id)
	s.mu.RLock()
	v := s.m[id]
	s.mu.RUnlock()
	return v
}

func (t *table[T]) put(id transport.ActorID, v T) {
	s := t.shard(id)
	s.mu.Lock()
	if s.m == nil {
		s.m = make(map[transport.ActorID]T)
	}
	s.m[id] = v
	s.mu.Unlock()
}

// remove forgets id and reports whether it was there.
func (t *table[T]) remove(id transport.ActorID) bool {
	s := t.shard(id)
	s.mu.Lock()
	_, ok := s.m[id]
	delete(s.m, id)
	s.mu.Unlock()
	return ok
}

// all returns what the table has, in no order.
func (t *table[T]) all() []T {
	var list []T
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		for _, v := range s.m {
			list = append(list, v)
		}
		s.mu.RUnlock()
	}
	return list
}
