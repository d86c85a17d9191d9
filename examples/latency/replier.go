package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// upgraded is the name that is asked for.
const upgraded = "upgraded"

// What goes between an asker and its repliers.
type (
	question struct{ Number int }
	// reply says who was asked, and in which session, of all that it has had; zero
	// if it was in none.
	reply struct {
		From            actor.Address
		Session, Number int
	}
	// used tells the near replier that the far one is asked now.
	used struct{}
)

func questionTypes() actor.Types {
	return actor.Types{
		actor.Type[question]("latency.question"),
		actor.Type[reply]("latency.reply"),
		actor.Type[used]("latency.used"),
	}
}

// A replier is a process whose actor answers questions, and may come and go.
type replier struct {
	system *actor.System
	actor  actor.Address
}

func newReplier(directory string) (*replier, error) {
	system, err := actor.Open(&actor.Options{Directory: directory, Types: questionTypes(), Logger: warnings()})
	if err != nil {
		return nil, err
	}
	return &replier{system, system.Spawn((&replying{}).run)}, nil
}

func (r *replier) close() error { return r.system.Close(context.Background()) }

// Commands to its actor.
type (
	stay      struct{}
	comeAndGo struct{ times int }
	counting  struct{}
	ready     struct {
		took    time.Duration
		replies int // count: so many it has sent
	}
)

func (r *replier) obey(words []string) (answer, error) {
	var command any
	switch words[0] {
	case "publish":
		command = stay{}
	case "come-and-go": // so often; says how long it took
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		command = comeAndGo{n}
	case "count":
		command = counting{}
	default:
		return answer{}, unknown(words)
	}
	done, err := actor.Ask[ready](context.Background(), r.system, r.actor, command)
	return answer{Times: []int64{int64(done.took)}, Count: done.replies}, err
}

// Replying is the actor.
type replying struct {
	self     *actor.Self
	sessions int // that it has had; one at a time, there is one asker
	open     bool
	replied  int // while the name was published this time
	replies  int // ever
	gone     bool
	used     bool
}

func (r *replying) run(self *actor.Self) any {
	r.self = self
	for {
		m := self.Input()
		who := self.Sender()
		var err error
		switch m := m.(type) {
		case actor.Stop:
			return actor.Aborted{}
		case stay:
			if err = self.Publish(upgraded); err == nil {
				err = self.Send(who, ready{})
			}
		case counting:
			err = self.Send(who, ready{replies: r.replies})
		case comeAndGo:
			began := time.Now()
			if err = r.comeAndGo(m.times); err == nil {
				err = self.Send(who, ready{took: time.Since(began)})
			} else {
				self.Send(who, err)
			}
		default:
			err = r.take(m)
		}
		if err != nil {
			self.Log().Error("replier", "err", err)
			return err
		}
	}
}

// comeAndGo publishes the name, for its group, and takes it back when it has
// answered in a session and while more is asked. It stays away until another is
// asked.
func (r *replying) comeAndGo(times int) error {
	for range times {
		r.replied, r.gone, r.used = 0, false, false
		if err := r.self.Publish(upgraded, actor.Group); err != nil {
			return err
		}
		for r.replied == 0 {
			if err := r.take(r.self.Input()); err != nil {
				return err
			}
		}
		r.self.Unpublish(upgraded)
		for !r.gone || !r.used {
			if err := r.take(r.self.Input()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *replying) take(m any) error {
	switch m := m.(type) {
	case question:
		in := 0
		if r.open {
			in = r.sessions
		}
		r.replied++
		r.replies++
		return r.self.Reply(reply{r.self.Address(), in, m.Number})
	case actor.Delivered:
		if r.open {
			return fmt.Errorf("delivered again: %v", m)
		}
		r.sessions++
		r.open = true
	case actor.Dropped:
		if !r.open {
			return fmt.Errorf("dropped again: %v", m)
		}
		r.open = false
	case actor.Unpublished:
		r.gone = true
	case used:
		r.used = true
	case actor.Stop:
		return actor.Aborted{}
	}
	return nil
}
