package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// This program is its own children: they are run with childWord first. A child
// takes commands, a line of words each, from its standard input, and ends with it.
// What its actors do and are told it writes to its standard output, an event a
// line, before they go on: what was written survives kill -9.
const childWord = "child"

// A log is the standard output of a child, for all of its actors.
type log struct {
	mu  sync.Mutex // guards out
	out *json.Encoder
}

func newLog(out io.Writer) *log { return &log{out: json.NewEncoder(out)} }

func (l *log) note(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.Encode(e) // the driver is gone if it fails; our input ends then too
}

// A party is a process with actors that come and go as it is told.
type party struct {
	system *actor.System
	log    *log
	actors map[string]actor.Address // by label
}

// childMain is main of a child. It returns the exit status.
func childMain(args []string) int {
	if err := runChild(args, os.Stdin, newLog(os.Stdout)); err != nil {
		fmt.Fprintf(os.Stderr, "chaos: child: %v\n", err)
		return 1
	}
	return 0
}

func runChild(args []string, commands io.Reader, log *log) error {
	options, err := childOptions(args)
	if err != nil {
		return err
	}
	system, err := actor.Open(options)
	if err != nil {
		return err
	}
	p := &party{system: system, log: log, actors: make(map[string]actor.Address)}
	log.note(event{What: began, Remote: system.DirectoryAddress()})
	quit := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case err := <-system.Fatal():
				log.note(event{What: fatal, Reason: err.Error()})
			case <-quit:
				return
			}
		}
	})
	lines := bufio.NewScanner(commands)
	for lines.Scan() && err == nil {
		if err = p.obey(strings.Fields(lines.Text())); err != nil {
			err = fmt.Errorf("%q: %w", lines.Text(), err)
		}
	}
	if e := system.Close(context.Background()); err == nil {
		err = e
	}
	close(quit)
	watching.Wait()
	return err
}

func childOptions(args []string) (*actor.Options, error) {
	var (
		o     = actor.Options{Types: types, LANAddress: "127.0.0.1:0"}
		flags = flag.NewFlagSet(childWord, flag.ContinueOnError)
		scope = flags.Int("scope", int(actor.Process), "of the directory of the process")
		above = flags.Int("above", 0, "the scope of its parent")
		proxy = flags.String("proxy", "", "where fronts are had")
	)
	flags.StringVar(&o.Listen, "listen", "", "where it takes links")
	flags.StringVar(&o.Directory, "directory", "", "its parent")
	flags.StringVar(&o.Executable, "executable", "", "its name")
	flags.DurationVar(&o.Heartbeat, "heartbeat", 0, "between two signs of life")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	o.Scope, o.Above = actor.Scope(*scope), actor.Scope(*above)
	o.Grace = time.Second
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	o.Transport = newDetour(*proxy, o.Logger)
	return &o, nil
}

// obey does what a command says.
//
//	spawn LABEL quiet|loud
//	publish|unpublish|subscribe|unsubscribe LABEL WORD SCOPE
//	burst|finish LABEL
//	hush
//	speak
func (p *party) obey(words []string) error {
	switch {
	case len(words) == 3 && words[0] == "spawn":
		m := member{label: words[1], quiet: words[2] == "quiet", log: p.log}
		p.actors[words[1]] = p.system.Spawn(m.run, actor.Named(words[1]))
		return nil
	case len(words) == 4:
		scope, err := strconv.Atoi(words[3])
		if err != nil {
			return err
		}
		return p.system.Send(p.actors[words[1]], order{words[0], words[2], actor.Scope(scope)})
	case len(words) == 2 && (words[0] == burst || words[0] == finish):
		to := p.actors[words[1]]
		if words[0] == finish {
			delete(p.actors, words[1])
		}
		return p.system.Send(to, order{verb: words[0]})
	case len(words) == 1 && (words[0] == hush || words[0] == speak):
		for _, to := range p.actors {
			if err := p.system.Send(to, order{verb: words[0]}); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("the command is unknown")
}
