package node

import (
	"sync"

	"github.com/layer-cake/layer-cake/directory"
)

// answers are what a survey was told and has not looked at yet. The node puts
// them there and never waits.
type answers struct {
	more chan struct{} // has something when list may have

	mu   sync.Mutex
	list []directory.Message // guarded by mu
	room int                 // guarded by mu; for entries; negative: there were more
}

// put keeps an answer if there is still room.
func (a *answers) put(m directory.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.room >= 0 {
		a.room -= entries(m)
	}
	if a.room >= 0 {
		a.list = append(a.list, m)
	}
	select {
	case a.more <- struct{}{}:
	default: // it will be looked at already
	}
}

// entries is what an answer takes of the room.
func entries(m directory.Message) int {
	switch m := m.(type) {
	case directory.Listed:
		return 1 + len(m.Children)
	case directory.Found:
		return 1 + len(m.Claimants) + len(m.Subscriptions) + len(m.Offers) + len(m.Efforts) + len(m.Usage)
	}
	return 1
}

// take returns what has come since.
func (a *answers) take() []directory.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list = nil
	return list
}

// whole reports whether nothing was left out.
func (a *answers) whole() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.room >= 0
}
