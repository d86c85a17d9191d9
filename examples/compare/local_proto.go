package main

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// A protoHousehold is a system of Proto.Actor.
type protoHousehold struct {
	*actor.ActorSystem
	echo, asker *actor.PID
	asked       chan error
	there       atomic.Int64 // of those that were spawned
	last        chan struct{}
}

func newProtoHousehold() (household, error) {
	silence := func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }
	h := &protoHousehold{ActorSystem: actor.NewActorSystem(actor.WithLoggerFactory(silence)), asked: make(chan error, 1), last: make(chan struct{}, 1)}
	h.echo = h.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(Reading); ok {
			c.Respond(c.Message())
		}
	}))
	h.asker = h.Root.Spawn(actor.PropsFromFunc(h.asking()))
	return h, nil
}

func (h *protoHousehold) Close() error {
	h.Shutdown()
	return nil
}

type protoLanes struct {
	root    *actor.RootContext
	tellers []*actor.PID
	over    chan error
}

func (h *protoHousehold) lanes(pairs int) (lanes, error) {
	l := &protoLanes{root: h.Root, over: make(chan error, pairs)}
	for range pairs {
		taken := 0
		to := h.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			switch m := c.Message().(type) {
			case Reading:
				taken++
			case done:
				l.over <- counted(taken, m.n)
				taken = 0
			}
		}))
		l.tellers = append(l.tellers, h.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			if r, ok := c.Message().(run); ok {
				for range r.n {
					c.Send(to, boxed)
				}
				c.Send(to, done(r))
			}
		})))
	}
	return l, nil
}

func (l *protoLanes) run(each int) error {
	for _, p := range l.tellers {
		l.root.Send(p, run{each})
	}
	var all []error
	for range l.tellers {
		all = append(all, <-l.over)
	}
	return errors.Join(all...)
}

func (h *protoHousehold) wait(n int) error {
	for range n {
		m, err := h.Root.RequestFuture(h.echo, boxed, patience).Result()
		if err != nil {
			return err
		}
		if _, ok := m.(Reading); !ok {
			return fmt.Errorf("%T came", m)
		}
	}
	return nil
}

// asking asks so often as it is told, and goes on with each answer.
func (h *protoHousehold) asking() actor.ReceiveFunc {
	left := 0
	return func(c actor.Context) {
		r, ok := c.Message().(run)
		if !ok {
			return
		}
		left = r.n
		var next func(any, error)
		next = func(m any, err error) {
			if _, ok := m.(Reading); !ok && err == nil {
				err = fmt.Errorf("%T came", m)
			}
			if left--; left > 0 && err == nil {
				c.ReenterAfter(c.RequestFuture(h.echo, boxed, patience), next)
				return
			}
			h.asked <- err
		}
		c.ReenterAfter(c.RequestFuture(h.echo, boxed, patience), next)
	}
}

func (h *protoHousehold) call(n int) error {
	h.Root.Send(h.asker, run{n})
	return <-h.asked
}

func (h *protoHousehold) spawn(n int) error {
	h.there.Store(int64(n))
	props := actor.PropsFromFunc(func(c actor.Context) {
		if _, ok := c.Message().(*actor.Started); ok && h.there.Add(-1) == 0 {
			h.last <- struct{}{}
		}
	})
	for range n {
		h.Root.Spawn(props)
	}
	<-h.last
	return nil
}
