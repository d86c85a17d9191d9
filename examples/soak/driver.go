package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// A driver has the processes, and what they have said.
type driver struct {
	ctx     context.Context
	plan    plan
	host    *child
	parties []*child
	account *account
	counts  counts // of all parties
	samples map[string][]sample
	epoch   int
	cuts    int
	busy    time.Duration // in which sessions were renewed
	since   time.Time     // the last time they were let go
	last    time.Time     // when a ledger had something
}

// soak does what is planned and reports. The error says what is not as it must be.
func soak(ctx context.Context, out io.Writer, p plan) (err error) {
	d := &driver{ctx: ctx, plan: p, account: newAccount(), samples: make(map[string][]sample)}
	defer func() {
		for _, c := range d.all() {
			if e := c.end(); err == nil && ctx.Err() == nil {
				err = e
			}
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx) // what else went wrong came of it
		}
	}()
	if err := d.start(); err != nil {
		return err
	}
	if err := d.drive(); err != nil && !errors.Is(err, errMissing) {
		return err
	}
	return d.report(out)
}

func (d *driver) all() (list []*child) {
	list = append(list, d.parties...)
	if d.host != nil {
		list = append(list, d.host) // the last to end: it is the parent of the others
	}
	return list
}

func (d *driver) start() (err error) {
	ctx := context.WithoutCancel(d.ctx) // they end with their input
	if d.host, err = startChild(ctx, "host-cake", "host"); err != nil {
		return err
	}
	a, err := d.host.ask("address")
	if err != nil {
		return err
	}
	for i := range parties {
		c, err := startChild(ctx, "party "+strconv.Itoa(i+1), "party", a.Text,
			strconv.Itoa(i), strconv.Itoa((d.plan.rate+parties-1)/parties), strconv.Itoa(d.plan.slots))
		if err != nil {
			return err
		}
		d.parties = append(d.parties, c)
	}
	return nil
}

const (
	takes   = 48          // samples in all
	absorbs = time.Second // how often the ledgers are read
	looks   = 10 * time.Millisecond
	quiet   = 20 * looks // after so much of it nothing is under way
)

// drive lets time pass, cuts and measures.
func (d *driver) drive() error {
	if err := d.rest(); err != nil { // all have come up
		return err
	}
	begin := time.Now()
	each := d.plan.period / takes
	sample, cut := begin.Add(each), begin.Add(d.plan.cut)
	if err := d.goOn(); err != nil {
		return err
	}
	for now := begin; now.Sub(begin) < d.plan.period; now = time.Now() {
		next := minTime(now.Add(absorbs), sample)
		if d.plan.cut > 0 {
			next = minTime(next, cut)
		}
		select {
		case <-d.ctx.Done():
			return context.Cause(d.ctx)
		case <-time.After(time.Until(next)):
		}
		if err := d.absorb(); err != nil {
			return err
		}
		if d.plan.cut > 0 && !time.Now().Before(cut) {
			if err := d.cut(); err != nil {
				return err
			}
			cut = time.Now().Add(d.plan.cut)
		}
		if !time.Now().Before(sample) {
			if err := d.sample(); err != nil {
				return err
			}
			sample = sample.Add(each)
		}
	}
	if err := d.rest(); err != nil {
		return err
	}
	return d.balance()
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// tell says a command to both parties.
func (d *driver) tell(words ...any) error {
	for _, p := range d.parties {
		if _, err := p.ask(words...); err != nil {
			return err
		}
	}
	return nil
}

func (d *driver) goOn() error {
	d.since = time.Now()
	return d.tell("go")
}

// until waits until something holds, as long as there is patience, and reports
// whether it does.
func (d *driver) until(holds func() (bool, error)) (inTime bool, err error) {
	for deadline := time.Now().Add(patience); ; {
		ok, err := holds()
		switch {
		case ok || err != nil:
			return ok, err
		case time.Now().After(deadline):
			return false, nil
		}
		select {
		case <-d.ctx.Done():
			return false, context.Cause(d.ctx)
		case <-time.After(looks):
		}
	}
}

// rest lets nothing be renewed any more, until each slot has its session.
func (d *driver) rest() error {
	if err := d.tell("rest"); err != nil {
		return err
	}
	if !d.since.IsZero() {
		d.busy += time.Since(d.since)
		d.since = time.Time{}
	}
	var waits error
	ok, err := d.until(func() (bool, error) {
		for _, p := range d.parties {
			a, err := p.ask("settled")
			if err != nil || a.Text != "" {
				waits = fmt.Errorf("%s has not the sessions it should have: %s", p.name, a.Text)
				return false, err
			}
		}
		return true, nil
	})
	if err == nil && !ok {
		err = fmt.Errorf("%v after sessions were left alone, %w", patience, waits)
	}
	return err
}

// absorb reads the ledgers.
func (d *driver) absorb() error {
	d.counts = counts{}
	for _, p := range d.parties {
		a, err := p.ask("tell")
		if err != nil {
			return err
		}
		d.account.take(a.Entries, time.Now())
		d.account.bares = append(d.account.bares, a.Bares...)
		if len(a.Entries)+len(a.Bares) > 0 {
			d.last = time.Now()
		}
		d.counts.join(a.Counts)
	}
	return nil
}

// balance waits until nothing is missing any more. If something still is when the
// patience is at its end, there is no need to go on.
func (d *driver) balance() error {
	ok, err := d.until(func() (bool, error) {
		err := d.absorb()
		if time.Since(d.last) > quiet {
			d.account.resolve(time.Now())
		}
		return d.account.even() && d.counts.waiting() == 0, err
	})
	if err == nil && !ok {
		err = errMissing
	}
	return err
}

// errMissing stops a run whose report says what is missing.
var errMissing = errors.New("messages are missing")

// sample measures all processes at rest.
func (d *driver) sample() error {
	if err := d.rest(); err != nil {
		return err
	}
	if err := d.balance(); err != nil {
		return err
	}
	for _, c := range d.all() {
		a, err := c.ask("sample")
		if err != nil {
			return err
		}
		d.samples[c.name] = append(d.samples[c.name], a.Sample)
	}
	return d.goOn()
}

// cut cuts every connection of one party, while sessions come and go. What
// is under way then, or in sessions until all is well again, may be lost, and nothing else.
func (d *driver) cut() error {
	d.epoch++
	if err := d.tell("epoch", d.epoch); err != nil {
		return err
	}
	if err := d.absorb(); err != nil {
		return err
	}
	d.account.cut(time.Now())
	if _, err := d.parties[d.cuts%parties].ask("cut"); err != nil {
		return err
	}
	d.cuts++
	if err := d.rest(); err != nil {
		return err
	}
	d.epoch++
	return errors.Join(d.tell("epoch", d.epoch), d.goOn())
}
