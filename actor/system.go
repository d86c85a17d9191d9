package actor

import (
	"context"
	"crypto/tls"
	"fmt"
	"iter"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/actor/internal/strict"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// A System is a set of actors and their directory. Its methods may be called
// from any goroutine.
type System struct {
	process    transport.ProcessID
	mint       *transport.Mint
	types      *registry
	log        *slog.Logger
	traces     bool // log has a line for whatever actors do
	net        *node.Node
	patience   time.Duration // Options.Grace
	askTimeout time.Duration
	mailbox    int
	tls        *tls.Config // nil: none
	fatal      chan error

	lastActor atomic.Uint64 // ids of actors are odd
	lastAsk   atomic.Uint64 // those of asks even
	cells     table[Self]
	asks      table[ask]
	blocks    blocks    // of mailboxes
	answers   sync.Pool // chan *ask, where goroutines wait
	counts    struct{ refused, undelivered, unhandled, late, lost atomic.Uint64 }
	events    func(Event)
	checks    *strict.Checks // nil: nobody looks closely
	verdicts  verdicts
	closed    chan struct{} // closed when Close is done

	mu      sync.Mutex // guards the rest
	closing bool
	roots   family // actors without a parent that run
	results results
}

// Open starts a system in a program with its own main. Nil options are the
// defaults. It reads no flags and takes no signals. The error says which option
// is no good, or why nobody can listen at Options.Listen.
func Open(options *Options) (*System, error) {
	o := options.complete()
	types, err := newRegistry(o.Types)
	if err != nil {
		return nil, &openError{err}
	}
	process := transport.NewProcessID()
	sys := &System{
		process:    process,
		mint:       transport.NewMint(process),
		types:      types,
		log:        o.Logger,
		traces:     traces(o.Logger),
		patience:   o.Grace,
		askTimeout: o.AskTimeout,
		mailbox:    o.Mailbox,
		tls:        o.TLS,
		fatal:      make(chan error, 16),
		closed:     make(chan struct{}),
		events:     o.Events,
		checks:     o.Checks,
		verdicts:   newVerdicts(),
	}
	config, err := o.node(sys)
	if err != nil {
		return nil, &openError{err}
	}
	if sys.net, err = node.Open(config); err != nil {
		return nil, &openError{listenError(o.Listen, o.Scope, err)}
	}
	return sys, nil
}

// afterGrace is how long Close waits for actors that were ended by force.
const afterGrace = time.Second

// Close stops every actor, waits for them, and leaves the directory. Actors that
// have not ended after Options.Grace are ended by force at their next Input. If
// ctx ends first, or an actor has taken no message a second later still, the
// error names the actors that have not ended. Closing again waits for the first.
func (sys *System) Close(ctx context.Context) error {
	sys.mu.Lock()
	first := !sys.closing
	sys.closing = true
	roots := sys.roots.all()
	sys.mu.Unlock()
	if !first {
		select {
		case <-sys.closed:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("actor.Close: %w", context.Cause(ctx))
		}
	}
	defer close(sys.closed)
	err := sys.stopAll(ctx, roots)
	sys.net.Close()
	return err
}

func (sys *System) stopAll(ctx context.Context, roots []*Self) error {
	deadline := sys.grace()
	for _, s := range roots {
		s.stop(deadline)
	}
	clock := time.NewTimer(sys.patience + afterGrace)
	defer clock.Stop()
	for _, s := range roots {
		select {
		case <-s.over():
		case <-ctx.Done():
			return sys.stillThere(context.Cause(ctx))
		case <-clock.C:
			return sys.stillThere(TimedOut{sys.patience + afterGrace})
		}
	}
	if len(sys.cells.all()) > 0 { // their parents have gone on
		return sys.stillThere(TimedOut{sys.patience + lastMoment})
	}
	return nil
}

// stillThere is the error that names the actors that have not ended.
func (sys *System) stillThere(cause error) error {
	var names []string
	for info := range sys.Actors() {
		names = append(names, fmt.Sprintf("%s (%v)", info.Name, info.Address))
	}
	sort.Strings(names)
	return fmt.Errorf("actor.Close: these actors have not ended: %s: %w", strings.Join(names, ", "), cause)
}

// grace returns when an actor that is stopped now is ended by force.
func (sys *System) grace() time.Time { return time.Now().Add(sys.patience) }

// Spawn starts an actor without a parent. It returns nobody when the system is
// closing.
func (sys *System) Spawn(f Func, options ...SpawnOption) Address {
	return sys.spawn(nil, f, nil, options)
}

// Stop asks an actor of this system to end. The error is ErrEnded if there is
// no such actor.
func (sys *System) Stop(to Address) error {
	if s := sys.find(to); s != nil {
		s.stop(sys.grace())
		return nil
	}
	return fmt.Errorf("actor.Stop: %v: %w", to, ErrEnded)
}

// Wait waits for an actor of this system to end and returns its result. The
// error is ctx's, or ErrEnded if there is no such actor. Of actors without a
// parent the results of the last 1024 that ended are known; others must be
// waited for while they run.
func (sys *System) Wait(ctx context.Context, a Address) (any, error) {
	if s := sys.find(a); s != nil {
		select {
		case <-s.over():
			return s.result(), nil
		case <-ctx.Done():
			return nil, fmt.Errorf("actor.Wait: %v: %w", a, context.Cause(ctx))
		}
	}
	sys.mu.Lock()
	defer sys.mu.Unlock()
	if value, ok := sys.results.get(a.at); ok {
		return value, nil
	}
	return nil, fmt.Errorf("actor.Wait: %v: %w", a, ErrEnded)
}

// Enter makes the calling goroutine an actor without a parent until it calls
// leave, with the goroutine still there for its children. It must be one that
// is no actor already. Once Close was called Self is nil, and leave does
// nothing.
func (sys *System) Enter(name string) (self *Self, leave func()) {
	s := sys.newSelf(nil, nil, []SpawnOption{Named(name)})
	if s == nil {
		return nil, func() {}
	}
	s.entered = true
	sys.spawned(s)
	return s, sync.OnceFunc(func() { s.end(nil) })
}

// DirectoryAddress is where the system's own directory takes links, host:port.
// It is empty while it does not.
func (sys *System) DirectoryAddress() string { return sys.net.Address() }

// Fatal has the errors after which the directory cannot do what it is for: a
// port that is taken, a parent that refuses. Up to 16 wait; all are logged.
func (sys *System) Fatal() <-chan error { return sys.fatal }

// Actors yields a description of every actor, in no order.
func (sys *System) Actors() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for _, s := range sys.cells.all() {
			info := Info{Address: s.Address(), Name: s.title(), State: s.stateName(), Waiting: s.box.waiting(), Started: time.Unix(0, s.started)}
			if s.parent != nil {
				info.Parent = s.parent.Address()
			}
			if !yield(info) {
				return
			}
		}
	}
}

// Info describes an actor to an operator.
type Info struct {
	Address, Parent Address // Parent is nobody if it has none
	Name            string
	State           string // the name of the function of its State; empty: it is a Func
	Waiting         int    // messages in its mailbox, those that were set aside with them
	Started         time.Time
}

// Counts returns how many messages had which end, other than being taken, since
// the system was opened.
func (sys *System) Counts() Counts {
	net := sys.net.Counts()
	return Counts{
		Refused:     sys.counts.refused.Load(),
		Undelivered: sys.counts.undelivered.Load() + net.Undelivered,
		Unhandled:   sys.counts.unhandled.Load(),
		Late:        sys.counts.late.Load(),
		Lost:        sys.counts.lost.Load() + net.Lost,
	}
}

// Counts are numbers of messages. Each system counts what it sends, what comes to it
// and what it passes on: a message on its way from one to another that does not arrive
// both may count.
type Counts struct {
	// Refused: Send or Ask returned an error.
	Refused uint64
	// Undelivered: it was accepted, and did not arrive: it came back to its sender
	// here, or it came from elsewhere and its sender is told, or it was asked over a
	// link that was lost.
	Undelivered uint64
	// Unhandled: a State returned nil for it.
	Unhandled uint64
	// Late: a reply that nobody waited for any more.
	Late uint64
	// Lost: it did not arrive, or is not known to have, and its sender could not be
	// told: he has ended or his mailbox is full, there is no link to his process or
	// too many such words went over it, or it waited to leave when the link was lost.
	Lost uint64
}

// find returns the actor at a, nil if it does not run here.
func (sys *System) find(a Address) *Self {
	if s := sys.cells.get(a.at.Actor); s != nil && s.at == a.at {
		return s
	}
	return nil
}

// adopt takes an actor without a parent, unless the system is closing.
func (sys *System) adopt(s *Self) bool {
	sys.mu.Lock()
	defer sys.mu.Unlock()
	if sys.closing {
		return false
	}
	sys.roots.add(s)
	sys.cells.put(s.at.Actor, s)
	return true
}

// disown forgets it and keeps its result for a while.
func (sys *System) disown(s *Self, value any) {
	sys.mu.Lock()
	defer sys.mu.Unlock()
	sys.roots.remove(s)
	sys.results.put(s.at, value) // before it cannot be found, for Wait
	sys.cells.remove(s.at.Actor)
}
