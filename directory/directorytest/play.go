package directorytest

import (
	"fmt"
	"strings"
)

// A Result is what came of one seed.
type Result struct {
	Seed     uint64
	Steps    int    // that machines made
	Sessions int    // that began
	Told     int    // words Standby and Promoted
	Taken    int    // messages in sessions
	Fault    *Fault // nil: no rule was broken
	Script   string // does the same as the seed
}

// Play does to a tree what a seed says: three times there is chaos, and then rest.
// The last rest is brought about from the same state in three different orders.
func Play(seed uint64) Result { return play(seed, newWorld()) }

func play(seed uint64, w *world) Result {
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
	if w.wrong == nil {
		w.agree(c.script)
		c.script = append(c.script, action{verb: agree})
	}
	return Result{seed, w.steps, w.sessions, w.told, w.taken, w.wrong, c.script.String()}
}

// agree brings about rest in a world and in two more where the same was done, each
// in another order, and compares them.
func (w *world) agree(done script) {
	w.apply(action{verb: rest})
	first := w.state()
	for order := 1; order < 3 && w.wrong == nil; order++ {
		other := newWorld()
		other.schedule, other.matches = w.schedule, w.matches
		done.play(other)
		other.apply(action{verb: rest, n: [3]int{order}})
		if w.wrong = other.wrong; w.wrong != nil {
			break
		}
		if state := other.state(); state != first {
			w.fault("R15", "repaired in the orders 0 and %d:\n%s", order, differences(first, state))
		}
	}
}

// differences returns the lines that only one of two texts has.
func differences(a, b string) string {
	var list []string
	for mark, texts := range map[string][2]string{"-": {a, b}, "+": {b, a}} {
		for line := range strings.Lines(texts[0]) {
			if !strings.Contains(texts[1], strings.TrimSpace(line)) {
				list = append(list, mark+" "+strings.TrimSpace(line))
			}
		}
	}
	return strings.Join(list, "\n")
}

// play does what a script says, until there is a fault.
func (s script) play(w *world) {
	for i, a := range s {
		switch {
		case w.wrong != nil:
			return
		case a.verb == agree:
			w.agree(s[:i])
		default:
			w.apply(a)
		}
	}
}

// Run does what a script says, in each order of what may come in any. The error is
// a *Fault if a rule is broken.
func Run(text string) error { return runAs(text, 0) }

// runAs lets what waits happen in other orders for each schedule.
func runAs(text string, schedule uint64) error {
	all := orders(text)
	for _, text := range all {
		s, err := parse(text)
		if err != nil {
			return err
		}
		w := newWorld()
		w.schedule = schedule
		if s.play(w); w.wrong != nil {
			if len(all) > 1 {
				return fmt.Errorf("%w\n%s", w.wrong, text)
			}
			return w.wrong
		}
	}
	return nil
}

// Shrink returns a part of a script that breaks the same rule by itself. It plays
// the script at most so many times.
func Shrink(text string, most int) (string, error) {
	s, err := parse(text)
	if err != nil {
		return "", err
	}
	w := newWorld()
	if s.play(w); w.wrong == nil {
		return "", fmt.Errorf("shrink: the script breaks no rule")
	}
	return s.shrink(w.wrong.Rule, most).String(), nil
}
