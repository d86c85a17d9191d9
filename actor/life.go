package actor

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// A cell is what the rest of the process sees of an actor.
//
//	runs ──(function returned, panicked, was ended)──► ending ──(children ended)──► ended
//	  ▲                                                  │
//	  └───────(delay)─── resting ◄──(it is restarted)────┘
//
// While it runs it is a goroutine of its own, or a State: then a goroutine only while it
// has something to take.
type cell struct {
	sys *System
	home
	parent    *Self // nil: none
	f         Func
	name      string
	then      func(value any, err error) // instead of Returned
	started   int64                      // nanoseconds since 1970
	box       mailbox
	stateCode atomic.Uint64 // of the function of the state; zero: it is a goroutine

	older, younger *Self // of the same parent; guarded by the parent's mu

	mu         sync.Mutex // guards the rest
	ctx        context.Context
	cancel     context.CancelCauseFunc
	stopped    bool   // Stop was sent
	ended      bool   // it takes nothing more
	gone       bool   // its value is known
	renewing   bool   // it ends its children, and will go on
	registered bool   // the node knows it
	orphan     bool   // its parent has gone on without it
	leave      *leave // nil: it is not to end
	resting    *time.Timer
	children   family
	done       chan struct{}        // closed when it has ended; nil: nobody waits
	value      any                  // its result, once gone
	watchers   map[watcher]struct{} // who is told of the end
	waits      wait                 // the ask in a session that the goroutine waits for
}

// A leave is the time that an actor has to end.
type leave struct {
	deadline time.Time // when it is ended by force
	force    *time.Timer
	lost     chan struct{} // closed when it goes on all the same
}

// lastMoment is how long an actor that was ended by force may take for what it has
// deferred.
const lastMoment = afterGrace * 3 / 4

// An ending is a Returned that goes to a callback.
type ending struct {
	then  func(value any, err error)
	child Address
	value any
	err   error
}

// A SpawnOption is a Named, a Mailbox or a Restart.
type SpawnOption interface{ spawnOption() }

// Named is the name that logs show.
type Named string

// Mailbox is how many messages may wait for the actor; zero or less is
// Options.Mailbox.
type Mailbox int

func (Named) spawnOption()   {}
func (Mailbox) spawnOption() {}

// Spawn starts f as a child of this actor. The parent gets Returned when it
// ends. Children end before their parent does: only one that cannot be ended, for it takes
// no messages long after Stop, is left behind, a moment after Options.Grace, and the
// log names it.
func (s *Self) Spawn(f Func, options ...SpawnOption) Address {
	s.mine("Spawn")
	return s.sys.spawn(s, f, nil, options)
}

// SpawnThen is Spawn whose result goes to then, as part of this actor, instead
// of a Returned. A result that is an error is the err.
func (s *Self) SpawnThen(f Func, then func(value any, err error), options ...SpawnOption) Address {
	s.mine("SpawnThen")
	return s.sys.spawn(s, f, then, options)
}

// Children yields the addresses of the children that run.
func (s *Self) Children() iter.Seq[Address] {
	s.mine("Children")
	return func(yield func(Address) bool) {
		for _, c := range s.offspring() {
			if !yield(c.Address()) {
				return
			}
		}
	}
}

// Stop asks a child to end. Asking again does nothing. It returns ErrNotChild for any
// other actor.
func (s *Self) Stop(child Address) error {
	s.mine("Stop")
	c := s.sys.find(child)
	if c == nil || c.parent != s {
		return ErrNotChild
	}
	c.stop(s.sys.grace())
	return nil
}

func (sys *System) spawn(parent *Self, f Func, then func(any, error), options []SpawnOption) Address {
	s := sys.newSelf(parent, f, options)
	if s == nil {
		return Address{}
	}
	s.then = then
	sys.spawned(s)
	go s.run()
	return s.Address()
}

// spawned tells of an actor that will run.
func (sys *System) spawned(s *Self) {
	if sys.traces {
		s.traceCreated()
	}
	sys.emit(func() Event { return Spawned{s.Address(), s.parentAddress(), s.title()} })
}

func (c *cell) parentAddress() Address {
	if c.parent == nil {
		return Address{}
	}
	return c.parent.Address()
}

// newSelf makes an actor that is known and does not run yet. It returns nil if
// the system is closed.
func (sys *System) newSelf(parent *Self, f Func, options []SpawnOption) *Self {
	s := &Self{cell: cell{sys: sys, parent: parent, f: f, started: time.Now().UnixNano()}}
	limit := sys.mailbox
	for _, o := range options {
		switch o := o.(type) {
		case Named:
			s.name = string(o)
		case Mailbox:
			if o > 0 {
				limit = int(o)
			}
		case Restart:
			s.revival = &revival{rule: o}
		}
	}
	s.box.init(limit, &sys.blocks)
	s.at = sys.mint.Address(transport.ActorID(sys.lastActor.Add(2) - 1))
	if parent == nil {
		if !sys.adopt(s) {
			return nil
		}
		return s
	}
	parent.mu.Lock()
	parent.children.add(s)
	parent.mu.Unlock()
	sys.cells.put(s.at.Actor, s)
	return s
}

// errGoexit is the result of an actor whose code called runtime.Goexit.
var errGoexit = Faulted{"goexit", "the actor's goroutine ended without a result"}

// run is a life of the actor on its goroutine, or the first part of it.
func (s *Self) run() {
	s.owns()
	if s.revival != nil {
		s.revival.born = time.Now()
	}
	var value any = errGoexit
	on := false
	defer func() {
		if !on {
			s.finish(s.outcome(recover(), value))
		}
	}()
	value = s.f(s)
	first, ok := asState(value)
	if ok {
		on = true
		s.goesOn(first)
		return
	}
	if t := reflect.TypeOf(value); t != nil && t.Kind() == reflect.Func {
		value = Faulted{"no result", fmt.Sprintf("a %v is neither a result nor a State", t)}
	}
}

// outcome is the result of an actor whose code ended with value, or panicked.
func (s *Self) outcome(panicked, value any) any {
	switch {
	case panicked != nil:
		if checks := s.sys.checks; checks != nil {
			checks.Panicked(s.describe(), panicked, panicStack())
		}
		s.Log().Error("actor panicked", "panic", panicked, "stack", string(panicStack()))
		return Faulted{"panic", fmt.Sprint(panicked)}
	case s.box.killed.Load():
		return Aborted{}
	}
	return value
}

// panicStack is the stack of a panic that was recovered just now. It begins with the
// function that panicked, not with those that look at the stack.
func panicStack() []byte {
	stack := debug.Stack()
	head, _, _ := bytes.Cut(stack, []byte("\n"))
	_, below, _ := bytes.Cut(stack, []byte("\npanic("))
	if _, below, found := bytes.Cut(below, []byte("\n\t")); found { // the file that has panic
		if _, culprit, found := bytes.Cut(below, []byte("\n")); found {
			return slices.Concat(head, []byte("\n"), culprit)
		}
	}
	return stack
}

// end takes leave: of the directory, of the children, of who waits for an
// answer, of the parent.
func (s *Self) end(value any) {
	s.mu.Lock()
	s.ended = true
	deadline := s.sys.grace()
	if s.leave != nil {
		deadline = s.leave.deadline
		s.leave.force.Stop()
	}
	registered := s.registered
	if s.cancel != nil {
		s.cancel(Aborted{})
	}
	s.mu.Unlock()

	rest := s.box.close()
	s.letDown(value)
	if registered {
		s.sys.net.Ended(s.at.Actor)
	}
	s.endChildren(deadline)

	s.stopTimers()
	s.forgetAsks()
	s.untie()
	if s.aside != nil {
		rest = slices.Concat(s.saved, s.again, rest)
		s.aside = nil
	}
	for _, it := range rest {
		it.due.Settle()
		if it.sent() {
			s.sys.undelivered(it.from, s.Address(), it.message, "the actor has ended")
		}
	}
	s.bequeath(value)
}

// endChildren stops the children and waits for their end.
func (s *Self) endChildren(deadline time.Time) {
	list := s.offspring()
	for _, c := range list {
		c.stop(deadline)
	}
	for _, c := range list {
		select {
		case <-c.over():
		case <-c.isLost():
			if !s.abandon(c) {
				<-c.over()
			}
		}
	}
}

// abandon has the actor go on without a child that cannot be ended. It returns false if
// the child ends after all.
func (s *Self) abandon(c *Self) bool {
	c.mu.Lock()
	ends := c.ended
	c.orphan = !ends
	c.mu.Unlock()
	if ends {
		return false
	}
	s.mu.Lock()
	s.children.remove(c)
	s.mu.Unlock()
	s.logger().Error("actor goes on without a child that takes no messages", "child", c.describe())
	return true
}

// forgetAsks gives up the asks by callback.
func (s *Self) forgetAsks() {
	for a := s.asks.first; a != nil; a = a.later {
		a.giveUp()
		a.listed = false
	}
	s.asks.stop()
	s.asks = askList{}
}

// bequeath makes the result known and forgets the actor.
func (s *Self) bequeath(value any) {
	if s.sys.traces {
		s.traceDestroyed(value)
	}
	s.sys.emit(func() Event { return Ended{s.Address(), value} })
	if s.parent == nil {
		s.sys.disown(s, value)
		s.know(value)
		return
	}
	s.sys.cells.remove(s.at.Actor)
	if s.isOrphan() {
		s.know(value)
		return
	}
	s.parent.mu.Lock()
	s.parent.children.remove(s)
	s.parent.mu.Unlock()
	if s.then == nil {
		s.parent.box.put(item{message: Returned{s.Address(), s.title(), value}})
	} else {
		e := &ending{then: s.then, child: s.Address(), value: value}
		if err, ok := value.(error); ok {
			e.value, e.err = nil, err
		}
		s.parent.box.put(item{message: e})
	}
	s.know(value)
}

// know makes the result known to those who wait for it, or watch. Who watches from now
// on is told at once.
func (c *cell) know(value any) {
	c.mu.Lock()
	c.value, c.gone = value, true
	if c.done != nil {
		close(c.done)
	}
	watchers := c.watchers
	c.watchers = nil
	c.mu.Unlock()
	for w := range watchers {
		w.End(value)
	}
}

// over returns a channel that is closed when the actor has ended.
func (c *cell) over() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.gone {
			close(c.done)
		}
	}
	return c.done
}

// result returns the value of an actor that is over.
func (c *cell) result() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value
}

// stop asks the actor to end before deadline, when it is ended by force. Stop
// is put in its mailbox once.
func (c *cell) stop(deadline time.Time) {
	c.mu.Lock()
	sooner := c.leave == nil || deadline.Before(c.leave.deadline)
	if sooner && !c.gone {
		switch d := time.Until(deadline); {
		case c.leave == nil:
			c.leave = &leave{lost: make(chan struct{})}
			if !c.ended {
				c.leave.force = time.AfterFunc(d, c.kill)
			}
		case !c.ended:
			c.leave.force.Reset(d)
		}
		c.leave.deadline = deadline
	}
	ended, renewing := c.ended, c.renewing
	again := c.stopped
	c.stopped = true
	if !again && c.cancel != nil {
		c.cancel(Aborted{})
	}
	resting := c.resting
	c.resting = nil
	c.mu.Unlock()
	if (ended || renewing) && sooner { // it waits for its children
		for _, child := range c.offspring() {
			child.stop(deadline)
		}
	}
	switch {
	case resting != nil:
		resting.Stop()
		if s := c.sys.cells.get(c.at.Actor); s != nil {
			go s.end(Aborted{})
		}
	case !ended && !again:
		c.box.put(item{message: Stop{}})
	}
}

// isEnding reports whether the actor takes nothing more.
func (c *cell) isEnding() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// kill ends the actor, and its children, at their next Input.
func (c *cell) kill() {
	c.logger().Warn("actor has not ended in the time after Stop")
	if checks := c.sys.checks; checks != nil {
		checks.Overdue(c.describe())
	}
	c.box.kill()
	c.mu.Lock()
	if !c.ended {
		c.leave.force = time.AfterFunc(lastMoment, c.lose)
	}
	c.mu.Unlock()
	for _, child := range c.offspring() {
		child.stop(time.Now())
	}
}

// lose notes that the actor cannot be ended, unless it only waits for its children.
func (c *cell) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && !c.renewing && c.resting == nil {
		close(c.leave.lost)
	}
}

// isLost returns a channel that is closed when the actor, which was stopped, cannot be
// ended; nil if it has ended.
func (c *cell) isLost() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leave == nil {
		return nil
	}
	return c.leave.lost
}

func (c *cell) isOrphan() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orphan
}

// offspring returns the children that run.
func (c *cell) offspring() []*Self {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.children.all()
}

// context makes the actor's context when it is first asked for.
func (c *cell) context() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithCancelCause(context.Background())
		if c.stopped || c.ended {
			c.cancel(Aborted{})
		}
	}
	return c.ctx
}

// title returns the name given to Spawn, else that of the function, without
// the path of its package: main.worker.
func (c *cell) title() string {
	if c.name != "" || c.f == nil {
		return c.name
	}
	return functionName(reflect.ValueOf(c.f).Pointer())
}

// functionName returns the name of a function without the path of its package.
func functionName(code uintptr) string {
	name := runtime.FuncForPC(code).Name()
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimSuffix(name, "-fm") // a method value
	return strings.ReplaceAll(strings.ReplaceAll(name, "(*", ""), ")", "")
}
