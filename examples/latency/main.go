// Latency measures what users of Layer Cake wait for, through real processes and
// a real host-cake, each figure beside its floor: the least that the same path,
// or the same program, costs without Layer Cake. Both are taken in the same run,
// in turn, round after round; compare the ratios, since the figures themselves
// are those of the machine.
//
//	go run ./examples/latency
//	go run ./examples/latency -short
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
	"syscall"
	"time"
)

// A plan says how much is measured.
type plan struct {
	rounds   int
	names    int           // introduced one by one, in a round
	thousand int           // times a thousand names are introduced, in a round
	kills    int           // in a round
	calls    int           // of layer-cake, in a round
	idle     time.Duration // before memory is looked at
}

var (
	whole = plan{rounds: 5, names: 1000, thousand: 5, kills: 10, calls: 20, idle: 5 * time.Second}
	short = plan{rounds: 3, names: 200, thousand: 1, kills: 4, calls: 8, idle: time.Second}
)

// bound is how long all of it may take, the building included.
const bound = 2 * time.Minute

func main() {
	if len(os.Args) > 2 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2], os.Args[3:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	less := flag.Bool("short", false, "fewer rounds, each with less, and a shorter idle time")
	flag.Parse()
	p := whole
	if *less {
		p = short
	}
	err := measure(ctx, os.Stdout, p)
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

func measure(ctx context.Context, out io.Writer, p plan) (err error) {
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

	memory := newMemory(p) // first, while nothing else runs
	if err := memory.prepare(s); err != nil {
		return err
	}
	for range p.rounds {
		if err := memory.round(s); err != nil {
			return err
		}
	}
	if err := s.leave(); err != nil {
		return err
	}

	all := []measurement{newIntroduce(p), newThousand(p), newKill(p), newTool(p)}
	for _, m := range all {
		if err := m.prepare(s); err != nil {
			return err
		}
	}
	for range p.rounds {
		for _, m := range all {
			if err := m.round(s); err != nil {
				return err
			}
		}
	}
	var figures []*figure
	for _, m := range append(all, memory) {
		figures = append(figures, m.figures()...)
	}
	title := fmt.Sprintf("%d rounds, %s %s/%s, %d CPUs", p.rounds, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return report(out, title, figures)
}
