package directorytest

import (
	"fmt"
	"slices"
)

// A Result is what came of one seed.
type Result struct {
	Seed     uint64
	Steps    int // things that shells heard
	Sessions int // that began
	Told     int // words Standby and Promoted
	Taken    int // messages in sessions
	Fault    *Fault
	Script   string // which fails alone, if there is a fault
}

// Play does to a tree what a seed says: three times there is chaos, and then rest.
// The last rest is brought about from the same state in three different orders.
func Play(seed uint64) Result {
	w := newWorld()
	c := newChaos(w, seed)
	c.begin()
	for round := range 3 {
		for range 100 + c.random.IntN(200) {
			c.step()
		}
		if c.random.IntN(2) == 0 {
			c.do(action{verb: quiet, n: [3]int{c.random.IntN(1000)}})
		}
		if round < 2 {
			c.do(action{verb: rest, n: [3]int{c.random.IntN(1000)}})
		}
	}
	r := Result{Seed: seed, Script: c.script.String(), Fault: w.wrong, Steps: w.steps, Sessions: w.sessions, Told: w.told, Taken: w.taken}
	prefix := c.script
	var first string
	for order := range 3 {
		if r.Fault != nil {
			break
		}
		if order > 0 {
			w = prefix.play(newWorld())
		}
		last := action{verb: rest, n: [3]int{order}}
		w.apply(last)
		if r.Fault = w.wrong; r.Fault != nil {
			r.Script = append(slices.Clone(prefix), last).String()
		}
		switch state := w.state(); {
		case order == 0:
			first = state
		case r.Fault == nil && state != first:
			r.Fault = &Fault{"R15", fmt.Sprintf("rests %d and 0 differ:\n%s\n\n%s", order, state, first)}
		}
	}
	return r
}

// play does what a script says, until there is a fault.
func (s script) play(w *world) *world {
	for _, a := range s {
		if w.wrong != nil {
			break
		}
		w.apply(a)
	}
	return w
}

// Run does what a script says. The error is a *Fault if a rule is broken.
func Run(text string) error {
	s, err := parse(text)
	if err != nil {
		return err
	}
	if w := s.play(newWorld()); w.wrong != nil {
		return w.wrong
	}
	return nil
}
