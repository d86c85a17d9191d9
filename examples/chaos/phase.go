package main

import (
	"fmt"
	"strings"
	"time"
)

// run does mischief in phases, for so long, and heals the world after each: then
// all must come to rest.
func (d *driver) run(long time.Duration) error {
	if err := d.rest(); err != nil {
		return err
	}
	for time.Since(d.began) < long || d.phase == 0 {
		d.phase++
		if err := d.trouble(); err != nil {
			return err
		}
		if err := d.heal(); err != nil {
			return err
		}
		if err := d.rest(); err != nil {
			return err
		}
		d.acts = nil
	}
	return nil
}

// trouble does mischief for a while.
func (d *driver) trouble() error {
	if err := d.all(speak); err != nil {
		return err
	}
	for _, a := range d.history.actors {
		a.quiet = false
	}
	for range 5 + d.random.IntN(20) {
		if err := d.mischief(); err != nil {
			return err
		}
		if err := d.wait(d.some(0, 200)); err != nil {
			return err
		}
	}
	return nil
}

// heal ends all mischief and brings back what is missing.
func (d *driver) heal() error {
	d.note("heal")
	for len(d.later) > 0 {
		do := d.later[0].do
		d.later = d.later[1:]
		if err := do(); err != nil {
			return err
		}
	}
	d.proxy.heal()
	return d.fill()
}

// calm is how long nothing must happen at rest.
const calm = 300 * time.Millisecond

// rest waits until all is as it must be, and stays so for a while.
func (d *driver) rest() error {
	if err := d.all(hush); err != nil {
		return err
	}
	began := time.Now()
	var left []*difference
	for {
		changed := d.history.begun + d.history.over
		if left = d.history.differences(func(process string) *place { return d.where[process] }); len(left) == 0 {
			if err := d.wait(calm); err != nil {
				return err
			}
			if changed == d.history.begun+d.history.over {
				break
			}
			continue
		}
		if time.Since(began) > bound {
			return unrest(left)
		}
		if err := d.wait(25 * time.Millisecond); err != nil {
			return err
		}
	}
	d.note("at rest after %v: %d sessions begun, %d over, %d messages", time.Since(began).Round(time.Millisecond),
		d.history.begun, d.history.over, d.history.messages)
	d.history.prune()
	return nil
}

// unrest is what is missing to rest.
func unrest(left []*difference) error {
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
