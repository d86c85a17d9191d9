package main

import (
	"errors"
	"sync"
)

// mailbox is how many messages may wait in a channel: as many as in a mailbox of ours.
const mailbox = 65536

// A channelHousehold is goroutines, each of which takes from a channel.
type channelHousehold struct {
	closing []func()
	echo    chan question
}

// A question has room for its answer.
type question struct {
	message any
	answer  chan any
}

func newChannelHousehold() (household, error) {
	h := &channelHousehold{echo: make(chan question, mailbox)}
	h.closing = append(h.closing, func() { close(h.echo) })
	go func() {
		for q := range h.echo {
			q.answer <- q.message
		}
	}()
	return h, nil
}

func (h *channelHousehold) Close() error {
	for _, f := range h.closing {
		f()
	}
	return nil
}

type channelLanes struct {
	runs []chan run
	over chan error
}

func (h *channelHousehold) lanes(pairs int) (lanes, error) {
	l := &channelLanes{over: make(chan error, pairs)}
	for range pairs {
		to, runs := make(chan any, mailbox), make(chan run)
		go func() {
			taken := 0
			for m := range to {
				switch m := m.(type) {
				case Reading:
					taken++
				case done:
					l.over <- counted(taken, m.n)
					taken = 0
				}
			}
		}()
		go func() {
			defer close(to)
			for r := range runs {
				for range r.n {
					to <- boxed
				}
				to <- done(r)
			}
		}()
		l.runs = append(l.runs, runs)
		h.closing = append(h.closing, func() { close(runs) })
	}
	return l, nil
}

func (l *channelLanes) run(each int) error {
	for _, c := range l.runs {
		c <- run{each}
	}
	var all []error
	for range l.runs {
		all = append(all, <-l.over)
	}
	return errors.Join(all...)
}

func (h *channelHousehold) wait(n int) error {
	for range n {
		q := question{boxed, make(chan any, 1)}
		h.echo <- q
		if _, ok := (<-q.answer).(Reading); !ok {
			return errors.New("the answer is something else")
		}
	}
	return nil
}

// spawn begins goroutines, each with a channel of one place.
func (h *channelHousehold) spawn(n int) error {
	var there sync.WaitGroup
	there.Add(n)
	all := make([]chan any, n)
	for i := range all {
		c := make(chan any, 1)
		all[i] = c
		go func() {
			there.Done()
			for range c {
			}
		}()
	}
	there.Wait()
	h.closing = append(h.closing, func() {
		for _, c := range all {
			close(c)
		}
	})
	return nil
}
