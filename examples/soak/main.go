// Soak shows that what comes and goes leaves nothing behind. Two processes hold some
// hundred sessions and renew them all the time: publications and subscriptions are
// taken back and made anew, actors end and others take their place; in each session
// messages go both ways, some of them long, and some are asks. Now and then every
// connection is cut.
//
// Again and again all that is let come to rest, and each process is measured: its heap
// after a collection, its resident memory, its goroutines and file descriptors. At the
// end the least of the last third of these figures is held against that of the first,
// the beginning left aside. Each message is in an account: it arrived, came back, or
// its link was cut. If a figure has grown, or a message is missing, or came twice or
// late, the exit status is 1.
//
//	go run ./examples/soak -for=20m
//	go run ./examples/soak -for=20s -rate=500
//
// It listens on 127.0.0.1 only and leaves nothing behind. It needs Linux: it looks at
// processes in /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// A plan is what is to be done.
type plan struct {
	period time.Duration
	rate   int           // sessions a second
	slots  int           // sessions that there are at a time
	cut    time.Duration // between two cuts; zero: there are none
}

// least is the shortest run that says something: each third has some samples.
const least = 10 * time.Second

func (p plan) check() error {
	switch {
	case p.period < least:
		return fmt.Errorf("-for=%v: at least %v are needed to see whether something grows", p.period, least)
	case p.rate < 1 || p.rate > 100_000:
		return fmt.Errorf("-rate=%d: from 1 to 100000 sessions a second make sense", p.rate)
	case p.slots < kinds*parties || p.slots > 10_000:
		return fmt.Errorf("-sessions=%d: from %d to 10000 at a time make sense", p.slots, kinds*parties)
	}
	return nil
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2], os.Args[3:]))
	}
	var p plan
	flag.DurationVar(&p.period, "for", 20*time.Minute, "how long")
	flag.IntVar(&p.rate, "rate", 1000, "sessions a second that come and go")
	flag.IntVar(&p.slots, "sessions", 200, "sessions at a time")
	flag.DurationVar(&p.cut, "cut", 5*time.Second, "between two cuts of all connections; 0: none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := p.check()
	if err == nil {
		err = soak(ctx, os.Stdout, p)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: %v\n", err)
		os.Exit(1)
	}
}
