package main

import (
	"context"
	"errors"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
)

// A member is the tool as one of the processes in the tree, with one actor: what
// publish, subscribe and ask have in common.
type member struct {
	home  *string
	at    actor.HostPort // of the directory; empty: what the home says
	lan   actor.HostPort // empty: the private address of this machine
	scope scopeFlag
	json  bool
}

// endTime is how long the actor has to end once it is told to.
const endTime = 2 * time.Second

func (m *member) addFlags(c *cobra.Command) {
	m.scope = scopeFlag(actor.Host)
	c.Flags().Var(&m.scope, "scope", "how far to be known or to look: `LAN|HOST|GROUP`")
	addDirectoryFlag(c, &m.at, "join")
	c.Flags().BoolVar(&m.json, "json", false, "print JSON, one object a line")
}

// run joins the tree and runs f in it until f returns, the directory cannot go on,
// or the tool is interrupted, which tells f to stop. A second signal ends the tool
// at once.
func (m *member) run(c *cobra.Command, f func(*actor.Self, printer) error) error {
	at, err := directoryToJoin(c, *m.home, m.at)
	if err != nil {
		return err
	}
	m.at = actor.HostPort(at)
	interrupted, release := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer release()
	sys, err := actor.Open(&actor.Options{
		Directory:  at,
		LANAddress: m.lan.String(),
		Logger:     slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Grace:      endTime,
		Executable: "layer-cake",
	})
	if err != nil {
		return err
	}
	p := printer{c.OutOrStdout(), m.json}
	main := sys.Spawn(func(self *actor.Self) any { return f(self, p) }, actor.Named(c.Name()))
	ended := make(chan error, 1)
	go func() {
		value, err := sys.Wait(context.Background(), main)
		if failed, ok := value.(error); ok {
			err = failed
		}
		ended <- err
	}()
	select {
	case err = <-ended:
	case err = <-sys.Fatal():
	case <-interrupted.Done():
		release() // from now on a signal does what it does by itself
		if err := sys.Close(context.Background()); err != nil {
			return err
		}
		return <-ended
	}
	if closing := sys.Close(context.Background()); err == nil {
		err = closing
	}
	return err
}

// watch prints what becomes of a registration until the actor is told to stop. What
// its verb has returned may be a refusal already. Messages that are about something
// else are left to other.
func watch(self *actor.Self, p printer, err error, other func(*actor.Self, any)) error {
	if e, refused := refusalOf(err); refused {
		return p.fail(e)
	} else if err != nil {
		return err
	}
	for message := range self.Messages() {
		if e, refused := refusalOf(message); refused {
			return p.fail(e)
		}
		if e, ok := eventOf(message); !ok {
			other(self, message)
		} else if err := p.event(e); err != nil {
			return err
		}
	}
	return nil
}

// A scopeFlag is a scope that a registration of the tool may have.
type scopeFlag actor.Scope

// String returns the word for it.
func (s *scopeFlag) String() string { return scopeWord(actor.Scope(*s)) }

// Set reads one of the words, in whatever case.
func (s *scopeFlag) Set(text string) error {
	for _, scope := range []actor.Scope{actor.LAN, actor.Host, actor.Group} {
		if strings.EqualFold(text, scope.String()) {
			*s = scopeFlag(scope)
			return nil
		}
	}
	return errors.New("it is none of LAN, HOST, GROUP")
}

// Type is what help shows for the value.
func (s *scopeFlag) Type() string { return "scope" }
