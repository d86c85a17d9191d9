// Multihosting shows what Layer Cake is for: a server and workers that know only
// names find one another, in a composite process, on a machine, one by one. It
// builds what it needs into a temporary folder and leaves nothing behind.
//
//	go run ./examples/multihosting
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const manual = `Multihosting shows what Layer Cake is for: a server and workers that know only
names find one another, in a composite process, on a machine, one by one.

    go run ./examples/multihosting

It takes no flags and no words. It builds programs into a temporary folder with
the Go toolchain, runs them on addresses of this machine that are free, prints
what it does, and removes everything when it ends, also by Ctrl-C. That takes
less than 20 seconds after the build. The exit status is 0 if all went as told.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with everything given. It returns the exit status: 0, 1 for a demo
// that failed or was interrupted, 2 for a command line that cannot be understood.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("multihosting", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, manual)
		return 0
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("one word too many: %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(stderr, "multihosting: %v; it takes none, see --help\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = demo(ctx, stdout)
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "multihosting: interrupted")
		return 1
	}
	if err != nil {
		fmt.Fprintf(stderr, "multihosting: %v\n", err)
		return 1
	}
	return 0
}
