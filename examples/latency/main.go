// Latency measures what users of Layer Cake wait for, and what it costs at scale,
// through real processes and a real host-cake, each figure beside its floor: the
// least that the same path, or the same program, costs without Layer Cake. Both
// are taken in the same run, in turn, round after round; compare the ratios, since
// the figures themselves are those of the machine. What must hold at any speed is
// checked on the way, and fails the run.
//
//	go run ./examples/latency
//	go run ./examples/latency -short
//	go run ./examples/latency -only=introduce,restart
//
// Run it in a folder of this module: it builds what it needs, into a temporary
// folder. It listens on 127.0.0.1 only and leaves nothing behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bound is how long all of it may take, the building included.
const bound = 8 * time.Minute

func main() {
	if len(os.Args) > 2 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2], os.Args[3:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	less := flag.Bool("short", false, "fewer rounds, each with less, and a shorter idle time")
	only := flag.String("only", "", "of "+strings.Join(names(), ",")+" measure only these")
	flag.Parse()
	p := whole
	if *less {
		p = short
	}
	var chosen []string
	if *only != "" {
		chosen = strings.Split(*only, ",")
	}
	err := measure(ctx, os.Stdout, p, chosen)
	if ctx.Err() != nil {
		err = context.Cause(ctx) // what else went wrong came of it
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "latency: %v\n", err)
		os.Exit(1)
	}
}

// A measurement is prepared once and adds to its figures in each round.
type measurement interface {
	prepare(s *stage) error
	round(s *stage) error
	figures() []*figure
}

// An act is some measurements that take turns, with nothing else on the stage.
type act struct {
	rounds func(plan) int
	parts  []part
}

type part struct {
	name string
	new  func(plan) measurement
}

// programme returns all that there is, in the order in which it is measured.
// Memory is looked at first, while nothing else runs.
func programme() []act {
	all := func(p plan) int { return p.rounds }
	some := func(p plan) int { return p.heavyRounds }
	once := func(plan) int { return 1 }
	return []act{
		{all, []part{
			{"memory", func(p plan) measurement { return newMemory(p) }},
		}},
		{all, []part{
			{"introduce", func(p plan) measurement { return newIntroduce(p) }},
			{"thousand", func(p plan) measurement { return newThousand(p) }},
			{"kill", func(p plan) measurement { return newKill(p) }},
			{"alternate", func(p plan) measurement { return newAlternate(p) }},
			{"tool", func(p plan) measurement { return newTool(p) }},
		}},
		{all, []part{
			{"full", func(p plan) measurement { return newFull(p) }},
			{"groups", func(p plan) measurement { return newGroups(p) }},
		}},
		{some, []part{
			{"registrations", func(p plan) measurement { return newRegistrations(p) }},
			{"crowd", func(p plan) measurement { return newCrowd(p) }},
		}},
		{some, []part{
			{"heap", func(p plan) measurement { return newHeap(p) }},
			{"sessions", func(p plan) measurement { return newSessions(p) }},
		}},
		{some, []part{
			{"restart", func(p plan) measurement { return newRestart(p) }},
		}},
		{once, []part{
			{"upgrades", func(p plan) measurement { return newUpgrades(p) }},
		}},
	}
}

func names() (list []string) {
	for _, a := range programme() {
		for _, p := range a.parts {
			list = append(list, p.name)
		}
	}
	return list
}

// measure measures what was chosen, all if nothing was, and prints it.
func measure(ctx context.Context, out io.Writer, p plan, chosen []string) (err error) {
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("-only=%s: there is no such measurement; there are %s", name, strings.Join(names(), ", "))
		}
	}
	s, err := newStage(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := s.clear(); err == nil {
			err = e
		}
	}()
	if err := s.build(); err != nil {
		return err
	}
	var figures []*figure
	for _, a := range programme() {
		var list []measurement
		for _, part := range a.parts {
			if len(chosen) == 0 || slices.Contains(chosen, part.name) {
				list = append(list, part.new(p))
			}
		}
		if err := perform(s, list, a.rounds(p)); err != nil {
			return err
		}
		for _, m := range list {
			figures = append(figures, m.figures()...)
		}
	}
	title := fmt.Sprintf("%d rounds, %d of what is heavy, %s %s/%s, %d CPUs",
		p.rounds, p.heavyRounds, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return report(out, title, figures)
}

// perform lets some measurements take turns, and ends all that they have started.
func perform(s *stage, list []measurement, rounds int) error {
	for _, m := range list {
		if err := m.prepare(s); err != nil {
			return err
		}
	}
	for range rounds {
		for _, m := range list {
			if err := m.round(s); err != nil {
				return err
			}
		}
	}
	return s.leave()
}
