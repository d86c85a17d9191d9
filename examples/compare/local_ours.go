package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/actor"
)

// What the actors of a household are told to do, and say when it is done.
type (
	run  struct{ n int }
	done struct{ n int } // so many were told
)

// An oursHousehold is a system of ours.
type oursHousehold struct {
	system
	echo   actor.Address
	asker  actor.Address
	asked  chan error
	parent *actor.Self // the goroutine that obeys
	leave  func()
	taken  atomic.Int64 // of those that were spawned
	last   chan struct{}
	want   atomic.Int64
}

func newOursHousehold() (household, error) {
	s, err := open(actor.Options{Directory: "none"})
	if err != nil {
		return nil, err
	}
	h := &oursHousehold{system: system{s}, asked: make(chan error, 1), last: make(chan struct{}, 1)}
	h.echo = s.Spawn(func(self *actor.Self) any {
		for m := range self.Messages() {
			if err := self.Reply(m); err != nil {
				return err
			}
		}
		return nil
	})
	h.asker = s.Spawn(h.asking)
	h.parent, h.leave = s.Enter("household")
	return h, nil
}

func (h *oursHousehold) Close() error {
	h.leave()
	return h.system.Close()
}

// oursLanes are pairs of actors.
type oursLanes struct {
	sys     *actor.System
	tellers []actor.Address
	over    chan error
}

func (h *oursHousehold) lanes(pairs int) (lanes, error) {
	l := &oursLanes{sys: h.System, over: make(chan error, pairs)}
	for range pairs {
		to := h.Spawn(func(self *actor.Self) any {
			taken := 0
			for m := range self.Messages() {
				switch m := m.(type) {
				case Reading:
					taken++
				case done:
					l.over <- counted(taken, m.n)
					taken = 0
				}
			}
			return nil
		})
		l.tellers = append(l.tellers, h.Spawn(func(self *actor.Self) any {
			for m := range self.Messages() {
				r, ok := m.(run)
				if !ok {
					l.over <- fmt.Errorf("%T came: %+v", m, m)
				}
				if err := tell(self, to, r.n); err != nil {
					l.over <- err
				}
			}
			return nil
		}))
	}
	return l, nil
}

// tell tells so many, and how many they were. Where there is no room it waits.
func tell(self *actor.Self, to actor.Address, n int) error {
	for range n {
		err := self.Send(to, boxed)
		if errors.Is(err, actor.ErrOverloaded) {
			err = self.SendWait(self.Context(), to, boxed)
		}
		if err != nil {
			return err
		}
	}
	return self.SendWait(self.Context(), to, done{n})
}

// counted compares how many were taken with how many were told.
func counted(taken, told int) error {
	if taken != told {
		return fmt.Errorf("%d were told, %d taken", told, taken)
	}
	return nil
}

func (l *oursLanes) run(each int) error {
	for _, a := range l.tellers {
		if err := l.sys.Send(a, run{each}); err != nil {
			return err
		}
	}
	var all []error
	for range l.tellers {
		all = append(all, <-l.over)
	}
	return errors.Join(all...)
}

func (h *oursHousehold) wait(n int) error {
	ctx := context.Background()
	for range n {
		if _, err := actor.Ask[Reading](ctx, h.System, h.echo, boxed); err != nil {
			return err
		}
	}
	return nil
}

// asking asks so often as it is told.
func (h *oursHousehold) asking(self *actor.Self) any {
	left := 0
	var next func(Reading, error)
	then := actor.Then(func(r Reading, err error) { next(r, err) })
	next = func(_ Reading, err error) {
		if left--; left > 0 && err == nil {
			self.Ask(h.echo, boxed, then)
			return
		}
		h.asked <- err
	}
	for m := range self.Messages() {
		left = m.(run).n
		self.Ask(h.echo, boxed, then)
	}
	return nil
}

func (h *oursHousehold) call(n int) error {
	if err := h.Send(h.asker, run{n}); err != nil {
		return err
	}
	return <-h.asked
}

// spawn has each count itself when it is there.
func (h *oursHousehold) spawn(n int) error {
	h.expect(n)
	for range n {
		h.parent.Spawn(h.idler)
	}
	<-h.last
	return nil
}

// expect makes last say when so many have counted.
func (h *oursHousehold) expect(n int) {
	h.taken.Store(0)
	h.want.Store(int64(n))
}

func (h *oursHousehold) count() {
	if h.taken.Add(1) == h.want.Load() {
		h.last <- struct{}{}
	}
}

// idler counts itself, and then each message, as a state.
func (h *oursHousehold) idler(self *actor.Self) any {
	h.count()
	return actor.State(h.idle)
}

func (h *oursHousehold) idle(self *actor.Self, message any) actor.State {
	if _, ok := message.(Reading); !ok {
		return nil
	}
	h.count()
	return self.Stay()
}

func (h *oursHousehold) rouse() error {
	n := 0
	for range h.parent.Children() {
		n++
	}
	h.expect(n)
	for a := range h.parent.Children() {
		if err := h.Send(a, boxed); err != nil {
			return err
		}
	}
	<-h.last
	return nil
}
