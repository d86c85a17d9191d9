package node

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A registry is what the actors of this process have registered. It answers at
// once, on the actor's goroutine, what can be refused at once. What it accepts is
// put in the node's inbox before mu is given up, so that the machines hear of things
// in the same order. The node is run without it.
type registry struct {
	mu     sync.Mutex
	self   transport.ProcessID
	last   uint64                                 // guarded by mu
	stamp  directory.Stamp                        // guarded by mu
	names  map[directory.Name]*registration       // guarded by mu
	actors map[transport.ActorID]*actorsInterests // guarded by mu
	wide   int                                    // guarded by mu; subscriptions that count against directory.MaxWide
	random []byte                                 // guarded by mu; for tokens to come
}

// A registration is a name of an actor, among the others of that actor.
type registration struct {
	id             directory.ID
	name           directory.Name
	of             *actorsInterests
	previous, next *registration
}

type actorsInterests struct {
	address  transport.Address
	first    *registration // of its names
	patterns map[directory.Pattern]interest
}

// widen counts a subscription that is wide. Called with mu held.
func (r *registry) widen(wide bool, by int) {
	if wide {
		r.wide += by
	}
}

// An interest is a subscription of an actor. Wide ones are counted.
type interest struct {
	id   directory.ID
	wide bool
}

func (a *actorsInterests) add(reg *registration) {
	reg.of, reg.next = a, a.first
	if a.first != nil {
		a.first.previous = reg
	}
	a.first = reg
}

func (reg *registration) remove() {
	if reg.next != nil {
		reg.next.previous = reg.previous
	}
	if reg.previous != nil {
		reg.previous.next = reg.next
	} else {
		reg.of.first = reg.next
	}
}

func (r *registry) init(self transport.ProcessID) {
	r.self = self
	r.names = make(map[directory.Name]*registration)
	r.actors = make(map[transport.ActorID]*actorsInterests)
}

// Called with mu held.
func (r *registry) nextID() directory.ID {
	r.last++
	return directory.ID{Origin: r.self, Seq: r.last}
}

// manyTokens is how many bytes are drawn at once.
const manyTokens = 64 * len(directory.Token{})

// Called with mu held.
func (r *registry) token() (t directory.Token) {
	if len(r.random) == 0 {
		r.random = make([]byte, manyTokens)
		rand.Read(r.random)
	}
	n := copy(t[:], r.random)
	clear(r.random[:n]) // it is nobody else's
	r.random = r.random[n:]
	return t
}

// interests returns those of an actor. Called with the registry's mu held.
func (n *Node) interests(actor transport.ActorID) *actorsInterests {
	r := &n.registry
	a := r.actors[actor]
	if a == nil {
		a = &actorsInterests{
			address:  n.Mint.Address(actor),
			patterns: make(map[directory.Pattern]interest),
		}
		r.actors[actor] = a
	}
	return a
}

// put puts in the inbox what an actor says. It reports whether that is taken, and
// whether the caller must run the node once mu is given up.
func (n *Node) put(actor transport.ActorID, msg directory.Message) (taken, run bool) {
	return n.inbox.put(&n.inbox.actors, word{from: directory.ActorParty(actor), msg: msg})
}

// lendIf runs the node if run is set by then.
func (n *Node) lendIf(run *bool) {
	if *run {
		n.lend()
	}
}

// registers hands what an actor says to the machines that it is for.
func (n *Node) registers(from directory.Party, msg directory.Message) {
	switch msg.(type) {
	case directory.Publish, directory.Unpublish:
		n.do(n.acceptor.Step(from, msg))
	case directory.Subscribe, directory.Unsubscribe:
		n.do(n.resolver.Step(from, msg))
	case directory.Gone:
		n.do(n.resolver.Step(from, msg))
		n.do(n.acceptor.Step(from, msg))
		n.do(n.switchboard.Step(from, msg))
	case directory.Listen, directory.Unlisten, directory.Call, directory.HangUp:
		n.do(n.switchboard.Step(from, msg))
		return
	}
	n.do(n.machine.Step(from, msg))
}

// unusable returns why nothing can be registered at a scope, or "".
func unusable(s directory.Scope) string {
	switch {
	case !s.Valid():
		return "there is no such scope"
	case s == directory.WAN:
		return "the scope WAN is reserved"
	}
	return ""
}

// Publish makes an actor known under name. The error is a
// directory.NotPublished.
func (n *Node) Publish(actor transport.ActorID, name directory.Name, scope directory.Scope) error {
	refusal := directory.NotPublished{Name: name, Scope: scope}
	if refusal.Reason = name.Check(); refusal.Reason != "" {
		return refusal
	}
	if refusal.Reason = unusable(scope); refusal.Reason != "" {
		return refusal
	}
	endpoints, err := n.endpoints(scope)
	if err != nil {
		refusal.Reason = err.Error()
		return refusal
	}

	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.names[name]; taken {
		refusal.Reason = "already published in this process"
		return refusal
	}
	// Two publications of one process never have one stamp: the clock may stand still.
	r.stamp = max(r.stamp+1, directory.Stamp(time.Now().UnixNano()))
	a := n.interests(actor)
	p := directory.Publication{
		ID:        r.nextID(),
		Name:      name,
		Scope:     scope,
		Stamp:     r.stamp,
		Token:     r.token(),
		Actor:     a.address,
		Endpoints: endpoints,
	}
	var taken bool
	if taken, run = n.put(actor, directory.Publish{Publication: p}); !taken {
		refusal.Reason = errStopped.Error()
		return refusal
	}
	reg := &registration{id: p.ID, name: name}
	r.names[name] = reg
	a.add(reg)
	return nil
}

// Unpublish takes the name back: Dropped for each session, then Unpublished.
// A name that the actor has not published is ignored.
func (n *Node) Unpublish(actor transport.ActorID, name directory.Name) {
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	reg := r.names[name]
	if reg == nil || reg.of != r.actors[actor] {
		return
	}
	delete(r.names, name)
	reg.remove()
	_, run = n.put(actor, directory.Unpublish{ID: reg.id})
}

// Subscribe asks for every publication whose name pattern matches. The error is
// a directory.NotSubscribed.
func (n *Node) Subscribe(actor transport.ActorID, pattern directory.Pattern, scope directory.Scope) error {
	refusal := directory.NotSubscribed{Pattern: pattern, Scope: scope}
	if refusal.Reason = pattern.Check(); refusal.Reason != "" {
		return refusal
	}
	if refusal.Reason = unusable(scope); refusal.Reason != "" {
		return refusal
	}
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	a := n.interests(actor)
	if _, taken := a.patterns[pattern]; taken {
		refusal.Reason = "already subscribed by this actor"
		return refusal
	}
	wide := pattern.Wide()
	if wide && r.wide >= directory.MaxWide {
		refusal.Reason = directory.TooWide
		return refusal
	}
	s := directory.Subscription{ID: r.nextID(), Pattern: pattern, Scope: scope, Actor: a.address}
	var taken bool
	if taken, run = n.put(actor, directory.Subscribe{Subscription: s}); !taken {
		refusal.Reason = errStopped.Error()
		return refusal
	}
	a.patterns[pattern] = interest{s.ID, wide}
	r.widen(wide, 1)
	return nil
}

// Unsubscribe takes the pattern back: Dropped for each session, then
// Unsubscribed. A pattern that the actor has not subscribed to is ignored.
func (n *Node) Unsubscribe(actor transport.ActorID, pattern directory.Pattern) {
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.actors[actor]
	if a == nil {
		return
	}
	s, ok := a.patterns[pattern]
	if !ok {
		return
	}
	delete(a.patterns, pattern)
	r.widen(s.wide, -1)
	_, run = n.put(actor, directory.Unsubscribe{ID: s.id})
}

// Renewed is Ended for an actor that goes on: it returns when nothing more is told
// of what the actor had registered. It may then register anew.
func (n *Node) Renewed(actor transport.ActorID) {
	n.Ended(actor)
	heard := make(chan struct{})
	if !n.hear(&n.inbox.actors, word{do: func() { close(heard) }}) {
		return // the node is closed
	}
	select {
	case <-heard:
	case <-n.ctx.Done():
	}
}

// Ended retracts what the actor registered, ends its sessions and connections and
// closes its listeners (R12).
func (n *Node) Ended(actor transport.ActorID) {
	n.leaveDoorways(actor)
	run := false
	defer n.lendIf(&run)
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.actors[actor]
	if a == nil {
		return // it never registered anything
	}
	delete(r.actors, actor)
	for reg := a.first; reg != nil; reg = reg.next {
		delete(r.names, reg.name)
	}
	for _, s := range a.patterns {
		r.widen(s.wide, -1)
	}
	_, run = n.put(actor, directory.Gone{})
}
