package directory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/layer-cake/layer-cake/directory/internal/route"
	"github.com/layer-cake/layer-cake/transport"
)

// A Resolver is the machine of a process that turns the offers its
// subscriptions are made into sessions: one at most for each subscription and
// name (R7 to R11). It is the subscriber's side; the publisher's is Acceptor.
//
// It must be told Subscribe, Unsubscribe and Gone of the actors; Offered, Offer
// and Withdraw, whoever they came from; what the other end of a session says;
// and Lost, Linked and Fired. Words about what it does not know, or has
// forgotten, are ignored.
type Resolver struct {
	interests map[ID]*interest
	actors    map[Party][]ID // their subscriptions, in the order they were made
	sessions  map[SessionID]*track
	rests     map[uint64]rest // by the number of their timers
	session   SessionID       // the last one that was given
	timer     uint64          // the last one that was given
	reading   reading         // of the listing that was last
	effects   []Effect        // of the step that is under way
}

// An interest is a subscription with what it is offered.
type interest struct {
	Subscription
	party  Party // zero: the actor has ended
	tracks map[Name]*track
	lists  [Library + 1]list
}

// A list counts what the directory of one scope offers one subscription.
type list struct {
	round uint32 // of saying it all, from First to Last
	held  int    // how many offers there are
	said  int    // and how many of them were said in this round, or since
}

// A track is what an interest has for one name.
type track struct {
	interest *interest
	name     Name
	route    route.Route[*offer]
	session  SessionID // of the route's session
	attempt  SessionID // of the route's attempt
	opening  bool      // the timer of the attempt runs
	closing  bool      // the timer of the session runs
}

// An offer is a publication as the directory of one scope offers it.
type offer struct {
	publication Publication
	scope       Scope
	round       uint32 // of its list, when it was last said
	rest        uint64 // the number of its timer, while it rests
	failure     string // why it failed the last time
}

// A rest is an offer that is not tried for a while.
type rest struct {
	track *track
	offer *offer
}

// Compare ranks offers (R8): inner scope first, then the older publication.
func (o *offer) Compare(other *offer) int {
	p, q := &o.publication, &other.publication
	switch {
	case o.scope != other.scope:
		return cmp.Compare(other.scope, o.scope)
	case p.ID == q.ID:
		return 0
	case p.Older(*q):
		return -1
	}
	return 1
}

// NewResolver returns a resolver that knows nothing yet.
func NewResolver() *Resolver {
	return &Resolver{
		interests: map[ID]*interest{},
		actors:    map[Party][]ID{},
		sessions:  map[SessionID]*track{},
		rests:     map[uint64]rest{},
	}
}

// Step tells the resolver that from said m, and returns what must now be done,
// in order. From matters for Subscribe, Gone and Enquire only.
func (r *Resolver) Step(from Party, m Message) []Effect {
	switch m := m.(type) {
	case Subscribe:
		r.subscribe(from, m.Subscription)
	case Unsubscribe:
		r.unsubscribe(m.ID, "unsubscribed")
	case Gone:
		r.gone(from)
	case Offered:
		r.offered(m)
	case Offer:
		r.offer(r.interests[m.Subscription], m.Scope, m.Publication)
	case Withdraw:
		r.withdraw(r.interests[m.Subscription], m.Scope, m.Name)
	case Ready:
		r.ready(m.Session)
	case NotOpened:
		r.over(m.Session, m.Reason)
	case Closed:
		r.over(m.Session, m.Reason)
	case Lost:
		r.over(m.Session, m.Reason)
	case Linked:
		r.linked(m.Process)
	case Fired:
		r.fired(m.Timer)
	case Enquire:
		r.inspect(from, m)
	}
	effects := r.effects
	r.effects = nil
	return effects
}

func (r *Resolver) do(e ...Effect) { r.effects = append(r.effects, e...) }

func (r *Resolver) subscribe(from Party, s Subscription) {
	if r.interests[s.ID] != nil {
		return
	}
	r.interests[s.ID] = &interest{Subscription: s, party: from, tracks: map[Name]*track{}}
	r.actors[from] = append(r.actors[from], s.ID)
}

// unsubscribe ends every session of a subscription, and forgets it.
func (r *Resolver) unsubscribe(id ID, reason string) {
	s := r.interests[id]
	if s == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.tracks)) {
		t := s.tracks[name]
		r.act(t, t.route.End(), reason)
	}
	delete(r.interests, id)
	left := slices.DeleteFunc(r.actors[s.party], func(other ID) bool { return other == id })
	r.actors[s.party] = left
	if len(left) == 0 {
		delete(r.actors, s.party)
	}
}

// gone retracts what an actor subscribed, and tells it nothing more (R12).
func (r *Resolver) gone(actor Party) {
	ids := r.actors[actor]
	delete(r.actors, actor)
	for _, id := range ids {
		r.interests[id].party = 0
		r.unsubscribe(id, "the subscriber has ended")
	}
}

func (r *Resolver) ready(id SessionID) {
	t := r.sessions[id]
	if t == nil || t.attempt != id || !t.opening {
		return
	}
	r.stopOpening(t)
	r.act(t, t.route.Ready(), "")
}

// over is the end of a session or of an attempt, by the other side or on the way.
func (r *Resolver) over(id SessionID, reason string) {
	switch t := r.sessions[id]; {
	case t == nil:
	case id == t.attempt:
		t.route.Attempt().failure = reason
		r.stopOpening(t)
		r.release(&t.attempt)
		r.act(t, t.route.Failed(), "")
	case t.closing:
		r.act(t, t.route.Lost(), replaced)
	default:
		t.route.Session().failure = reason
		r.act(t, t.route.Lost(), reason)
	}
}

// linked tries again what rests and is offered by that process.
func (r *Resolver) linked(process transport.ProcessID) {
	var ends []uint64
	for n, rest := range r.rests {
		if rest.offer.publication.ID.Origin == process {
			ends = append(ends, n)
		}
	}
	slices.Sort(ends)
	for _, n := range ends {
		rest := r.rests[n]
		r.act(rest.track, rest.track.route.Again(rest.offer), "")
	}
}

func (r *Resolver) fired(timer Timer) {
	id := SessionID(timer.ID)
	t := r.sessions[id]
	switch {
	case timer.Kind == TimerRetry:
		if rest, ok := r.rests[timer.ID]; ok {
			delete(r.rests, timer.ID)
			r.act(rest.track, rest.track.route.Rested(rest.offer), "")
		}
	case t == nil:
	case timer.Kind == TimerOpen && id == t.attempt && t.opening:
		t.opening = false
		t.route.Attempt().failure = notReady
		r.say(id, Close{id, notReady})
		r.release(&t.attempt)
		r.act(t, t.route.Failed(), "")
	case timer.Kind == TimerClose && id == t.session:
		t.closing = false
		r.act(t, t.route.Closed(), replaced)
	}
}

// notReady is why an attempt that took too long has failed (R9).
const notReady = "not ready in time"
