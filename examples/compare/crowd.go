package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

const (
	// crowdSize is how many sessions share a link: one asks, the others send as fast
	// as they may.
	crowdSize = 64
	// crowdTurn is how many questions are asked in the session, and then over raw
	// TCP, by turns.
	crowdTurn = 10
)

func crowdName(i int) string { return fmt.Sprintf("crowd-%d", i) }

// A crowdFar answers in its sessions, and over raw TCP in the same process.
type crowdFar struct {
	system
	taken [crowdSize]*sink
	pong  located
}

func newCrowdFar(at string) (io.Closer, error) {
	s, err := open(actor.Options{Directory: at})
	if err != nil {
		return nil, err
	}
	c := &crowdFar{system: system{s}}
	for i := range c.taken {
		c.taken[i] = newSink()
		c.taken[i].expect(math.MaxInt) // until they are told to stop
		s.Spawn(answering[Reading, Question](crowdName(i), c.taken[i]))
	}
	c.pong, err = newPong("")
	return c, err
}

func (c *crowdFar) address() string { return c.pong.address() }

func (c *crowdFar) obey(words []string) (answer, error) {
	if words[0] != "check" {
		return answer{}, errUnknown
	}
	for i, s := range c.taken {
		select {
		case err := <-s.wrong:
			return answer{}, fmt.Errorf("session %d: %w", i, err)
		default:
		}
	}
	return answer{}, nil
}

// A crowdNear has as many subscribers, the first of which asks.
type crowdNear struct {
	system
	members   [crowdSize]*subscriber
	sources   [crowdSize]source
	questions source
	raw       *ping
}

// newCrowdNear connects to the directory and to the far end's raw TCP.
func newCrowdNear(at string) (io.Closer, error) {
	directory, pong, _ := strings.Cut(at, ",")
	s, err := open(actor.Options{Directory: directory})
	if err != nil {
		return nil, err
	}
	c := &crowdNear{system: system{s}}
	for i := range c.members {
		c.members[i] = subscribe(s, crowdName(i))
	}
	end, err := newPing(pong)
	if err != nil {
		return nil, err
	}
	c.raw = end.(*ping)
	return c, nil
}

func (c *crowdNear) obey(words []string) (answer, error) {
	if words[0] != "crowd" {
		return answer{}, errUnknown
	}
	n, err := numbers(words[1:])
	if err != nil {
		return answer{}, err
	}
	return c.measure(n[0], time.Duration(n[1])*time.Millisecond)
}

// measure asks n questions in the first session, and n over raw TCP, or as many as
// there is time for, while the other sessions are busy. Count is what these carried,
// in readings a second.
func (c *crowdNear) measure(n int, limit time.Duration) (a answer, err error) {
	var stop atomic.Bool
	done := make(chan error, crowdSize)
	before := c.sent()
	began := time.Now()
	for i := 1; i < crowdSize; i++ {
		go func() { done <- c.members[i].do(c.flood(i, &stop)) }()
	}
	for first := true; first || err == nil && len(a.Times) < n && (len(a.Times) == 0 || time.Since(began) < limit); first = false {
		var asked, pinged []int64
		if asked, err = c.ask(crowdTurn); err == nil {
			pinged, err = c.raw.ask(crowdTurn)
		}
		if !first { // that was to warm up
			a.Times, a.Other = append(a.Times, asked...), append(a.Other, pinged...)
		}
	}
	stop.Store(true)
	took := time.Since(began)
	for range crowdSize - 1 {
		if e := <-done; err == nil {
			err = e
		}
	}
	a.Count = int64(float64(c.sent()-before) / took.Seconds())
	return a, err
}

// flood sends until it is time to stop, and then sees that all was taken.
func (c *crowdNear) flood(i int, stop *atomic.Bool) func(*actor.Self, actor.Address) error {
	return func(self *actor.Self, to actor.Address) error {
		for !stop.Load() {
			if err := self.SendWait(self.Context(), to, Reading(c.sources[i].next())); err != nil {
				return err
			}
		}
		got, err := actor.Ask[count](context.Background(), self, to, count{})
		if err == nil && got.Taken != c.sources[i].last {
			err = fmt.Errorf("session %d: %d readings were sent, %d taken", i, c.sources[i].last, got.Taken)
		}
		return err
	}
}

func (c *crowdNear) ask(n int) (times []int64, err error) {
	err = c.members[0].do(func(self *actor.Self, to actor.Address) (err error) {
		times, err = c.questions.asking(n, func(r reading) (reading, error) {
			answer, err := actor.Ask[Question](context.Background(), self, to, Question(r))
			return reading(answer), err
		})
		return err
	})
	return times, err
}

// sent is how much all have sent. It is asked when they are at rest.
func (c *crowdNear) sent() (n uint64) {
	for i := range c.sources {
		n += c.sources[i].last
	}
	return n
}
