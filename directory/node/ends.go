package node

import (
	"maps"
	"slices"
	"sync"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// An end is which session it is, as the reader of a link sees it.
type end struct {
	own bool // opened by this process; else by the other
	id  directory.SessionID
}

func (s *Session) end() end { return end{s.key.Opener == 0, s.key.ID} }

// ends are the ends of sessions on one link, for its reader. Each side of a session
// has a last word about it: the subscriber's is Close, the publisher's is Closed.
// Behind its last word a side sends nothing in the session. So an end that was
// released is kept until the other side's last word was heard, as long as anything
// may come that is to be given back, and no longer.
type ends struct {
	mu    sync.RWMutex
	live  map[end]*Session  // guarded by mu
	words map[end]words     // guarded by mu; of those that are live
	ended map[end]actorPair // guarded by mu; released, the other side's word is due
	most  int               // of ended
}

// words are the last words about a session.
type words struct{ said, heard bool }

// An actorPair is what is kept of an end: who is given back what is for whom.
type actorPair struct{ local, remote transport.Address }

func newEnds() ends {
	return ends{
		live:  make(map[end]*Session),
		words: make(map[end]words),
		ended: make(map[end]actorPair),
		most:  directory.MaxSessions,
	}
}

func (e *ends) add(s *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live[s.end()] = s
}

// remove releases an end. Nothing comes any more if the other side has said its
// last word, or if this one says none: then there never was a session. Beyond the
// bound, which only a peer exceeds that owes its words, nothing is kept.
func (e *ends) remove(s *Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := s.end()
	if e.live[key] != s {
		return
	}
	w := e.words[key]
	delete(e.live, key)
	delete(e.words, key)
	s.released.Store(true)
	if w.said && !w.heard && len(e.ended) < e.most {
		e.ended[key] = actorPair{s.local, s.remote}
	}
}

// meets notes who is at the other end of a connection, and reports false if that is
// known. Of an end that was released it matters to nobody.
func (e *ends) meets(key end, remote transport.Address) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.live[key]
	switch {
	case s == nil:
		return true
	case !s.remote.IsZero():
		return false
	}
	s.remote = remote
	return true
}

// lastWord notes that this side's last word about a session is about to be said, and
// returns the session if it is live. What its actor sends comes before the word, or
// is refused.
func (e *ends) lastWord(key end) *Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.live[key]
	if s != nil {
		e.words[key] = words{true, e.words[key].heard}
	}
	return s
}

// heardLast notes the other side's last word, and reports whether this side still
// owes its own.
func (e *ends) heardLast(key end) (owed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.ended, key)
	if e.live[key] == nil {
		return false
	}
	said := e.words[key].said
	e.words[key] = words{said, true}
	return !said
}

// A recent session is one that something came in lately, for the link's reader alone.
type recent struct {
	key end
	s   *Session
}

// find is get for the link's reader.
func (l *link) find(key end) (s *Session, ended actorPair, known bool) {
	r := &l.recent[uint64(key.id)%uint64(len(l.recent))]
	if r.s != nil && r.key == key && !r.s.released.Load() {
		return r.s, actorPair{}, true
	}
	s, ended, known = l.sessions.get(key)
	*r = recent{key, s}
	return s, ended, known
}

// get returns the live session; of one that was released, who its ends were.
func (e *ends) get(key end) (s *Session, ended actorPair, known bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if s := e.live[key]; s != nil {
		return s, actorPair{}, true
	}
	ended, known = e.ended[key]
	return nil, ended, known
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
