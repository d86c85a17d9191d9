package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/asynkron/protoactor-go/remote"

	"github.com/layer-cake/layer-cake/examples/compare/protoreading"
)

// protoName is the name of the actor at the far end.
const protoName = "far"

func toProto(r *reading) *protoreading.Reading {
	return &protoreading.Reading{Id: r.ID, Sensor: r.Sensor, Value: r.Value, Error: r.Error,
		Count: r.Count, Level: r.Level, Good: r.Good, Channel: uint32(r.Channel)}
}

func fromProto(m *protoreading.Reading) reading {
	return reading{m.Id, m.Sensor, m.Value, m.Error, m.Count, m.Level, m.Good, uint16(m.Channel)}
}

// A protoSystem is a system of Proto.Actor that others reach.
type protoSystem struct {
	*actor.ActorSystem
	remote *remote.Remote
}

func openProto() *protoSystem {
	// It logs an error when the other end leaves; what is lost shows without.
	silence := func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }
	s := actor.NewActorSystem(actor.WithLoggerFactory(silence))
	r := remote.NewRemote(s, remote.Configure("127.0.0.1", 0))
	r.Start()
	return &protoSystem{s, r}
}

func (s *protoSystem) Close() error {
	s.remote.Shutdown(false)
	return nil
}

type protoFar struct {
	*protoSystem
	taken *sink
}

func newProtoFar(string) (located, error) {
	f := &protoFar{openProto(), newSink()}
	_, err := f.Root.SpawnNamed(actor.PropsFromFunc(f.receive), protoName)
	return f, err
}

func (f *protoFar) receive(c actor.Context) {
	m, ok := c.Message().(*protoreading.Reading)
	switch {
	case !ok: // started, stopped
	case c.Sender() != nil:
		c.Respond(m)
	default:
		r := fromProto(m)
		f.taken.take(&r)
	}
}

func (f *protoFar) address() string { return f.Address() }
func (f *protoFar) sink() *sink     { return f.taken }

type protoNear struct {
	*protoSystem
	to                  *actor.PID
	readings, questions source
}

func newProtoNear(at string) (io.Closer, error) {
	return &protoNear{protoSystem: openProto(), to: actor.NewPID(at, protoName)}, nil
}

func (p *protoNear) ask(n int) ([]int64, error) {
	return p.questions.asking(n, func(r reading) (reading, error) {
		m, err := p.Root.RequestFuture(p.to, toProto(&r), patience).Result()
		if err != nil {
			return r, err
		}
		answer, ok := m.(*protoreading.Reading)
		if !ok {
			return r, fmt.Errorf("%T came", m)
		}
		return fromProto(answer), nil
	})
}

func (p *protoNear) send(n int) error {
	for range n {
		r := p.readings.next()
		p.Root.Send(p.to, toProto(&r))
	}
	return nil
}

// fly asks from an actor, which needs no future for each.
func (p *protoNear) fly(n, flying int) error {
	landed := make(chan error, 1)
	var f *flight
	props := actor.PropsFromFunc(func(c actor.Context) {
		var last bool
		var err error
		switch m := c.Message().(type) {
		case *actor.Started:
			f, err = p.questions.takeOff(n, flying, func(r reading) error { c.Request(p.to, toProto(&r)); return nil })
		case *protoreading.Reading:
			r := fromProto(m)
			last, err = f.answered(&r)
		}
		if last || err != nil {
			landed <- err
			c.Stop(c.Self())
		}
	})
	p.Root.Spawn(props)
	return <-landed
}
