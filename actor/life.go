package actor

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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

// An ending is a Returned that goes to a callback.
type ending struct {
	then  func(value any, err error)
	child Address
	value any
	err   error
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
		stack := panicStack()
		if checks := s.sys.checks; checks != nil {
			checks.Panicked(s.describe(), panicked, stack)
		}
		s.Log().Error("actor panicked", "panic", panicked, "stack", string(stack))
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
