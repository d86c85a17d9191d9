package main

import (
	"fmt"
	"strings"
	"time"
)

// run does mischief in phases, for so long, and heals the world after each: then
// all must come to rest, and stay there.
func (d *driver) run(long time.Duration) error {
	if err := d.rest(true, calm); err != nil {
		return err
	}
	for last := false; !last; {
		d.phase++
		d.acts = nil
		gentle := d.phase%3 == 0
		if err := d.trouble(gentle); err != nil {
			return err
		}
		if err := d.heal(); err != nil {
			return err
		}
		last = time.Since(d.began) >= long
		still := calm
		if last {
			still = longCalm
		}
		if err := d.rest(gentle, still); err != nil {
			return err
		}
	}
	return nil
}

// How long nothing must happen at rest: at the end longer than it takes to give a
// silent link up, or to try an offer again.
const (
	calm     = 300 * time.Millisecond
	longCalm = 3 * time.Second
)

// trouble does mischief for a while. In a gentle one no link is lost.
func (d *driver) trouble(gentle bool) error {
	d.note("trouble, gentle: %v", gentle)
	for _, a := range d.history.actors {
		a.quiet = false
	}
	if err := d.all(speak); err != nil {
		return err
	}
	for range 10 + d.random.IntN(30) {
		if err := d.mischief(gentle); err != nil {
			return err
		}
		if err := d.wait(d.some(0, 150)); err != nil {
			return err
		}
	}
	return nil
}

// heal ends all mischief, now or when it was to end, and brings back what is
// missing, but for some processes that nobody needs: their names are another's now.
func (d *driver) heal() error {
	now := d.random.IntN(2) == 0
	d.note("heal, at once: %v", now)
	for len(d.later) > 0 {
		if !now {
			if err := d.must("the last mischief ends", func() bool { return len(d.later) == 0 }); err != nil {
				return err
			}
			break
		}
		do := d.later[0].do
		d.later = d.later[1:]
		if err := do(); err != nil {
			return err
		}
	}
	d.proxy.heal()
	return d.fill()
}

// rest waits until all is as it must be, and stays so for a while.
func (d *driver) rest(gentle bool, still time.Duration) error {
	if err := d.all(hush); err != nil {
		return err
	}
	cuts := d.cuts
	where := func(process string) *place { return d.where[process] }
	began := time.Now()
	for {
		if gentle && cuts != d.history.cuts {
			d.note("not so gentle: the machine is so busy that links were given up")
			gentle = false
		}
		changed := d.history.begun + d.history.over
		left := d.history.differences(where, gentle)
		if time.Since(began) > bound {
			return unrest(left)
		}
		pause := 25 * time.Millisecond
		if len(left) == 0 {
			pause = still
		}
		if err := d.wait(pause); err != nil {
			return err
		}
		if len(left) == 0 && changed == d.history.begun+d.history.over {
			break
		}
	}
	d.cuts = d.history.cuts
	d.note("at rest after %v: %d sessions begun, %d over, %d messages", time.Since(began).Round(time.Millisecond),
		d.history.begun, d.history.over, d.history.messages)
	d.history.prune()
	return nil
}

// unrest is what is missing to rest.
func unrest(left []*difference) error {
	if len(left) == 0 {
		return broke("no rest within %v: all is as it must be, time and again, but sessions go on to begin and end", bound)
	}
	v := &violation{}
	var b strings.Builder
	fmt.Fprintf(&b, "no rest within %v: %d differences", bound, len(left))
	for i, l := range left {
		if i == 10 {
			b.WriteString("\n  and others")
			break
		}
		fmt.Fprintf(&b, "\n  %s", l.what)
		v.ends = append(v.ends, l.ends...)
	}
	v.what = b.String()
	return v
}
