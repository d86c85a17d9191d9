// Chaos shows what happens to the sessions of users when everything around them
// dies: real daemons and processes, linked over TCP through a proxy, are killed,
// stopped, cut off and started again, by chance from a seed, while their actors
// talk. All that the actors are told is held against the rules of package
// directory: always what they may be told next, and whenever the world is healed
// who must have a session with whom.
//
//	go run ./examples/chaos -seed=7 -for=30s
//
// Run it in a folder of this module: it builds what it needs, into a temporary
// folder. It listens on 127.0.0.1 only and leaves nothing behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with everything given. It returns the exit status: 0, 1 if a rule
// was broken or it was interrupted, 2 for a command line that is wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.SetOutput(stderr)
	seed := flags.Uint64("seed", 1, "what is done is chosen from it")
	long := flags.Duration("for", 30*time.Second, "how long; a phase that has begun is ended")
	verbose := flags.Bool("v", false, "print what is done")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "chaos: one word too many: %q, see -help\n", flags.Arg(0))
		return 2
	}
	d := newDriver(ctx, stdout, *seed)
	d.verbose = *verbose
	err := d.open()
	if err == nil {
		d.began = time.Now()
		err = d.run(*long)
	}
	if e := d.close(); err == nil {
		err = e
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "chaos: interrupted")
		return 1
	case err != nil:
		d.report(stderr, *seed, err)
		return 1
	}
	d.summary(stdout, *seed)
	return 0
}

// summary says what was done.
func (d *driver) summary(out io.Writer, seed uint64) {
	h := d.history
	fmt.Fprintf(out, "seed %d, %v: %d phases, each ended at rest as the rules say\n", seed, time.Since(d.began).Round(time.Second), d.phase)
	fmt.Fprintf(out, "kill -9 %d, SIGSTOP %d, restarts %d; links %d, slowed %d, walled %d, reset %d; registrations changed %d\n",
		d.done.kills, d.done.stops, d.done.restarts, d.proxy.lines, d.done.slows, d.done.walls, d.done.resets, d.done.verbs)
	fmt.Fprintf(out, "ends of sessions begun %d, over %d; messages checked %d\n", h.begun, h.over, h.messages)
}

// report says which rule was broken, and what the actors concerned saw.
func (d *driver) report(out io.Writer, seed uint64, err error) {
	fmt.Fprintf(out, "chaos: seed %d, phase %d: %v\n", seed, d.phase, err)
	var v *violation
	if !errors.As(err, &v) {
		return
	}
	fmt.Fprintln(out, "What was done in this phase:")
	for _, act := range d.acts {
		fmt.Fprintln(out, "   ", act)
	}
	slices.Sort(v.ends)
	for _, label := range slices.Compact(v.ends) {
		a := d.history.actors[label]
		if a == nil {
			continue
		}
		fmt.Fprintf(out, "The last events of %s:\n", label)
		for _, e := range a.recent {
			fmt.Fprintln(out, "   ", e)
		}
	}
	for _, s := range d.spots { // also those that hear of everything: directories
		if s.proc != nil {
			fmt.Fprintf(out, "The last lines of %s:\n%s\n", s.proc.name, s.proc.said)
		}
	}
}
