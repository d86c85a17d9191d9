package node

import (
	"maps"
	"slices"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
)

// An end is which session it is, as the reader of a link sees it.
type end struct {
	own bool // opened by this process; else by the other
	id  directory.SessionID
}

// ends are the ends of sessions on one link, for its reader. The last that were
// released are kept for a while, so that what is still under way to them is given
// back to its sender.
type ends struct {
	mu    sync.RWMutex
	live  map[end]*Session // guarded by mu
	ended map[end]*Session // guarded by mu
	order []end            // guarded by mu; of ended, the oldest first
}

// maxEnded is how many released sessions a link remembers.
const maxEnded = 256

func newEnds() ends {
	return ends{live: make(map[end]*Session), ended: make(map[end]*Session)}
}

func (s *Session) end() end { return end{s.key.Opener == 0, s.key.ID} }

func (e *ends) add(s *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live[s.end()] = s
}

func (e *ends) remove(s *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := s.end()
	if e.live[key] != s {
		return
	}
	delete(e.live, key)
	if e.ended[key] == nil {
		e.order = append(e.order, key)
	}
	e.ended[key] = s
	if len(e.order) > maxEnded {
		delete(e.ended, e.order[0])
		e.order = slices.Delete(e.order, 0, 1)
	}
}

// get returns the session, nil if the link does not know it, or no more.
func (e *ends) get(own bool, id directory.SessionID) *Session {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if s := e.live[end{own, id}]; s != nil {
		return s
	}
	return e.ended[end{own, id}]
}

func (e *ends) hasOwn(id directory.SessionID) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.live[end{true, id}] != nil
}

// ownIDs returns the live sessions that this process opened, the oldest first.
func (e *ends) ownIDs() []directory.SessionID {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var ids []directory.SessionID
	for key := range maps.Keys(e.live) {
		if key.own {
			ids = append(ids, key.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// empty reports whether no session is live.
func (e *ends) empty() bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return len(e.live) == 0
}
