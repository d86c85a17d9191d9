package directory

import (
	"cmp"
	"crypto/subtle"
	"fmt"
	"maps"
	"slices"

	"github.com/layer-cake/layer-cake/transport"
)

// MaxSessions is how many sessions may be open over one link.
const MaxSessions = 1 << 20

// An Acceptor is the machine of a process that takes the sessions that
// subscribers open with its publications. It is the publisher's side; the
// subscriber's is Resolver.
//
// It must be told Publish, Unpublish and Gone of the actors; Opening, Commit and
// Close from the links; Gone of a link; and Fired.
type Acceptor struct {
	publications map[ID]*publication
	actors       map[Party]map[ID]struct{} // their publications
	openers      map[Party]map[SessionID]*accepted
	due          map[uint64]*accepted // by the number of their timers: not committed yet
	timer        uint64               // the last one that was given
	most         int                  // sessions over one link
	effects      []Effect
}

// A publication is one that is live, with its sessions.
type publication struct {
	Publication
	party    Party                    // zero: the actor has ended
	sessions map[SessionKey]*accepted // nil: there was none yet
}

// An accepted is the publisher's end of a session.
//
//	Opening ──► prepared ──Commit──► begun     Close, Unpublish or Gone ends both,
//	                                           Fired what is not begun
type accepted struct {
	publication *publication
	key         SessionKey
	subscriber  transport.Address
	scope       Scope  // of the directory that matched
	begun       bool   // Delivered was said
	timer       uint64 // runs until then; zero: it does not
}

// NewAcceptor returns an acceptor without publications.
func NewAcceptor() *Acceptor {
	return &Acceptor{
		publications: map[ID]*publication{},
		actors:       map[Party]map[ID]struct{}{},
		openers:      map[Party]map[SessionID]*accepted{},
		due:          map[uint64]*accepted{},
		most:         MaxSessions,
	}
}

// Step tells the acceptor that from said m, and returns what must now be done,
// in order. A session is known by its link and its number there, so that no
// link can touch the sessions of another.
func (a *Acceptor) Step(from Party, m Message) []Effect {
	switch m := m.(type) {
	case Publish:
		a.publish(from, m.Publication)
	case Unpublish:
		a.unpublish(m.ID, "unpublished")
	case Gone:
		a.gone(from)
	case Opening:
		a.opening(SessionKey{from, m.Session}, m)
	case Commit:
		a.commit(SessionKey{from, m.Session})
	case Close:
		a.close(SessionKey{from, m.Session}, m.Reason)
	case Fired:
		a.fired(m.Timer)
	}
	effects := a.effects
	a.effects = nil
	return effects
}

func (a *Acceptor) do(e ...Effect) { a.effects = append(a.effects, e...) }

func (a *Acceptor) publish(from Party, p Publication) {
	if a.publications[p.ID] != nil {
		return
	}
	a.publications[p.ID] = &publication{p, from, nil}
	if a.actors[from] == nil {
		a.actors[from] = map[ID]struct{}{}
	}
	a.actors[from][p.ID] = struct{}{}
}

func (a *Acceptor) opening(key SessionKey, m Opening) {
	p, refusal := a.judge(key, m)
	if refusal != "" {
		a.do(Say{key, NotOpened{key.ID, refusal}})
		return
	}
	s := &accepted{publication: p, key: key, subscriber: m.Subscriber, scope: m.Scope}
	if p.sessions == nil {
		p.sessions = map[SessionKey]*accepted{}
	}
	p.sessions[key] = s
	if a.openers[key.Opener] == nil {
		a.openers[key.Opener] = map[SessionID]*accepted{}
	}
	a.openers[key.Opener][key.ID] = s
	a.timer++
	s.timer = a.timer
	a.due[s.timer] = s
	a.do(Prepare{p.party, key, m.Subscriber}, Start{Timer{Kind: TimerCommit, ID: s.timer}}, Say{key, Ready{key.ID}})
}

// fired ends a session that its subscriber prepared and forgot. If he commits it all
// the same he hears that it is over, and tries again.
func (a *Acceptor) fired(t Timer) {
	s := a.due[t.ID]
	if t.Kind != TimerCommit || s == nil {
		return
	}
	delete(a.due, s.timer)
	s.timer = 0
	a.do(Say{s.key, Closed{s.key.ID, notCommitted}})
	a.drop(s, notCommitted)
}

// notCommitted is why a session that was prepared long ago is closed.
const notCommitted = "not committed in time"

// stop stops the timer of a session, if it runs.
func (a *Acceptor) stop(s *accepted) {
	if s.timer != 0 {
		delete(a.due, s.timer)
		a.do(Cancel{Timer{Kind: TimerCommit, ID: s.timer}})
		s.timer = 0
	}
}

// judge returns the publication that a session is to be opened with, or why it
// is not. Who has no token learns nothing, not even that there is such a
// publication (R16).
func (a *Acceptor) judge(key SessionKey, m Opening) (*publication, string) {
	p := a.publications[m.Publication]
	switch {
	case p == nil || subtle.ConstantTimeCompare(p.Token[:], m.Token[:]) == 0:
		return nil, "no such publication"
	case m.Reach < Host && !p.Scope.Reaches(m.Reach):
		return nil, fmt.Sprintf("a publication of scope %v is not for other machines", p.Scope)
	case m.Subscriber == p.Actor:
		return nil, "an actor is not its own publisher"
	case a.openers[key.Opener][key.ID] != nil:
		return nil, "the session is open already"
	case len(a.openers[key.Opener]) >= a.most:
		return nil, fmt.Sprintf("%d sessions are open already, no more are allowed", a.most)
	}
	return p, ""
}

func (a *Acceptor) commit(key SessionKey) {
	s := a.openers[key.Opener][key.ID]
	if s == nil || s.begun {
		return
	}
	s.begun = true
	a.stop(s)
	a.do(Send{s.publication.party, Delivered{
		Publication: s.publication.ID,
		Name:        s.publication.Name,
		Scope:       s.scope,
		Subscriber:  s.subscriber,
		Session:     key,
	}})
}

// close ends a session for its subscriber. Closed is said first: what the publisher
// has sent goes ahead of it, and once the session is released nothing can.
func (a *Acceptor) close(key SessionKey, reason string) {
	a.do(Say{key, Closed{key.ID, reason}})
	if s := a.openers[key.Opener][key.ID]; s != nil {
		a.drop(s, reason)
	}
}

// unpublish ends every session of a publication, and forgets it.
func (a *Acceptor) unpublish(id ID, reason string) {
	p := a.publications[id]
	if p == nil {
		return
	}
	for _, key := range slices.SortedFunc(maps.Keys(p.sessions), SessionKey.compare) {
		a.do(Say{key, Closed{key.ID, reason}})
		a.drop(p.sessions[key], reason)
	}
	delete(a.publications, id)
	delete(a.actors[p.party], id)
	if len(a.actors[p.party]) == 0 {
		delete(a.actors, p.party)
	}
}

// gone retracts what an actor published, or ends the sessions of a link.
func (a *Acceptor) gone(from Party) {
	ids := sortedIDs(a.actors[from])
	delete(a.actors, from)
	for _, id := range ids {
		a.publications[id].party = 0
		a.unpublish(id, "the publisher has ended")
	}
	sessions := a.openers[from]
	for _, id := range slices.Sorted(maps.Keys(sessions)) {
		a.drop(sessions[id], "link lost")
	}
}

// drop forgets a session. An actor that has ended is told nothing.
func (a *Acceptor) drop(s *accepted, reason string) {
	p := s.publication
	if s.begun && p.party != 0 {
		a.do(Send{p.party, Dropped{
			Registration: p.ID,
			Name:         p.Name,
			Scope:        s.scope,
			Remote:       s.subscriber,
			Session:      s.key,
			Reason:       reason,
		}})
	}
	a.stop(s)
	a.do(Release{s.key})
	delete(p.sessions, s.key)
	delete(a.openers[s.key.Opener], s.key.ID)
	if len(a.openers[s.key.Opener]) == 0 {
		delete(a.openers, s.key.Opener)
	}
}

// compare orders sessions by link, then by number.
func (k SessionKey) compare(other SessionKey) int {
	return cmp.Or(cmp.Compare(k.Opener, other.Opener), cmp.Compare(k.ID, other.ID))
}
