package actor

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// A cell is what the rest of the process sees of an actor.
//
//	runs ──(function returned, panicked, was ended)──► ending ──(children ended)──► ended
type cell struct {
	sys     *System
	at      transport.Address
	parent  *Self // nil: none
	f       Func
	name    string
	then    func(value any, err error) // instead of Returned
	started time.Time
	box     mailbox
	done    chan struct{} // closed when it has ended
	value   any           // its result, from then on

	mu         sync.Mutex // guards the rest
	ctx        context.Context
	cancel     context.CancelCauseFunc
	stopped    bool      // Stop was sent
	deadline   time.Time // when it is ended by force; zero: not
	force      *time.Timer
	ended      bool
	registered bool // the node knows it
	children   map[transport.ActorID]*Self
	waits      wait // the ask in a session that the goroutine waits for
}

// An ending is a Returned that goes to a callback.
type ending struct {
	then  func(value any, err error)
	value any
	err   error
}

// A SpawnOption is a Named or a Mailbox.
type SpawnOption interface{ spawnOption() }

// Named is the name that logs show.
type Named string

// Mailbox is how many messages may wait for the actor; zero or less is
// Options.Mailbox.
type Mailbox int

func (Named) spawnOption()   {}
func (Mailbox) spawnOption() {}

// Spawn starts f as a child of this actor. The parent gets Returned when it
// ends. Children end before their parent does.
func (s *Self) Spawn(f Func, options ...SpawnOption) Address {
	return s.sys.spawn(s, f, nil, options)
}

// SpawnThen is Spawn whose result goes to then, as part of this actor, instead
// of a Returned. A result that is an error is the err.
func (s *Self) SpawnThen(f Func, then func(value any, err error), options ...SpawnOption) Address {
	return s.sys.spawn(s, f, then, options)
}

// Children yields the addresses of the children that run.
func (s *Self) Children() iter.Seq[Address] {
	return func(yield func(Address) bool) {
		for _, c := range s.offspring() {
			if !yield(c.Address()) {
				return
			}
		}
	}
}

// Stop asks a child to end. It returns ErrNotChild for any other actor.
func (s *Self) Stop(child Address) error {
	s.mu.Lock()
	c := s.children[child.at.Actor]
	s.mu.Unlock()
	if c == nil || c.at != child.at {
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
	go s.run()
	return s.Address()
}

// newSelf makes an actor that is known and does not run yet. It returns nil if
// the system is closed.
func (sys *System) newSelf(parent *Self, f Func, options []SpawnOption) *Self {
	s := &Self{cell: cell{sys: sys, parent: parent, f: f, started: time.Now(), done: make(chan struct{})}}
	limit := sys.mailbox
	for _, o := range options {
		switch o := o.(type) {
		case Named:
			s.name = string(o)
		case Mailbox:
			if o > 0 {
				limit = int(o)
			}
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
	if parent.children == nil {
		parent.children = make(map[transport.ActorID]*Self)
	}
	parent.children[s.at.Actor] = s
	parent.mu.Unlock()
	sys.cells.put(s.at.Actor, s)
	return s
}

// run is the life of an actor on its goroutine.
func (s *Self) run() {
	var value any = Faulted{"goexit", "the actor's goroutine ended without a result"}
	defer func() {
		if r := recover(); r != nil {
			value = Faulted{"panic", fmt.Sprint(r)}
			s.Log().Error("actor panicked", "panic", r, "stack", string(debug.Stack()))
		} else if s.box.killed.Load() {
			value = Aborted{}
		}
		s.end(value)
	}()
	value = s.f(s)
}

// end takes leave: of the directory, of the children, of who waits for an
// answer, of the parent.
func (s *Self) end(value any) {
	s.mu.Lock()
	s.ended = true
	if s.force != nil {
		s.force.Stop()
	}
	if s.deadline.IsZero() {
		s.deadline = s.sys.grace()
	}
	deadline, registered := s.deadline, s.registered
	if s.cancel != nil {
		s.cancel(Aborted{})
	}
	s.mu.Unlock()

	rest := s.box.close()
	if registered {
		s.sys.net.Ended(s.at.Actor)
	}
	for _, c := range s.offspring() {
		c.stop(deadline)
	}
	for _, c := range s.offspring() {
		<-c.done
	}

	for t := range s.timers {
		t.clock.Stop()
	}
	for a := s.asks.first; a != nil; a = a.later {
		a.giveUp()
	}
	s.asks.stop()
	for _, it := range rest {
		it.due.Settle()
		if it.counted || !it.due.IsZero() {
			s.sys.undelivered(it.from, s.Address(), it.message, "the actor has ended")
		}
	}
	s.value = value
	s.bequeath()
}

// bequeath makes the result known and forgets the actor.
func (s *Self) bequeath() {
	defer close(s.done)
	if s.parent == nil {
		s.sys.disown(s)
		return
	}
	s.sys.cells.remove(s.at.Actor)
	s.parent.mu.Lock()
	delete(s.parent.children, s.at.Actor)
	s.parent.mu.Unlock()
	if s.then == nil {
		s.parent.box.put(item{message: Returned{s.Address(), s.title(), s.value}})
		return
	}
	e := &ending{then: s.then, value: s.value}
	if err, ok := s.value.(error); ok {
		e.value, e.err = nil, err
	}
	s.parent.box.put(item{message: e})
}

// stop asks the actor to end before deadline, when it is ended by force. Stop
// is put in its mailbox once.
func (c *cell) stop(deadline time.Time) {
	c.mu.Lock()
	sooner := c.deadline.IsZero() || deadline.Before(c.deadline)
	if sooner {
		c.deadline = deadline
	}
	if !c.ended && sooner {
		if c.force != nil {
			c.force.Stop()
		}
		c.force = time.AfterFunc(time.Until(deadline), c.kill)
	}
	ended := c.ended
	again := c.stopped
	c.stopped = true
	if !again && c.cancel != nil {
		c.cancel(Aborted{})
	}
	c.mu.Unlock()
	switch {
	case ended && sooner: // it waits for its children
		for _, child := range c.offspring() {
			child.stop(deadline)
		}
	case !ended && !again:
		c.box.put(item{message: Stop{}})
	}
}

// kill ends the actor, and its children, at their next Input.
func (c *cell) kill() {
	c.sys.log.Warn("actor has not ended in the time after Stop", "actor", c.title(), "address", c.at.String())
	c.box.kill()
	for _, child := range c.offspring() {
		child.stop(time.Now())
	}
}

// offspring returns the children that run.
func (c *cell) offspring() []*Self {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*Self, 0, len(c.children))
	for _, child := range c.children {
		list = append(list, child)
	}
	return list
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
	name := runtime.FuncForPC(reflect.ValueOf(c.f).Pointer()).Name()
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimSuffix(name, "-fm") // a method value
	return strings.NewReplacer("(*", "", ")", "").Replace(name)
}
