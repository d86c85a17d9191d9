// Embedding is an ordinary net/http program, with a main of its own, that asks an actor.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"

	"github.com/layer-cake/layer-cake/actor"
)

// Visit asks a counter how often a page was visited, this time included.
type Visit struct{ Page string }

// count is an actor: what it counts needs no lock. Its result is all of it.
func count(self *actor.Self) any {
	visits := make(map[string]int)
	for m := range self.Messages() {
		switch m := m.(type) {
		case Visit:
			visits[m.Page]++
			self.Reply(visits[m.Page])
		}
	}
	return visits
}

// handler asks the counter, on the goroutine of each request.
func handler(sys *actor.System, counter actor.Address) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /visit/{page}", func(w http.ResponseWriter, r *http.Request) {
		n, err := actor.Ask[int](r.Context(), sys, counter, Visit{r.PathValue("page")})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, n)
	})
	return mux
}

// run serves until ctx ends, and writes then what was counted.
func run(ctx context.Context, l net.Listener, out io.Writer) error {
	sys, err := actor.Open(nil)
	if err != nil {
		return err
	}
	defer sys.Close(context.Background())
	counter := sys.Spawn(count)
	server := &http.Server{Handler: handler(sys, counter)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	err = server.Shutdown(context.WithoutCancel(ctx))
	if stopped := <-failed; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}

	self, leave := sys.Enter("main") // this goroutine is an actor until it leaves
	defer leave()
	self.Watch(counter)
	if err := sys.Stop(counter); err != nil {
		return err
	}
	if end, ok := self.Select(actor.Is[actor.Ended]).(actor.Ended); ok {
		fmt.Fprintln(out, "visits:", end.Value)
	}
	return err
}

func main() {
	at := flag.String("http", "127.0.0.1:5050", "where to listen")
	flag.Parse()
	l, err := net.Listen("tcp", *at)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, l, os.Stdout); err != nil {
		log.Fatal(err)
	}
}
