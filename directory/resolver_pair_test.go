package directory

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/layer-cake/layer-cake/transport"
)

// home is the process with the resolver and its subscribers. It has publishers
// too, as every process has.
const home = 9

// A pair is a resolver and the acceptors of several processes, its own among
// them, with links between them that keep the order of what they carry, and
// lose the rest when they are cut. It plays the shell at both ends, and watches
// what the actors see.
type pair struct {
	random    *rand.Rand
	resolver  *Resolver
	acceptors map[int]*Acceptor
	wires     map[int]*wire // to each process, if there is one now
	cuts      []*wire       // of which an acceptor has not heard yet
	dialling  map[int][]Open
	party     uint64 // the last link

	serial        uint64
	subscriptions []Subscription
	publications  []offerable // live
	dead          []offerable // not long ago

	ends     map[SessionID]*end
	prepared map[far]bool // true: Delivered was said
	seen     map[near]SessionID
	ended    map[Party]bool
	timers   map[Timer]bool
	due      map[dueTimer]bool // the acceptors'
	log      []string
	wrong    string
}

// A wire is one link. That to the own process is never cut.
type wire struct {
	process  int
	party    Party
	away     []Message // to the acceptor
	back     []Message // to the resolver
	sessions []SessionID
}

type end struct {
	process int
	offer   offer
	wire    *wire // nil: being dialled
}

// A near is what a subscriber sees of a session, a far what a publisher does.
type (
	near struct {
		subscription ID
		name         Name
	}
	far struct {
		process int
		key     SessionKey
	}
)

// A dueTimer is one of an acceptor.
type dueTimer struct {
	process int
	timer   Timer
}

// An offerable is a publication, with the scope whose directory offers it.
type offerable struct {
	Publication
	at Scope
}

func newPair(seed uint64) *pair {
	p := &pair{
		random:    rand.New(rand.NewPCG(seed, 2)),
		resolver:  NewResolver(),
		acceptors: map[int]*Acceptor{1: NewAcceptor(), 2: NewAcceptor(), home: NewAcceptor()},
		wires:     map[int]*wire{home: {process: home, party: Self}},
		dialling:  map[int][]Open{},
		ends:      map[SessionID]*end{},
		prepared:  map[far]bool{},
		seen:      map[near]SessionID{},
		ended:     map[Party]bool{},
		timers:    map[Timer]bool{},
		due:       map[dueTimer]bool{},
	}
	return p
}

func (p *pair) fault(format string, args ...any) {
	if p.wrong == "" {
		p.wrong = fmt.Sprintf(format, args...)
		p.log = append(p.log, "WRONG "+p.wrong)
	}
}

// tellResolver steps the resolver and does what it wants.
func (p *pair) tellResolver(from Party, m Message) {
	p.log = append(p.log, fmt.Sprintf("resolver, %v: %s", from, text(m)))
	for _, e := range p.resolver.Step(from, m) {
		p.log = append(p.log, fmt.Sprintf("    %v", e))
		switch e := e.(type) {
		case Connect:
			p.connect(e)
		case Say:
			if e.Key.ID != e.Message.ID() {
				p.fault("%v names another session", e)
			}
			p.sayAway(e.Key.ID, e.Message)
		case Release:
			if p.ends[e.Key.ID] == nil {
				p.fault("%v: there is no such end", e)
			}
			delete(p.ends, e.Key.ID)
		case Start:
			if p.timers[e.Timer] {
				p.fault("%v: it runs", e)
			}
			p.timers[e.Timer] = true
		case Cancel:
			if !p.timers[e.Timer] {
				p.fault("%v: it does not run", e)
			}
			delete(p.timers, e.Timer)
		case Send:
			p.seeSubscriber(e)
		default:
			p.fault("unknown effect %v", e)
		}
	}
}

func (p *pair) connect(e Connect) {
	if p.ends[e.Open.Session] != nil {
		p.fault("%v: there is such an end", e)
	}
	process := int(e.Publication.ID.Origin[3])
	w := p.wires[process]
	p.ends[e.Open.Session] = &end{process, offer{publication: e.Publication, scope: e.Open.Scope}, w}
	if w == nil {
		p.dialling[process] = append(p.dialling[process], e.Open)
		return
	}
	w.sessions = append(w.sessions, e.Open.Session)
	w.away = append(w.away, e.Open)
}

// sayAway puts a word on the wire of a session, if it still is one.
func (p *pair) sayAway(id SessionID, m Message) {
	e := p.ends[id]
	switch {
	case e == nil:
		p.fault("%v is said, and there is no such end", text(m))
	case e.wire == nil:
		p.dialling[e.process] = slices.DeleteFunc(p.dialling[e.process], func(o Open) bool { return o.Session == id })
	case p.wires[e.process] == e.wire:
		e.wire.away = append(e.wire.away, m)
	}
}

// seeSubscriber watches what a subscriber is told (R11).
func (p *pair) seeSubscriber(e Send) {
	if p.ended[e.To] {
		p.fault("R12: %v, and the actor has ended", e)
	}
	switch m := e.Message.(type) {
	case Available:
		at := near{m.Subscription, m.Name}
		if p.seen[at] != 0 {
			p.fault("R11: %v after session-%d", e, p.seen[at])
		}
		p.seen[at] = m.Session.ID
	case Dropped:
		at := near{m.Registration, m.Name}
		if p.seen[at] != m.Session.ID || m.Session.ID == 0 {
			p.fault("R11: %v, the session is session-%d", e, p.seen[at])
		}
		delete(p.seen, at)
	default:
		p.fault("unknown %v", e)
	}
}

// tellAcceptor steps the acceptor of a process and does what it wants.
func (p *pair) tellAcceptor(process int, from Party, m Message) {
	p.log = append(p.log, fmt.Sprintf("acceptor %d, %v: %s", process, from, text(m)))
	for _, e := range p.acceptors[process].Step(from, m) {
		p.log = append(p.log, fmt.Sprintf("    %v", e))
		switch e := e.(type) {
		case Prepare:
			at := far{process, e.Key}
			if _, ok := p.prepared[at]; ok {
				p.fault("%v: it is", e)
			}
			p.prepared[at] = false
		case Release:
			at := far{process, e.Key}
			begun, ok := p.prepared[at]
			if !ok {
				p.fault("%v: there is no such end", e)
			}
			if begun && !p.ended[from] {
				p.fault("R11: %v before Dropped", e)
			}
			delete(p.prepared, at)
		case Say:
			if e.Key.ID != e.Message.ID() {
				p.fault("%v names another session", e)
			}
			if w := p.wires[process]; w != nil && w.party == e.Key.Opener {
				w.back = append(w.back, e.Message)
			}
		case Start:
			if p.due[dueTimer{process, e.Timer}] {
				p.fault("%v: it runs", e)
			}
			p.due[dueTimer{process, e.Timer}] = true
		case Cancel:
			if !p.due[dueTimer{process, e.Timer}] {
				p.fault("%v: it does not run", e)
			}
			delete(p.due, dueTimer{process, e.Timer})
		case Send:
			p.seePublisher(process, e)
		default:
			p.fault("unknown effect %v", e)
		}
	}
}

// seePublisher watches what a publisher is told (R11).
func (p *pair) seePublisher(process int, e Send) {
	if p.ended[e.To] {
		p.fault("R12: %v, and the actor has ended", e)
	}
	switch m := e.Message.(type) {
	case Delivered:
		at := far{process, m.Session}
		if begun, ok := p.prepared[at]; !ok || begun {
			p.fault("R11: %v, prepared %v, begun %v", e, ok, begun)
		}
		p.prepared[at] = true
	case Dropped:
		at := far{process, m.Session}
		if !p.prepared[at] {
			p.fault("R11: %v, and there was no Delivered", e)
		}
		p.prepared[at] = false
	default:
		p.fault("unknown %v", e)
	}
}

// The things that happen.

// carry takes the next word from one end of a wire.
func (p *pair) carry(w *wire, away bool) bool {
	queue := &w.back
	if away {
		queue = &w.away
	}
	if len(*queue) == 0 {
		return false
	}
	m := (*queue)[0]
	*queue = (*queue)[1:]
	switch open, ok := m.(Open); {
	case !away:
		p.tellResolver(w.party, m)
	case ok:
		reach := Host
		if w.party == Self {
			reach = Process
		}
		p.tellAcceptor(w.process, w.party, Opening{open, reach})
	default:
		p.tellAcceptor(w.process, w.party, m)
	}
	return true
}

// cut loses a wire with all that is on it. The acceptor hears of it later.
func (p *pair) cut(w *wire) {
	delete(p.wires, w.process)
	p.cuts = append(p.cuts, w)
	p.log = append(p.log, fmt.Sprintf("cut %v", w.party))
	for _, id := range w.sessions {
		if p.ends[id] != nil && p.ends[id].wire == w {
			p.tellResolver(0, Lost{id, "link lost"})
		}
	}
}

func (p *pair) hearOfCut() {
	w := p.cuts[0]
	p.cuts = p.cuts[1:]
	p.tellAcceptor(w.process, w.party, Gone{})
}

// dialled ends a dial, well or not.
func (p *pair) dialled(process int, well bool) {
	waiting := p.dialling[process]
	delete(p.dialling, process)
	if !well {
		for _, o := range waiting {
			if p.ends[o.Session] != nil {
				p.tellResolver(0, Lost{o.Session, "connection refused"})
			}
		}
		return
	}
	p.party++
	w := &wire{process: process, party: LinkParty(p.party)}
	p.wires[process] = w
	for _, o := range waiting {
		if p.ends[o.Session] == nil {
			p.fault("session-%d was released, and nobody said Close", o.Session)
			continue
		}
		p.ends[o.Session].wire = w
		w.sessions = append(w.sessions, o.Session)
		w.away = append(w.away, o)
	}
	p.tellResolver(0, Linked{transport.ProcessID{3: byte(process)}})
}

func (p *pair) fire(timer Timer) {
	delete(p.timers, timer)
	p.tellResolver(0, Fired{timer})
}

// forget lets the time be up of a session that an acceptor has prepared: its
// subscriber may have committed it, or do so yet.
func (p *pair) forget() {
	var due []dueTimer
	for d := range p.due {
		due = append(due, d)
	}
	if len(due) == 0 {
		return
	}
	slices.SortFunc(due, func(a, b dueTimer) int {
		return cmp.Or(cmp.Compare(a.process, b.process), cmp.Compare(a.timer.ID, b.timer.ID))
	})
	d := due[p.random.IntN(len(due))]
	delete(p.due, d)
	p.tellAcceptor(d.process, 0, Fired{d.timer})
}

func (p *pair) timer(kinds ...TimerKind) (Timer, bool) {
	var running []Timer
	for timer := range p.timers {
		if slices.Contains(kinds, timer.Kind) {
			running = append(running, timer)
		}
	}
	if len(running) == 0 {
		return Timer{}, false
	}
	slices.SortFunc(running, func(a, b Timer) int { return strings.Compare(a.String(), b.String()) })
	return running[p.random.IntN(len(running))], true
}

func (p *pair) subscribe() {
	p.serial++
	actor := transport.ActorID(p.random.IntN(2) + 1)
	party := ActorParty(actor + home*10)
	id := ID{transport.ProcessID{3: home}, p.serial}
	s := Subscription{id, ".", LAN, transport.Address{Process: id.Origin, Actor: actor + home*10}}
	p.subscriptions = append(p.subscriptions, s)
	delete(p.ended, party)
	p.tellResolver(party, Subscribe{s})
}

func (p *pair) unsubscribe(i int) {
	s := p.subscriptions[i]
	p.subscriptions = slices.Delete(p.subscriptions, i, i+1)
	p.tellResolver(ActorParty(s.Actor.Actor), Unsubscribe{s.ID})
}

func (p *pair) publish() {
	p.serial++
	process := []int{1, 2, home}[p.random.IntN(3)]
	// An actor's number is its own in the whole test, so that its party is.
	actor := transport.ActorID(process*10 + p.random.IntN(2) + 1)
	id := ID{transport.ProcessID{3: byte(process)}, p.serial}
	o := offerable{Publication{
		ID:    id,
		Name:  Name([]string{"a", "b"}[p.random.IntN(2)]),
		Scope: LAN,
		Stamp: Stamp(p.random.IntN(5)),
		Token: Token{byte(p.serial)},
		Actor: transport.Address{Process: id.Origin, Actor: actor},
	}, []Scope{LAN, Host, Group}[p.random.IntN(3)]}
	p.publications = append(p.publications, o)
	delete(p.ended, ActorParty(actor))
	p.tellAcceptor(process, ActorParty(actor), Publish{o.Publication})
}

func (p *pair) unpublish(i int) {
	o := p.publications[i]
	p.publications = slices.Delete(p.publications, i, i+1)
	p.dead = append(p.dead, o)
	p.tellAcceptor(int(o.ID.Origin[3]), ActorParty(o.Actor.Actor), Unpublish{o.ID})
}

// end ends an actor, with all that it registered.
func (p *pair) end(process int, actor transport.ActorID) {
	party := ActorParty(actor)
	p.ended[party] = true
	p.subscriptions = slices.DeleteFunc(p.subscriptions, func(s Subscription) bool { return s.Actor.Actor == actor })
	p.publications = slices.DeleteFunc(p.publications, func(o offerable) bool {
		gone := o.Actor.Actor == actor
		if gone {
			p.dead = append(p.dead, o)
		}
		return gone
	})
	for at := range p.seen {
		// What an ended actor saw last is not taken back.
		if !slices.ContainsFunc(p.subscriptions, func(s Subscription) bool { return at.subscription == s.ID }) {
			delete(p.seen, at)
		}
	}
	if process == home {
		p.tellResolver(party, Gone{})
	}
	p.tellAcceptor(process, party, Gone{})
}

// list returns what the directory of that scope should offer a subscription.
func (p *pair) list(s Subscription, at Scope) []Publication {
	holders := map[Name]Publication{}
	for _, o := range p.publications {
		held, ok := holders[o.Name]
		if o.at == at && o.Actor != s.Actor && (!ok || o.Older(held)) {
			holders[o.Name] = o.Publication
		}
	}
	var list []Publication
	for _, name := range slices.Sorted(maps.Keys(holders)) {
		list = append(list, holders[name])
	}
	return list
}

// directory says something true, late or false of what it offers.
func (p *pair) directory() {
	if len(p.subscriptions) == 0 {
		return
	}
	s := p.subscriptions[p.random.IntN(len(p.subscriptions))]
	at := []Scope{LAN, Host, Group}[p.random.IntN(3)]
	some := slices.Concat(p.publications, p.dead)
	switch p.random.IntN(6) {
	case 0, 1:
		p.tellResolver(0, Offered{s.ID, at, true, true, p.list(s, at)})
	case 2:
		p.tellResolver(0, Offered{s.ID, at, p.random.IntN(2) == 0, p.random.IntN(2) == 0, p.list(s, at)})
	case 3, 4:
		if len(some) > 0 {
			p.tellResolver(0, Offer{s.ID, at, some[p.random.IntN(len(some))].Publication})
		}
	case 5:
		p.tellResolver(0, Withdraw{s.ID, at, Name([]string{"a", "b"}[p.random.IntN(2)])})
	}
}

// step lets one thing happen.
func (p *pair) step() {
	processes := slices.Sorted(maps.Keys(p.acceptors))
	process := processes[p.random.IntN(len(processes))]
	switch n := p.random.IntN(100); {
	case n < 4:
		if len(p.subscriptions) < 4 {
			p.subscribe()
		}
	case n < 8:
		if len(p.publications) < 8 {
			p.publish()
		}
	case n < 9 && len(p.subscriptions) > 0:
		p.unsubscribe(p.random.IntN(len(p.subscriptions)))
	case n < 11 && len(p.publications) > 0:
		p.unpublish(p.random.IntN(len(p.publications)))
	case n < 12:
		p.end(process, transport.ActorID(process*10+p.random.IntN(2)+1))
	case n < 26:
		p.directory()
	case n < 28:
		if w := p.wires[process]; w != nil && process != home {
			p.cut(w)
		}
	case n < 32:
		if len(p.cuts) > 0 {
			p.hearOfCut()
		}
	case n < 44:
		if len(p.dialling[process]) > 0 {
			p.dialled(process, p.random.IntN(3) > 0)
		}
	case n < 46:
		p.forget()
	case n < 52:
		if timer, ok := p.timer(TimerOpen, TimerClose, TimerRetry); ok {
			p.fire(timer)
		}
	default:
		if w := p.wires[process]; w != nil {
			p.carry(w, p.random.IntN(2) == 0)
		}
	}
}
