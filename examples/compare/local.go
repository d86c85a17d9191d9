package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"
)

// A local contender has actors in one process, or what stands for them.
type local struct {
	name, what string
	open       func() (household, error)
}

// A household is what a local contender has in its process. What it can besides, it
// implements.
type household interface {
	// lanes makes so many pairs of one who tells and one who is told.
	lanes(pairs int) (lanes, error)
	io.Closer
}

// Lanes carry so many messages each, all at once, and return when all were taken.
type lanes interface{ run(each int) error }

// A waiter asks questions one after the other, from a goroutine that waits.
type waiter interface{ wait(n int) error }

// A caller asks questions one after the other, by callback in an actor.
type caller interface{ call(n int) error }

// A spawner begins so many actors that live on and are idle, and returns when they are.
type spawner interface{ spawn(n int) error }

// A rouser tells each of the actors that were spawned something, and returns when all
// have taken it.
type rouser interface{ rouse() error }

// locals are all there are, in the order of the tables.
func locals() []local {
	return []local{
		{"ours", "package actor: functions; what is spawned, as far as they go on so, states", newOursHousehold},
		{"channel", "floor: goroutines, each with a chan any", newChannelHousehold},
		{"proto", "Proto.Actor", newProtoHousehold},
	}
}

// boxed is what is told and asked: boxed once, sent often.
var boxed any = Reading(numbered(1))

// localPart is the part of a child that is a household.
const localPart = "local"

// newLocal makes the household of that name.
func newLocal(name string) (io.Closer, error) {
	for _, l := range locals() {
		if l.name == name {
			h, err := l.open()
			return &localEnd{household: h, all: make(map[int]lanes)}, err
		}
	}
	return nil, fmt.Errorf("there is no such child")
}

// A localEnd obeys for a household.
type localEnd struct {
	household
	all map[int]lanes
}

func (e *localEnd) obey(words []string) (answer, error) {
	n := make([]int, len(words)-1)
	for i, w := range words[1:] {
		var err error
		if n[i], err = strconv.Atoi(w); err != nil {
			return answer{}, err
		}
	}
	switch words[0] {
	case "can":
		return answer{Text: e.abilities()}, nil
	case "tell": // so many lanes, so many each
		if e.all[n[0]] == nil {
			var err error
			if e.all[n[0]], err = e.lanes(n[0]); err != nil {
				return answer{}, err
			}
		}
		return toll(func() error { return e.all[n[0]].run(n[1]) })
	case "wait":
		return toll(func() error { return e.household.(waiter).wait(n[0]) })
	case "call":
		return toll(func() error { return e.household.(caller).call(n[0]) })
	case "spawn":
		return toll(func() error { return e.household.(spawner).spawn(n[0]) })
	case "rouse":
		return toll(e.household.(rouser).rouse)
	}
	return answer{}, errUnknown
}

func (e *localEnd) abilities() string {
	list := "tell"
	if _, ok := e.household.(waiter); ok {
		list += " wait"
	}
	if _, ok := e.household.(caller); ok {
		list += " call"
	}
	if _, ok := e.household.(spawner); ok {
		list += " spawn"
	}
	return list
}

// toll says what f takes: Times has how long, and how long on a CPU; Count, how many
// allocations.
func toll(f func() error) (answer, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, err := usage()
	if err != nil {
		return answer{}, err
	}
	began := time.Now()
	if err := f(); err != nil {
		return answer{}, err
	}
	took := time.Since(began)
	usedAfter, err := usage()
	runtime.ReadMemStats(&after)
	return answer{Times: []int64{int64(took), int64(usedAfter - used)}, Count: int64(after.Mallocs - before.Mallocs)}, err
}
