package directory

import "github.com/layer-cake/layer-cake/directory/internal/route"

// replaced is why a session that works is ended for the sake of another (R8).
const replaced = "replaced by a better publisher"

// act does what the route of a track wants. Reason is why its session is dropped,
// if it is.
func (r *Resolver) act(t *track, actions []route.Action[*offer], reason string) {
	for _, a := range actions {
		switch a.Verb {
		case route.Open:
			r.open(t, a.Offer)
		case route.Abandon:
			r.stopOpening(t)
			r.say(t.attempt, Close{t.attempt, "not wanted any more"})
			r.release(&t.attempt)
		case route.Close:
			t.closing = true
			r.say(t.session, Close{t.session, replaced})
			r.do(Start{Timer{Kind: TimerClose, ID: uint64(t.session)}})
		case route.Begin:
			t.session, t.attempt = t.attempt, 0
			r.say(t.session, Commit{t.session})
			r.available(t, a.Offer)
		case route.Drop:
			r.drop(t, a.Offer, reason)
		case route.Cut:
			r.say(t.session, Close{t.session, reason})
			r.drop(t, a.Offer, reason)
		case route.Rest:
			r.timer++
			a.Offer.rest = r.timer
			r.rests[r.timer] = rest{t, a.Offer}
			r.do(Start{Timer{TimerRetry, r.timer, a.Try}})
		case route.Wake:
			delete(r.rests, a.Offer.rest)
			r.do(Cancel{Timer{TimerRetry, a.Offer.rest, a.Try}})
		}
	}
	if t.route.Empty() {
		delete(t.interest.tracks, t.name)
	}
}

func (r *Resolver) open(t *track, o *offer) {
	r.session++
	t.attempt, t.opening = r.session, true
	r.sessions[r.session] = t
	r.do(Connect{
		Subscriber: t.interest.party,
		Open: Open{
			Session:     r.session,
			Publication: o.publication.ID,
			Token:       o.publication.Token,
			Scope:       o.scope,
			Subscriber:  t.interest.Actor,
		},
		Publication: o.publication,
	})
	r.do(Start{Timer{Kind: TimerOpen, ID: uint64(r.session)}})
}

func (r *Resolver) available(t *track, o *offer) {
	r.do(Send{t.interest.party, Available{
		Subscription: t.interest.ID,
		Pattern:      t.interest.Pattern,
		Name:         t.name,
		Scope:        o.scope,
		Publisher:    o.publication.Actor,
		Session:      SessionKey{ID: t.session},
	}})
}

// drop ends the session of a track. An actor that has ended is told nothing.
func (r *Resolver) drop(t *track, o *offer, reason string) {
	if t.closing {
		t.closing = false
		r.do(Cancel{Timer{Kind: TimerClose, ID: uint64(t.session)}})
	}
	if t.interest.party != 0 {
		r.do(Send{t.interest.party, Dropped{
			Registration: t.interest.ID,
			Pattern:      t.interest.Pattern,
			Name:         t.name,
			Scope:        o.scope,
			Remote:       o.publication.Actor,
			Session:      SessionKey{ID: t.session},
			Reason:       reason,
		}})
	}
	r.release(&t.session)
}

func (r *Resolver) stopOpening(t *track) {
	if t.opening {
		t.opening = false
		r.do(Cancel{Timer{Kind: TimerOpen, ID: uint64(t.attempt)}})
	}
}

func (r *Resolver) say(id SessionID, m SessionMessage) { r.do(Say{SessionKey{ID: id}, m}) }

// release forgets a session, wherever the track keeps its number.
func (r *Resolver) release(id *SessionID) {
	delete(r.sessions, *id)
	r.do(Release{SessionKey{ID: *id}})
	*id = 0
}
