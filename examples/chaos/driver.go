package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A driver does what is done to the world, and watches what comes of it. It is
// one goroutine.
type driver struct {
	ctx     context.Context
	out     io.Writer
	random  *rand.Rand
	stage   *stage
	proxy   *proxy
	history *history
	spots   []*spot
	where   map[string]*place // by the name of a process

	began   time.Time
	phase   int
	acts    []string // of this phase
	later   []deed
	named   int    // actors that there have been
	waiting string // the actor whose Publish was not seen yet
	cuts    int    // sessions that had ended with their link at the last rest
	done    counts
	verbose bool
}

// A deed is to be done at a time.
type deed struct {
	at time.Time
	do func() error
}

// Counts are how often what was done.
type counts struct {
	kills, stops, restarts, slows, resets, walls, verbs int
}

// bound is how long anything may take that must happen.
const bound = 30 * time.Second

func newDriver(ctx context.Context, out io.Writer, seed uint64) *driver {
	return &driver{
		ctx:     ctx,
		out:     out,
		random:  rand.New(rand.NewPCG(seed, 0)),
		history: newHistory(),
		where:   make(map[string]*place),
		began:   time.Now(),
	}
}

// note keeps what was done for the report.
func (d *driver) note(format string, args ...any) {
	act := fmt.Sprintf("%7.3f phase %d: ", time.Since(d.began).Seconds(), d.phase) + fmt.Sprintf(format, args...)
	d.acts = append(d.acts, act)
	if d.verbose {
		fmt.Fprintln(d.out, act)
	}
}

// until takes news until what is asked for is so. It reports false if that is not
// within a time.
func (d *driver) until(within time.Duration, so func() bool) (bool, error) {
	limit := time.NewTimer(within)
	defer limit.Stop()
	for !so() {
		var next <-chan time.Time
		if len(d.later) > 0 {
			next = time.After(time.Until(d.later[0].at))
		}
		select {
		case n := <-d.stage.news:
			if err := d.take(n); err != nil {
				return false, err
			}
		case <-next:
			do := d.later[0].do
			d.later = d.later[1:]
			if err := do(); err != nil {
				return false, err
			}
		case <-limit.C:
			return so(), nil
		case <-d.ctx.Done():
			return false, context.Cause(d.ctx)
		}
	}
	return true, nil
}

// wait takes news for a while.
func (d *driver) wait(while time.Duration) error {
	_, err := d.until(while, func() bool { return false })
	return err
}

// must is until with the bound, for what there is no excuse for.
func (d *driver) must(what string, so func() bool) error {
	ok, err := d.until(bound, so)
	if err == nil && !ok {
		err = broke("not within %v: %s", bound, what)
	}
	return err
}

// after does something in a while, or at once when all is healed.
func (d *driver) after(while time.Duration, do func() error) {
	d.later = append(d.later, deed{time.Now().Add(while), do})
	slices.SortStableFunc(d.later, func(a, b deed) int { return a.at.Compare(b.at) })
}

func (d *driver) take(n news) error {
	s := d.spotOf(n.from)
	switch {
	case n.ended:
		delete(d.stage.running, n.from)
		d.history.died(n.from.name)
		if s != nil {
			s.proc, s.actors = nil, nil
		}
		if a := d.history.actors[d.waiting]; a == nil || a.ended {
			d.waiting = ""
		}
		if !n.from.doomed {
			return broke("%s has ended by itself: %v; it said:\n%s", n.from.name, n.from.err, n.from.said)
		}
	case n.Actor == "" && n.What == began:
		if s != nil {
			s.ready = true
		}
	case n.Actor == "":
		return broke("%s: %s: %s", n.from.name, n.What, n.Reason)
	default:
		if n.What == publish && n.Actor == d.waiting {
			d.waiting = ""
		}
		return d.history.take(n.from.name, n.event)
	}
	return nil
}

func (d *driver) spotOf(p *process) *spot {
	for _, s := range d.spots {
		if s.proc == p {
			return s
		}
	}
	return nil
}

// start starts a process at a spot and waits until it can be worked with.
func (d *driver) start(s *spot) error {
	if err := s.start(d.stage, d.proxy); err != nil {
		return err
	}
	d.where[s.proc.name] = s.place
	d.note("start %s, process %d", s.proc.name, s.proc.cmd.Process.Pid)
	return d.must(s.name+" begins", func() bool { return s.ready || s.proc == nil })
}

// open builds the world.
func (d *driver) open() (err error) {
	if d.stage, err = newStage(d.ctx); err != nil {
		return err
	}
	if err = d.stage.build(); err != nil {
		return err
	}
	if d.proxy, err = newProxy(); err != nil {
		return err
	}
	d.spots = theTree()
	if err := settle(d.spots, d.proxy); err != nil {
		return err
	}
	return d.fill()
}

// fill starts what is dead and brings actors where some are missing. A process
// that nobody needs may stay dead a phase longer.
func (d *driver) fill() error {
	for _, s := range d.spots {
		if s.proc == nil {
			if s.lives > 0 {
				if s.listen == "" && d.random.IntN(4) == 0 {
					continue
				}
				d.done.restarts++
			}
			if err := d.start(s); err != nil {
				return err
			}
		}
	}
	for _, s := range d.spots {
		for len(s.actors) < s.crowd && s.proc != nil {
			if err := d.spawn(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// spawn brings an actor with some registrations.
func (d *driver) spawn(s *spot) error {
	d.named++
	label := fmt.Sprintf("%s/%d", s.proc.name, d.named)
	s.actors = append(s.actors, label)
	if err := s.proc.command("spawn", label, "loud"); err != nil {
		return err
	}
	for range 1 + d.random.IntN(2) {
		if err := d.verb(s, label, publish, pick(d.random, names), pick(d.random, scopes)); err != nil {
			return err
		}
	}
	for range 1 + d.random.IntN(2) {
		if err := d.verb(s, label, subscribe, pick(d.random, patterns), pick(d.random, scopes)); err != nil {
			return err
		}
	}
	return nil
}

// verb makes an actor publish, subscribe, or take it back. One Publish at a time is
// under way in the whole world, so that of two publications one is older.
func (d *driver) verb(s *spot, label, verb, word string, scope actor.Scope) error {
	d.done.verbs++
	if scope == 0 { // it is taken back
		d.note("%s: %s %q", label, verb, word)
	} else {
		d.note("%s: %s %q %v", label, verb, word, scope)
	}
	if verb == publish {
		d.waiting = label
	}
	if err := s.proc.command(verb, label, word, int(scope)); err != nil {
		return err
	}
	return d.must(label+" publishes", func() bool { return d.waiting == "" })
}

var (
	names    = []string{"svc:a", "svc:b", "svc:c", "svc:d", "job:a", "job:b", "job:c", "job:d", "log:a", "log:b", "log:c", "log:d"}
	patterns = []string{"svc:a", "job:b", "log:c", "svc:.*", "job:.*", ".*:a", ".*:[bd]", "job:[bc]", "log:a|svc:d", ".*"}
	scopes   = []actor.Scope{actor.LAN, actor.LAN, actor.Host, actor.Host, actor.Group, actor.Process}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// all says a command to every child.
func (d *driver) all(words ...any) error {
	for _, s := range d.spots {
		if s.program == "" && s.proc != nil {
			if err := s.proc.command(words...); err != nil {
				return err
			}
		}
	}
	return nil
}

// close ends everything.
func (d *driver) close() error {
	if d.stage == nil {
		return nil
	}
	err := d.stage.clear()
	if d.proxy != nil {
		d.proxy.close()
	}
	return err
}
