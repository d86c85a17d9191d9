package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

const (
	parties = 2
	kinds   = 4
)

// A kind says what becomes of a slot's session when it is its turn.
type kind int

const (
	publicationRenewed  kind = iota // the publication is taken back, another name is published
	subscriptionRenewed             // the subscription is taken back and made again
	publisherRenewed                // the publisher ends, another actor takes its place
	subscriberRenewed               // so does the subscriber
)

func (k kind) String() string {
	return [...]string{"publication renewed", "subscription renewed", "publisher renewed", "subscriber renewed"}[k]
}

// A slot has one session at a time, between the two parties. The even ones are
// published by the first party, the others by the second.
type slot int

func (s slot) kind() kind { return kind(int(s) / parties % kinds) }

// publisher is the party that publishes.
func (s slot) publisher() int { return int(s) % parties }

// turner is the party whose turn it is to end the session.
func (s slot) turner() int {
	if k := s.kind(); k == publicationRenewed || k == publisherRenewed {
		return s.publisher()
	}
	return 1 - s.publisher()
}

// A party is a process with an actor for each slot, and a pacer that has them renew
// their sessions.
type party struct {
	number  int
	rate    int // turns a second
	system  *actor.System
	ledger  *ledger
	tally   tally
	epoch   atomic.Int64  // odd while connections are cut
	keys    atomic.Uint64 // of ends of sessions
	quit    chan struct{}
	failure chan error // has one if an actor cannot go on
	pacing  sync.WaitGroup

	mu      sync.Mutex
	resting bool            // guarded by mu; nothing is renewed
	actors  []actor.Address // guarded by mu; by slot
	live    []bool          // guarded by mu; the slot has its session, and no other
	waits   int             // guarded by mu; slots that have not
}

// newParty has a directory's address, the party's number, the turns a second of both
// parties, and the number of slots.
func newParty(args []string) (*party, error) {
	var numbers [3]int
	for i := range numbers {
		n, err := strconv.Atoi(args[i+1])
		if err != nil {
			return nil, err
		}
		numbers[i] = n
	}
	system, err := actor.Open(&actor.Options{
		Directory: args[0], LANAddress: "127.0.0.1:0", Types: types, Logger: errorsOnly(), Grace: time.Second,
		Heartbeat: heartbeat, AskTimeout: patience / 3,
	})
	if err != nil {
		return nil, err
	}
	slots := numbers[2]
	p := &party{
		number:  numbers[0],
		rate:    numbers[1],
		system:  system,
		ledger:  newLedger(),
		quit:    make(chan struct{}),
		failure: make(chan error, 1),
		actors:  make([]actor.Address, slots),
		live:    make([]bool, slots),
		waits:   slots,
	}
	for i := range slots {
		p.fill(slot(i), 0)
	}
	p.pacing.Go(p.pace)
	return p, nil
}

// fill spawns the actor of a slot. It names nothing that an earlier one of the slot
// has named, up to n.
func (p *party) fill(s slot, n int) {
	e := &end{party: p, slot: s, n: n}
	f := e.subscribe
	if s.publisher() == p.number {
		f = e.publish
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.actors[s] = p.system.Spawn(f)
}

// has notes whether a slot has its session, and no other.
func (p *party) has(s slot, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.live[s] == live:
		return
	case live:
		p.waits--
	default:
		p.waits++
	}
	p.live[s] = live
}

// step is how often the pacer looks what is due.
const step = 5 * time.Millisecond

// pace lets the slots have their turns, one after the other, at the rate that is
// asked for. A slot that has no session yet is left out.
func (p *party) pace() {
	tick := time.NewTicker(step)
	defer tick.Stop()
	due, next, last := 0.0, 0, time.Now()
	for {
		select {
		case <-p.quit:
			return
		case now := <-tick.C:
			due = min(due+float64(p.rate)*now.Sub(last).Seconds(), float64(p.rate)/2) // what is missed is missed
			last = now
		}
		p.mu.Lock()
		if p.resting {
			due = 0
		}
		for range p.actors {
			if due < 1 {
				break
			}
			s := slot(next)
			next = (next + 1) % len(p.actors)
			if s.turner() == p.number && p.live[s] && p.system.Send(p.actors[s], turn{}) == nil {
				due--
			}
		}
		p.mu.Unlock()
	}
}

// obey does what a command says.
//
//	rest | go          renew nothing, or go on
//	settled            which slots have not one session
//	epoch N
//	cut                every connection
//	tell               what the ledger has, and the counts
//	sample
func (p *party) obey(words []string) (answer, error) {
	switch words[0] {
	case "rest", "go":
		p.mu.Lock()
		p.resting = words[0] == "rest"
		p.mu.Unlock()
		return answer{}, p.failed()
	case "settled":
		p.mu.Lock()
		defer p.mu.Unlock()
		return answer{Text: p.waiting()}, p.failed()
	case "epoch":
		n, err := strconv.ParseInt(words[1], 10, 64)
		p.epoch.Store(n)
		return answer{}, err
	case "cut":
		n, err := cutAll()
		if err == nil && n == 0 {
			err = errors.New("there was no connection to cut")
		}
		return answer{}, err
	case "tell":
		entries, bares := p.ledger.tell()
		return answer{Entries: entries, Bares: bares, Counts: p.tally.counts()}, p.failed()
	case "sample":
		s, err := takeSample()
		return answer{Sample: s}, err
	}
	return answer{}, errors.New("the command is unknown")
}

// waiting says which slots have not one session; empty: all have. The mutex is held.
func (p *party) waiting() string {
	if p.waits == 0 {
		return ""
	}
	var list []string
	for i, live := range p.live {
		if s := slot(i); !live && len(list) < 5 {
			list = append(list, fmt.Sprintf("%d (%v)", s, s.kind()))
		}
	}
	return fmt.Sprintf("%d, such as slot %s", p.waits, strings.Join(list, ", "))
}

// failed returns what made the system useless, if something has.
func (p *party) failed() error {
	select {
	case err := <-p.system.Fatal():
		return fmt.Errorf("the directory fails: %w", err)
	case err := <-p.failure:
		return err
	default:
		return nil
	}
}

func (p *party) close() error {
	close(p.quit)
	p.pacing.Wait()
	return p.system.Close(context.Background())
}
