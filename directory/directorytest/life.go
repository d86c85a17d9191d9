package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A life is a process from its start to its death, with the three machines and
// what the shell has around them. It does what directory/node does.
type life struct {
	w      *world
	site   *site
	id     transport.ProcessID
	dead   bool
	frozen bool

	machine  *directory.Machine
	resolver *directory.Resolver
	acceptor *directory.Acceptor
	inbox    []event            // what the shell is still to hear
	effects  []directory.Effect // of the event that is being heard, still to be done
	resuming bool               // the machine has put off work
	crowded  bool               // and goes on when there is room
	seeking  bool               // the parent: Dial was said
	parent   *end               // as far as dialling knows
	ends     []*end             // of links, in the order in which they were made
	lastLink uint64
	dialling []*dial
	sessions map[directory.SessionKey]*sessionEnd
	given    map[directory.SessionID]*session // every one that it ever opened
	timers   []directory.Timer                // that run, in the order in which they were started

	last uint64 // registration
	pubs []*publication
	subs []*subscription
	seen map[want]*sessionEnd // what subscribers see

	offers []offered // by the machine in this step
}

// An event is one thing that the shell hears of.
type event struct {
	kind  happening
	end   *end
	party directory.Party
	msg   directory.Message
	timer directory.Timer
	dial  *dial
}

type happening uint8

const (
	itSaid    happening = iota // an actor says msg
	linkUp                     // end is there
	linkHeard                  // msg came over it
	linkDown                   // it is lost
	dialOver                   // and has failed
	timeUp
)

func (w *world) start(s *site) {
	l := &life{
		w: w, site: s, id: w.identity(),
		machine:  directory.NewMachine(s.scope, s.narrowest),
		resolver: directory.NewResolver(),
		acceptor: directory.NewAcceptor(),
		sessions: make(map[directory.SessionKey]*sessionEnd),
		given:    make(map[directory.SessionID]*session),
		seen:     make(map[want]*sessionEnd),
	}
	if w.slice != 0 {
		l.machine.Limit(w.slice, w.batch)
	}
	s.now = l
	w.lives[l.id] = l
}

// kill ends a life without a word. Of what it had said, so much is still heard.
func (l *life) kill(keep int) {
	l.dead = true
	l.site.now = nil
	for _, e := range l.ends {
		e.cutBoth(0, keep)
	}
}

func (l *life) post(e event) { l.inbox = append(l.inbox, e) }

// do puts effects behind those that are still to be done.
func (l *life) do(effects []directory.Effect) { l.effects = append(l.effects, effects...) }

// tell steps the directory and notes what it does.
func (l *life) tell(from directory.Party, msg directory.Message) {
	if l.w.trace != nil {
		l.w.note("%s: %v: %v", l.site.name, from, msg)
	}
	effects := l.machine.Step(from, msg)
	l.watchOffers(effects)
	l.do(effects)
}

// work hears the next event and does all that comes of it.
func (l *life) work() {
	e := l.inbox[0]
	l.inbox = l.inbox[1:]
	switch e.kind {
	case itSaid:
		l.said(e.party, e.msg)
	case linkUp:
		if e.dial != nil {
			l.dialled(e.dial, e.end)
		} else {
			l.linkUp(e.end)
		}
	case linkHeard:
		l.heard(e.end, e.msg)
	case linkDown:
		l.linkDown(e.end)
	case dialOver:
		l.dialled(e.dial, nil)
	case timeUp:
		if e.timer.Kind == directory.TimerCommit {
			l.do(l.acceptor.Step(0, directory.Fired{Timer: e.timer}))
		} else {
			l.do(l.resolver.Step(0, directory.Fired{Timer: e.timer}))
		}
	}
	l.settle()
	l.checkStep()
}

func (l *life) resume() {
	l.resuming = false
	full := l.full()
	l.tell(0, directory.Resume{Full: full})
	l.watchFull(full)
	l.settle()
	l.checkStep()
}

// unclog makes room on a link.
func (e *end) unclog() {
	e.clogged = false
	e.life.resuming = e.life.resuming || e.life.crowded
	e.life.crowded = false
}

// full returns the links of which nobody reads the other end.
func (l *life) full() []directory.Party {
	var full []directory.Party
	for _, e := range l.ends {
		if e.clogged && e.party != 0 {
			full = append(full, e.party)
		}
	}
	return full
}

// said is what an actor says, as node.Publish and its like hand it on.
func (l *life) said(from directory.Party, msg directory.Message) {
	switch m := msg.(type) {
	case directory.Publish, directory.Unpublish:
		l.handled(m)
		l.do(l.acceptor.Step(from, msg))
	case directory.Subscribe, directory.Unsubscribe:
		l.handled(m)
		l.do(l.resolver.Step(from, msg))
	case directory.Gone:
		l.ended(from)
		l.do(l.resolver.Step(from, msg))
		l.do(l.acceptor.Step(from, msg))
	}
	l.tell(from, msg)
}

// settle does effects until none is left.
func (l *life) settle() {
	for i := 0; i < len(l.effects); i++ {
		l.effect(l.effects[i])
	}
	clear(l.effects)
	l.effects = l.effects[:0]
}

func (l *life) effect(e directory.Effect) {
	if l.w.trace != nil {
		l.w.note("%s     %v", l.site.name, e)
	}
	switch e := e.(type) {
	case directory.Send:
		l.send(e.To, e.Message)
	case directory.Dial:
		l.seeking = true
	case directory.Refuse:
		l.w.fault("R14", "%s refuses an honest peer: %v", l.site.name, e)
	case directory.Continue:
		l.resuming = l.resuming || !e.Full
		l.crowded = l.crowded || e.Full
	case directory.Connect:
		l.connect(e)
	case directory.Prepare:
		l.prepare(e)
	case directory.Say:
		l.say(e)
	case directory.Release:
		l.release(e.Key)
	case directory.Start:
		if slices.Contains(l.timers, e.Timer) {
			l.w.fault("R9", "%s: %v, and it runs", l.site.name, e)
		}
		l.timers = append(l.timers, e.Timer)
	case directory.Cancel:
		i := slices.Index(l.timers, e.Timer)
		if i < 0 {
			if !slices.ContainsFunc(l.inbox, func(w event) bool { return w.kind == timeUp && w.timer == e.Timer }) {
				l.w.fault("R9", "%s: %v, and it does not run", l.site.name, e)
			}
			l.unfire(e.Timer)
			return
		}
		l.timers = slices.Delete(l.timers, i, i+1)
	default:
		l.w.fault("R15", "%s: nobody knows what to do for %v", l.site.name, e)
	}
}

// unfire forgets that a timer's time is up: it was cancelled before that was heard.
func (l *life) unfire(t directory.Timer) {
	l.inbox = slices.DeleteFunc(l.inbox, func(e event) bool { return e.kind == timeUp && e.timer == t })
}

// fire lets the time of the nth timer of a kind be up.
func (l *life) fire(kind directory.TimerKind, n int) bool {
	for i, t := range l.timers {
		if t.Kind != kind {
			continue
		}
		if n == 0 {
			l.timers = slices.Delete(l.timers, i, i+1)
			l.post(event{kind: timeUp, timer: t})
			return true
		}
		n--
	}
	return false
}

// send says something to a link, or to an actor of this process.
func (l *life) send(to directory.Party, msg directory.Message) {
	if _, own := to.Actor(); !own {
		if to == 0 {
			l.w.fault("R12", "%s tells nobody %v", l.site.name, msg)
		}
		if e := l.end(to); e != nil {
			e.say(msg)
		}
		return
	}
	switch m := msg.(type) {
	case directory.Offered, directory.Offer, directory.Withdraw:
		l.hearOffer(msg)
		l.do(l.resolver.Step(to, msg))
	case directory.Available:
		l.available(to, m)
	case directory.Delivered:
		l.delivered(to, m)
	case directory.Dropped:
		l.dropped(to, m)
	default:
		l.hearFact(to, msg)
	}
}
