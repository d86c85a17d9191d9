package actor

import (
	"iter"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

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

// offspring returns the children that run.
func (c *cell) offspring() []*Self {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.children.all()
}
