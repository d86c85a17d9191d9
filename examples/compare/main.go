// Compare does the same work, with the same struct and the same counts, on ours, on
// floors that nobody can be below, and on peers, in one run and in turns: compare the
// ratios, since the figures themselves are those of the machine. A message that is
// lost, changed or out of order fails the run.
//
//	go run .
//	go run . -short
//	go run . -only=ours,plain -measure=oneway -cpuprofile=/tmp/profiles
//
// It listens on 127.0.0.1 only, and its processes end with it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) == 6 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	less := flag.Bool("short", false, "as many rounds, each with less")
	only := flag.String("only", "", "`names` of "+strings.Join(names(), ",")+": measure only these")
	measures := flag.String("measure", "", "`names` of "+strings.Join(measures, ",")+": measure only these")
	rounds := flag.Int("rounds", whole.rounds, "how often each is measured")
	profiles := flag.String("cpuprofile", "", "`folder` for a profile of each process")
	flag.Parse()
	p := whole
	if *less {
		p = short
	}
	p.rounds = *rounds
	s := &stage{ctx: ctx, profiles: *profiles}
	if err := compare(s, os.Stdout, p, list(*only), list(*measures)); err != nil {
		fmt.Fprintf(os.Stderr, "compare: %v\n", err)
		os.Exit(1)
	}
}

// list returns what a flag lists, nil for all.
func list(flag string) []string {
	if flag == "" {
		return nil
	}
	return strings.Split(flag, ",")
}
