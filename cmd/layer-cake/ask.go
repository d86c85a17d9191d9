package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/directory"
)

func newAsk(home *string) *cobra.Command {
	a := asking{member: member{home: home}}
	c := &cobra.Command{
		Use:   "ask NAME TEXT",
		Short: "Ask who is found under a name, and print the reply",
		Long: `Ask looks for NAME, sends TEXT to the nearest publisher, and prints the reply: text
as it is, anything else as JSON.

    layer-cake ask hello:greeter world

With --json it prints an object: "time", "event", which is Reply, "name", "scope",
"publisher" and "reply". The scope is that of the directory where the two met.

When nobody is found, or no reply comes in time, it says which; the exit status is
then 1. So it is when the reply is an error.`,
		Args: words(2, "NAME", "TEXT"),
		RunE: func(c *cobra.Command, args []string) error {
			if a.timeout <= 0 {
				return usageError{fmt.Sprintf("--timeout=%v: it must be more than 0", a.timeout)}
			}
			a.name, a.text = args[0], args[1]
			return a.run(c, a.ask)
		},
	}
	a.addFlags(c)
	c.Flags().DurationVar(&a.timeout, "timeout", 5*time.Second, "how `long` to look for the name and wait for the reply, together")
	return c
}

// An asking is one question.
type asking struct {
	member
	name, text string
	timeout    time.Duration
}

// A reply is what ask prints.
type reply struct {
	event
	Reply   any    `json:"reply"`
	Unknown string `json:"unknown,omitempty"` // the type, if it is not known: its value cannot be shown
}

// errInterrupted ends an ask that was told to stop.
var errInterrupted = errors.New("interrupted before there was a reply")

// ask finds the publisher and asks it.
func (a *asking) ask(self *actor.Self, p printer) error {
	deadline := time.Now().Add(a.timeout)
	if reason := directory.Name(a.name).Check(); reason != "" {
		return p.fail(a.event("NotSubscribed", actor.Scope(a.scope), reason))
	}
	err := self.Subscribe(regexp.QuoteMeta(a.name), actor.Scope(a.scope))
	if refused := new(actor.NotSubscribed); errors.As(err, refused) {
		return p.fail(a.event("NotSubscribed", refused.Scope, refused.Reason))
	} else if err != nil {
		return err
	}
	for {
		message, ok := self.InputWithin(time.Until(deadline))
		if !ok {
			return p.fail(a.event("TimedOut", actor.Scope(a.scope), a.nobody()))
		}
		switch m := message.(type) {
		case actor.NotSubscribed:
			return p.fail(a.event("NotSubscribed", m.Scope, m.Reason))
		case actor.Available:
			return a.exchange(self, p, m, deadline)
		case actor.Stop:
			return errInterrupted
		}
	}
}

// nobody says why nobody was found, as far as it is known.
func (a *asking) nobody() string {
	reason := fmt.Sprintf("nobody who publishes it was found within %v", a.timeout)
	ctx, cancel := context.WithTimeout(context.Background(), surveyTime)
	defer cancel()
	n, err := attach(ctx, a.at.String())
	if err != nil {
		return reason + ": " + err.Error()
	}
	n.Close()
	return reason
}

// exchange sends the text to a publisher and prints the reply.
func (a *asking) exchange(self *actor.Self, p printer, found actor.Available, deadline time.Time) error {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	value, err := actor.Ask[any](ctx, self, found.Publisher, a.text)
	if nothing := new(actor.Unexpected); errors.As(err, nothing) {
		value, err = nothing.Message, nil // nil is a reply as good as any
	}
	switch {
	case err == nil:
	case self.Context().Err() != nil:
		return errInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		return p.fail(a.event("TimedOut", found.Scope, fmt.Sprintf("%v has not replied within %v", found.Publisher, a.timeout)))
	default:
		return p.fail(a.event(failureWord(err), found.Scope, failureReason(err)))
	}
	return a.printReply(p, found, value)
}

// failureWord is the name of a reply that is an error. What could not be sent is
// as good as Undelivered.
func failureWord(err error) string {
	switch err.(type) {
	case actor.Faulted, actor.Aborted, actor.TimedOut, actor.Overloaded, actor.Unavailable:
		return messageWord(err)
	}
	return messageWord(actor.Undelivered{})
}

// failureReason leaves out whom the event names already.
func failureReason(err error) string {
	if u := new(actor.Undelivered); errors.As(err, u) {
		return u.Reason
	}
	return err.Error()
}

// printReply prints what came.
func (a *asking) printReply(p printer, from actor.Available, value any) error {
	if address, ok := value.(actor.Address); ok {
		value = address.String()
	}
	unknown, strange := value.(actor.Unknown)
	if p.json {
		e := a.event("Reply", from.Scope, "")
		e.Publisher = from.Publisher.String()
		if strange {
			return p.object(reply{event: e, Unknown: unknown.Type})
		}
		return p.object(reply{event: e, Reply: value})
	}
	if strange {
		return p.line(unknown.String())
	}
	if text, ok := value.(string); ok {
		return p.line(strings.Map(func(r rune) rune {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				return '?' // it could spoil a terminal
			}
			return r
		}, text))
	}
	return p.object(value)
}

// event returns an event about the name.
func (a *asking) event(word string, scope actor.Scope, reason string) event {
	return event{Time: time.Now(), Event: word, Name: a.name, Scope: scopeWord(scope), Reason: reason}
}
