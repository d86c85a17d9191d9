package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
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

func newParty(directory string) (*party, error) {
	system, err := actor.Open(&actor.Options{
		Directory: directory,
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return nil, err
	}
	p := &party{system: system}
	p.self, p.leave = system.Enter("party")
	return p, nil
}

func (p *party) close() error {
	p.leave()
	return p.system.Close(context.Background())
}

func (p *party) obey(words []string) (answer, error) {
	switch words[0] {
	case "publish": // a name
		return answer{}, p.publish(words[1])
	case "introduce": // so many names that say when they were published, each after the one before was delivered
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		return answer{}, p.introduce(words[1], n)
	case "crowd": // so many names at once
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		began := time.Now().UnixNano()
		for i := range n {
			if err := p.publish(fmt.Sprintf("%s:%d", words[1], i)); err != nil {
				return answer{}, err
			}
		}
		return answer{Times: []int64{began}}, nil
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
	case "unsubscribe":
		before := p.retracted
		p.self.Unsubscribe(words[1])
		p.until(func() bool { return p.retracted > before })
		return answer{}, nil
	case "retract": // all names
		p.retract()
		return answer{}, nil
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
		p.events = append(p.events, event{"available", m.Name, at})
	case actor.Dropped:
		if m.Pattern != "" && m.Name != beacon {
			p.events = append(p.events, event{"dropped", m.Name, at})
		}
	case actor.Delivered:
		p.begun++
	case actor.Unpublished, actor.Unsubscribed:
		p.retracted++
	}
}

func (p *party) publish(name string) error {
	p.names = append(p.names, name)
	return p.self.Publish(name)
}

func (p *party) introduce(prefix string, n int) error {
	for range n {
		before := p.begun
		if err := p.publish(fmt.Sprintf("%s:%d", prefix, time.Now().UnixNano())); err != nil {
			return err
		}
		p.until(func() bool { return p.begun > before })
	}
	p.retract()
	return nil
}

func (p *party) retract() {
	want := p.retracted + len(p.names)
	for _, name := range p.names {
		p.self.Unpublish(name)
	}
	p.names = nil
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
