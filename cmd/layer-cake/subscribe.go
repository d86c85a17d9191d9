package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
)

func newSubscribe(home *string) *cobra.Command {
	m := member{home: home}
	c := &cobra.Command{
		Use:   "subscribe PATTERN",
		Short: "Watch who is found under the names that a pattern matches",
		Long: `Subscribe looks for every name that PATTERN, a regular expression, matches as a
whole, until it is interrupted. What it is told it prints as it comes, a line each:

    Subscribed   the pattern is known in this process
    Available    there is a session with the nearest publisher of a name
    Dropped      that session is over, and why

With --json a line is an object: "time", "event", which is one of these words,
"name", "pattern", "scope", and what else applies of "publisher" and "reason".

    layer-cake subscribe 'svc:.*'

A pattern that is refused is NotSubscribed, with the reason, and the exit status
is 1.`,
		Args: words(1, "PATTERN"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.run(c, func(self *actor.Self, p printer) error { return m.subscribe(self, p, args[0]) })
		},
	}
	m.addFlags(c)
	return c
}

// subscribe watches the names that match until it is told to stop.
func (m *member) subscribe(self *actor.Self, p printer, pattern string) error {
	return watch(self, p, self.Subscribe(pattern, actor.Scope(m.scope)), ignore)
}

// ignore leaves a message without an answer, which is a warning.
func ignore(self *actor.Self, message any) {
	self.Log().Warn("a message that is not answered", "from", self.Sender(), "type", fmt.Sprintf("%T", message))
}
