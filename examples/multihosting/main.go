// Multihosting shows what Layer Cake is for: a server and workers that know only
// names find one another, in a composite process, on a machine, one by one. It
// builds what it needs into a temporary folder and leaves nothing behind.
//
//	go run ./examples/multihosting
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "multihosting: %v\n", err)
		os.Exit(1)
	}
}
