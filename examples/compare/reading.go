package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A reading is the message that all carry. It takes 64 bytes in memory.
type reading struct {
	ID      uint64
	Sensor  string
	Value   float64
	Error   float64
	Count   int64
	Level   int32
	Good    bool
	Channel uint16
}

// numbered returns the reading that is sent as the one of that number.
func numbered(id uint64) reading {
	return reading{id, "kitchen-window", 21.75, 0.125, -4000, 17, true, 1023}
}

// A source makes readings, one number after the other.
type source struct{ last uint64 }

func (s *source) next() reading {
	s.last++
	return numbered(s.last)
}

// A sink takes the readings of a source and sees that none is missing, changed or
// out of order. Take is called by one goroutine, expect and await by another.
type sink struct {
	last     uint64 // taken
	expected uint64
	want     atomic.Uint64 // what was expected, for the taker
	done     chan time.Time
	wrong    chan error
}

func newSink() *sink { return &sink{done: make(chan time.Time, 1), wrong: make(chan error, 1)} }

// expect says that n more will be sent.
func (s *sink) expect(n int) {
	s.expected += uint64(n)
	s.want.Store(s.expected)
}

func (s *sink) take(r *reading) {
	s.last++
	want := s.want.Load()
	switch {
	case *r != numbered(s.last):
		s.fail(fmt.Errorf("reading %d was to come: %+v came", s.last, *r))
	case s.last == want:
		s.done <- time.Now()
	case s.last > want:
		s.fail(fmt.Errorf("reading %d came, but only %d were sent", s.last, want))
	}
}

// fail notes the first thing that was wrong.
func (s *sink) fail(err error) {
	select {
	case s.wrong <- err:
	default:
	}
}

// await returns when the last that was expected came.
func (s *sink) await() (time.Time, error) {
	clock := time.NewTimer(patience)
	defer clock.Stop()
	select {
	case at := <-s.done:
		return at, nil
	case err := <-s.wrong:
		return time.Time{}, err
	case <-clock.C:
		return time.Time{}, fmt.Errorf("not all of %d readings came within %v: lost", s.expected, patience)
	}
}

// asking asks n questions, each after the answer to the one before, and returns
// how long each took.
func (s *source) asking(n int, ask func(reading) (reading, error)) ([]int64, error) {
	times := make([]int64, n)
	for i := range times {
		question := s.next()
		began := time.Now()
		answer, err := ask(question)
		times[i] = int64(time.Since(began))
		if err == nil && answer != question {
			err = fmt.Errorf("the answer is %+v", answer)
		}
		if err != nil {
			return nil, fmt.Errorf("question %d: %w", question.ID, err)
		}
	}
	return times, nil
}

// A flight keeps questions under way. Who answers answers in order.
type flight struct {
	source *source
	ask    func(reading) error
	left   int    // to be asked
	under  int    // under way
	next   uint64 // number of the answer that comes next
}

// takeOff asks as many as are to be under way at once.
func (s *source) takeOff(n, flying int, ask func(reading) error) (*flight, error) {
	f := &flight{source: s, ask: ask, left: n, next: s.last + 1}
	for range min(n, flying) {
		if err := f.more(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *flight) more() error {
	f.left--
	f.under++
	return f.ask(f.source.next())
}

// answered takes an answer and asks the next question. It reports whether the
// answer was the last.
func (f *flight) answered(r *reading) (last bool, err error) {
	if *r != numbered(f.next) {
		return true, fmt.Errorf("the answer to question %d was to come: %+v came", f.next, *r)
	}
	f.next++
	f.under--
	if f.left > 0 {
		return false, f.more()
	}
	return f.under == 0, nil
}

// land takes answers until the last.
func (f *flight) land(answers <-chan reading) error {
	for r := range answers {
		if last, err := f.answered(&r); last || err != nil {
			return err
		}
	}
	return errClosed
}
