package main

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// An entry is what one process has to say of what one end of a session sent, since it
// last said something of it.
type entry struct {
	Key  uint64
	Kind string `json:",omitempty"` // what the session is, says who sent
	Sent int64  `json:",omitempty"` // accepted, says who sent
	Got  int64  `json:",omitempty"` // arrived, says who received
	Back int64  `json:",omitempty"` // came back, says who sent
	Over bool   `json:",omitempty"` // nothing more will be sent
	Cut  bool   `json:",omitempty"` // connections were cut meanwhile
}

// Bare says that something came back without itself: it was sent by one of these ends.
type bare []uint64

// A ledger is what a process has still to say.
type ledger struct {
	mu      sync.Mutex
	entries map[uint64]entry // guarded by mu
	bares   []bare           // guarded by mu
}

func (l *ledger) bare(keys []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bares = append(l.bares, keys)
}

func newLedger() *ledger { return &ledger{entries: make(map[uint64]entry)} }

func (l *ledger) add(e entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := l.entries[e.Key]
	sum.join(e)
	l.entries[e.Key] = sum
}

func (e *entry) join(other entry) {
	e.Key = other.Key
	e.Kind = cmp.Or(e.Kind, other.Kind)
	e.Sent += other.Sent
	e.Got += other.Got
	e.Back += other.Back
	e.Over = e.Over || other.Over
	e.Cut = e.Cut || other.Cut
}

// tell returns what was not said yet.
func (l *ledger) tell() ([]entry, []bare) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Collect(maps.Values(l.entries))
	l.entries = make(map[uint64]entry)
	bares := l.bares
	l.bares = nil
	return list, bares
}

// An account is what all processes said.
type account struct {
	open  map[uint64]entry     // what does not come out even, or goes on
	since map[uint64]time.Time // of these, when they were first heard of
	total entry                // of what was closed
	bares []bare               // of which it is not known yet what they are of
}

func newAccount() *account {
	return &account{open: make(map[uint64]entry), since: make(map[uint64]time.Time)}
}

// flight is how long a message may be under way, on a machine that has much else to do.
const flight = 3 * time.Second

// cut notes that connections are about to be cut: what is under way now may be lost,
// though its session is over already. What has been missing for longer is not.
func (a *account) cut(now time.Time) {
	for key, e := range a.open {
		if e.missing() > 0 && now.Sub(a.since[key]) < flight {
			e.Cut = true
			a.open[key] = e
		}
	}
}

// take notes what a process said. What is over and comes out even is closed.
func (a *account) take(list []entry, now time.Time) {
	for _, e := range list {
		sum, ok := a.open[e.Key]
		if !ok {
			a.since[e.Key] = now
		}
		sum.join(e)
		a.open[e.Key] = sum
		if sum.Over && sum.missing() == 0 {
			a.total.join(sum)
			delete(a.open, e.Key)
			delete(a.since, e.Key)
		}
	}
}

// resolve looks for what came back without itself among what is missing now, when
// nothing is under way any more.
func (a *account) resolve(now time.Time) {
	var rest []bare
	for _, keys := range a.bares {
		i := slices.IndexFunc(keys, func(key uint64) bool { e := a.open[key]; return e.missing() > 0 })
		if i < 0 {
			rest = append(rest, keys)
			continue
		}
		a.take([]entry{{Key: keys[i], Back: 1}}, now)
	}
	a.bares = rest
}

// missing is how many messages were sent and neither arrived nor came back. It is
// negative if more arrived than were sent.
func (e entry) missing() int64 { return e.Sent - e.Got - e.Back }

// even reports whether nothing is missing but what was cut.
func (a *account) even() bool {
	_, unexplained := a.missing()
	return unexplained == 0
}

// missing returns how many messages were lost with links that were cut, and of how
// many nobody knows where they are, or why they came.
func (a *account) missing() (cut, unexplained int64) {
	for _, e := range a.open {
		switch n := e.missing(); {
		case n > 0 && e.Cut:
			cut += n
		case n > 0:
			unexplained += n
		default:
			unexplained -= n
		}
	}
	return cut, unexplained + int64(len(a.bares))
}

// examples returns some of what nobody can explain.
func (a *account) examples() (list []entry) {
	for _, e := range a.open {
		if n := e.missing(); n < 0 || n > 0 && !e.Cut {
			if list = append(list, e); len(list) == 5 {
				break
			}
		}
	}
	return list
}

// sum is all that was said.
func (a *account) sum() entry {
	sum := a.total
	for _, e := range a.open {
		sum.join(e)
	}
	return sum
}
