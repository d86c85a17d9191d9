package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/layer-cake/layer-cake/actor"
)

// oursName is what the far end publishes.
const oursName = "compare"

// The types of ours: a question is answered, a reading is not. By reflection, and
// by hand.
type (
	Reading      reading
	Question     reading
	HandReading  reading
	HandQuestion reading
)

type message interface {
	Reading | Question | HandReading | HandQuestion
}

func (r HandReading) MarshalMsg(b []byte) ([]byte, error)    { return (*reading)(&r).MarshalMsg(b) }
func (r *HandReading) UnmarshalMsg(b []byte) ([]byte, error) { return (*reading)(r).UnmarshalMsg(b) }

func (r HandQuestion) MarshalMsg(b []byte) ([]byte, error)    { return (*reading)(&r).MarshalMsg(b) }
func (r *HandQuestion) UnmarshalMsg(b []byte) ([]byte, error) { return (*reading)(r).UnmarshalMsg(b) }

// A count asks a far end how many readings it has taken, and is the answer.
type count struct{ Taken uint64 }

func open(o actor.Options) (*actor.System, error) {
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Types = actor.Types{actor.Type[Reading]("reading"), actor.Type[Question]("question"),
		actor.Type[HandReading]("hand-reading"), actor.Type[HandQuestion]("hand-question"), actor.Type[count]("count")}
	return actor.Open(&o)
}

// A system of ours, closed with all that is in it.
type system struct{ *actor.System }

func (s system) Close() error { return s.System.Close(context.Background()) }

// A directory is what host-cake is, on any port.
type directory struct{ system }

func newDirectory() (located, error) {
	s, err := open(actor.Options{Scope: actor.Host, Directory: "none", Listen: "127.0.0.1:0", Executable: "host-cake"})
	return directory{system{s}}, err
}

func (d directory) address() string { return d.DirectoryAddress() }

func newOursFar(at string) (located, error)     { return publishOurs[Reading, Question](at) }
func newOursHandFar(at string) (located, error) { return publishOurs[HandReading, HandQuestion](at) }

type oursFar struct {
	system
	taken *sink
}

func publishOurs[R, Q message](at string) (located, error) {
	s, err := open(actor.Options{Directory: at})
	if err != nil {
		return nil, err
	}
	f := &oursFar{system{s}, newSink()}
	s.Spawn(answering[R, Q](oursName, f.taken))
	return f, nil
}

// answering publishes a name, answers questions, and takes readings.
func answering[R, Q message](name string, taken *sink) actor.Func {
	return func(self *actor.Self) any {
		if err := self.Publish(name); err != nil {
			taken.fail(err)
			return err
		}
		for m := range self.Messages() {
			switch m := m.(type) {
			case R:
				r := reading(m)
				taken.take(&r)
			case Q:
				if err := self.Reply(m); err != nil {
					taken.fail(err)
				}
			case count:
				self.Reply(count{taken.last})
			case actor.Dropped, actor.Undelivered, actor.Unknown:
				taken.fail(fmt.Errorf("%T came: %+v", m, m))
			}
		}
		return actor.Aborted{}
	}
}

func (f *oursFar) address() string { return "" }
func (f *oursFar) sink() *sink     { return f.taken }

func newOursNear(at string) (io.Closer, error) { return subscribeOurs[Reading, Question](at) }
func newOursHandNear(at string) (io.Closer, error) {
	return subscribeOurs[HandReading, HandQuestion](at)
}

// The near end is an actor that has a session and is told what to do in it.
type oursNear[R, Q message] struct {
	system
	*subscriber
	readings, questions source
}

func subscribeOurs[R, Q message](at string) (io.Closer, error) {
	s, err := open(actor.Options{Directory: at})
	if err != nil {
		return nil, err
	}
	return &oursNear[R, Q]{system: system{s}, subscriber: subscribe(s, oursName)}, nil
}

func (o *oursNear[R, Q]) ask(n int) (times []int64, err error) {
	err = o.do(func(self *actor.Self, to actor.Address) (err error) {
		times, err = o.questions.asking(n, func(r reading) (reading, error) {
			answer, err := actor.Ask[Q](context.Background(), self, to, Q(r))
			return reading(answer), err
		})
		return err
	})
	return times, err
}

// over tells the actor itself that a flight has landed, in a callback.
type over struct{ err error }

func (o *oursNear[R, Q]) fly(n, flying int) error {
	return o.do(func(self *actor.Self, to actor.Address) error {
		var f *flight
		answered := actor.Then(func(q Q, err error) {
			r, last := reading(q), true
			if err == nil {
				last, err = f.answered(&r)
			}
			if last || err != nil {
				self.Send(self.Address(), over{err})
			}
		})
		var err error
		f, err = o.questions.takeOff(n, flying, func(r reading) error {
			self.Ask(to, Q(r), answered)
			return nil
		})
		if err != nil {
			return err
		}
		switch m := self.Input().(type) {
		case over:
			return m.err
		default:
			return fmt.Errorf("%T came: %+v", m, m)
		}
	})
}

func (o *oursNear[R, Q]) send(n int) error {
	return o.do(func(self *actor.Self, to actor.Address) error {
		for range n {
			if err := self.SendWait(self.Context(), to, R(o.readings.next())); err != nil {
				return err
			}
		}
		return nil
	})
}
