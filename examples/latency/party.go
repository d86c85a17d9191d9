package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// beacon is a name that stays published. Words go in order over a link: a
// party that finds the beacon knows that its host-cake has heard all that it
// said before.
const beacon = "beacon"

// A party is a process with one actor, which publishes and subscribes as it is
// told and notes what it is told when.
type party struct {
	system *actor.System
	self   *actor.Self
	leave  func()

	names     []string // published
	events    []event
	begun     int // sessions of those names
	retracted int // names and patterns
	found     bool
}

func newParty(directory string, logger *slog.Logger) (*party, error) {
	system, err := actor.Open(&actor.Options{Directory: directory, Logger: logger})
	if err != nil {
		return nil, err
	}
	p := &party{system: system}
	p.self, p.leave = system.Enter("party")
	return p, nil
}

// logger logs what is so wrong.
func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// warnings logs what is wrong, and no more.
func warnings() *slog.Logger { return logger(slog.LevelWarn) }

func (p *party) close() error {
	p.leave()
	return p.system.Close(context.Background())
}

func (p *party) obey(words []string) (answer, error) {
	switch words[0] {
	case "publish": // a name, and whether it is for the group only
		if len(words) > 2 && words[2] == "group" {
			return answer{}, p.publish(words[1], actor.Group)
		}
		return answer{}, p.publish(words[1])
	case "introduce": // so many names that say when they were published, each after the one before was delivered
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		return answer{}, p.introduce(words[1], n)
	case "crowd": // so many names at once, and last, if there is one, another
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		began, err := p.crowd(words[1], n, words[3:])
		return answer{Times: []int64{began}}, err
	case "subscribe": // to a pattern
		began := time.Now().UnixNano()
		return answer{Times: []int64{began}}, p.self.Subscribe(words[1])
	case "observe": // until so many events are there; then they are forgotten
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		p.until(func() bool { return len(p.events) >= n })
		events := p.events
		p.events = nil
		return answer{Events: events}, nil
	case "await": // so many events of one kind; says when the last came, and forgets them
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		last, err := p.await(words[1], n)
		return answer{Times: []int64{last}}, err
	case "quiet": // nothing was told that nobody has asked for
		if len(p.events) > 0 {
			return answer{}, fmt.Errorf("it was told of %d, the first: %+v", len(p.events), p.events[0])
		}
		return answer{}, nil
	case "unsubscribe":
		before := p.retracted
		p.self.Unsubscribe(words[1])
		p.until(func() bool { return p.retracted > before })
		return answer{}, nil
	case "retract": // all names, or those with a prefix
		p.retract(strings.Join(words[1:], " "))
		return answer{}, nil
	case "heap":
		return answer{Bytes: heap()}, nil
	case "settle": // until host-cake has heard all
		return answer{}, p.settle()
	}
	return answer{}, unknown(words)
}

// until takes messages until what is asked for is so.
func (p *party) until(so func() bool) {
	for !so() {
		p.take(p.self.Input())
	}
}

func (p *party) take(message any) {
	at := time.Now().UnixNano()
	switch m := message.(type) {
	case actor.Available:
		if m.Name == beacon {
			p.found = true
			return
		}
		p.events = append(p.events, event{What: "available", Name: m.Name, At: at})
	case actor.Dropped:
		if m.Pattern != "" && m.Name != beacon {
			p.events = append(p.events, event{What: "dropped", Name: m.Name, At: at, Why: m.Reason})
		}
	case actor.Delivered:
		p.begun++
	case actor.Unpublished, actor.Unsubscribed:
		p.retracted++
	}
}

func (p *party) publish(name string, options ...actor.Option) error {
	p.names = append(p.names, name)
	return p.self.Publish(name, options...)
}

// crowd publishes prefix:000000 and so on, then the names in last, and returns
// when it began.
func (p *party) crowd(prefix string, n int, last []string) (began int64, err error) {
	list := make([]string, n, n+len(last))
	for i := range list {
		list[i] = fmt.Sprintf("%s:%06d", prefix, i)
	}
	list = append(list, last...)
	began = time.Now().UnixNano()
	for _, name := range list {
		if err := p.publish(name); err != nil {
			return 0, err
		}
	}
	return began, nil
}

func (p *party) await(what string, n int) (last int64, err error) {
	p.until(func() bool { return len(p.events) >= n })
	for _, e := range p.events {
		if e.What != what {
			return 0, fmt.Errorf("%s was %s: %s", e.Name, e.What, e.Why)
		}
	}
	if len(p.events) > n {
		return 0, fmt.Errorf("%d were %s", len(p.events), what)
	}
	last = p.events[n-1].At
	p.events = nil
	return last, nil
}

func (p *party) introduce(prefix string, n int) error {
	for range n {
		before := p.begun
		if err := p.publish(fmt.Sprintf("%s:%d", prefix, time.Now().UnixNano())); err != nil {
			return err
		}
		p.until(func() bool { return p.begun > before })
	}
	p.retract(prefix)
	return nil
}

func (p *party) retract(prefix string) {
	want := p.retracted
	p.names = slices.DeleteFunc(p.names, func(name string) bool {
		if !strings.HasPrefix(name, prefix) {
			return false
		}
		p.self.Unpublish(name)
		want++
		return true
	})
	p.until(func() bool { return p.retracted == want })
}

func (p *party) settle() error {
	p.found = false
	if err := p.self.Subscribe(beacon); err != nil {
		return err
	}
	p.until(func() bool { return p.found })
	before := p.retracted
	p.self.Unsubscribe(beacon)
	p.until(func() bool { return p.retracted > before })
	return nil
}
