package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	workers = 8
	pause   = 100 * time.Millisecond // what a table takes

	// Both make the 20 seconds that the demo may take, also when it fails.
	storyTime = 12 * time.Second // after the build
	clearTime = 8 * time.Second  // a role that takes no notice is killed after 7
)

// demo tells the story of the multihosting chapter, for real.
func demo(ctx context.Context, out io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "multihosting")
	if err != nil {
		return err
	}
	s := newStage(folder, out)
	defer func() {
		if e := s.clear(); err == nil {
			err = e
		}
	}()

	s.say("Building the programs.")
	if err := s.build(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storyTime)
	defer cancel()
	server, err := freeAddress()
	if err != nil {
		return err
	}
	host, err := freeAddress()
	if err != nil {
		return err
	}

	s.say("\nA composite process: a server and %d workers. Each table takes %v to make.\n", workers, pause)
	for _, command := range [][]string{
		{"create", "--directory-at-host=" + host},
		{"add", "server", "--server-address=" + server, "--debug-level=CONSOLE"},
		{"add", "worker", fmt.Sprintf("--role-count=%d", workers), fmt.Sprintf("--pause=%v", pause), "--debug-level=CONSOLE"},
		{"list"},
	} {
		if err := s.show(ctx, "layer-cake", command...); err != nil {
			return err
		}
	}
	composite, err := s.start("layer-cake", "run", "--debug-level=CONSOLE")
	if err != nil {
		return err
	}
	s.say("$ layer-cake run &")
	if err := s.watch.await(ctx, workers, "worker found"); err != nil {
		return err
	}
	s.say("The server has found %d workers. It knows their names by a pattern, and nothing else.", workers)
	if err := s.eightAtOnce(ctx, server); err != nil {
		return err
	}

	s.say("\nA host-cake, as every machine would have from boot. The composite process finds it by itself.\n")
	if _, err := s.start("host-cake", "--directory-at-host="+host); err != nil {
		return err
	}
	s.say("$ host-cake &")
	if err := s.tree(ctx, host, workers+1, 1); err != nil {
		return err
	}

	s.say("\nOne worker is killed, and one is started on its own, outside the composite process.\n")
	role, pid, err := s.victim()
	if err != nil {
		return err
	}
	s.say("$ kill -9 %d   # %s", pid, role)
	if err := kill(pid); err != nil {
		return err
	}
	if err := s.watch.await(ctx, 1, "worker lost"); err != nil {
		return err
	}
	s.say("$ worker &")
	if _, err := s.start("worker", "--connect-to-directory="+host, fmt.Sprintf("--pause=%v", pause), "--debug-level=CONSOLE"); err != nil {
		return err
	}
	if err := s.watch.await(ctx, workers+1, "worker found"); err != nil {
		return err
	}
	if err := s.tree(ctx, host, workers, 2); err != nil {
		return err
	}
	if err := s.eightAtOnce(ctx, server); err != nil {
		return err
	}

	s.say("\nCtrl-C ends the composite process in order.")
	return composite.interrupt(ctx)
}
