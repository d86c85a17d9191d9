package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
)

func newPublish(home *string) *cobra.Command {
	m := member{home: home}
	c := &cobra.Command{
		Use:   "publish NAME",
		Short: "Hold a name, and answer what is asked there",
		Long: `Publish makes NAME known, and holds it until it is interrupted. It answers every
message with the message itself, of whatever type. What it is told it prints as it
comes, a line each:

    Published    the name is known in this process
    Standby      at that scope an older publication of the name is used
    Promoted     this one is used again
    Delivered    a subscriber has a session with it
    Dropped      that session is over, and why

Which of two is older their machines' clocks say: one that is behind makes its names
older than they are.

With --json a line is an object: "time", "event", which is one of these words,
"name", "scope", and what else applies of "subscriber" and "reason".

    layer-cake publish svc:a &
    layer-cake ask svc:a 'hello'

A name that is refused is NotPublished, with the reason, and the exit status is 1.`,
		Args: words(1, "NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			return m.run(c, func(self *actor.Self, p printer) error { return m.publish(self, p, args[0]) })
		},
	}
	m.addFlags(c)
	c.Flags().Var(&m.lan, "lan-address", "the `host:port` where a name of LAN scope takes links; if not said, the private address of this machine")
	return c
}

// publish holds a name until it is told to stop.
func (m *member) publish(self *actor.Self, p printer, name string) error {
	return watch(self, p, self.Publish(name, actor.Scope(m.scope)), answer)
}

// answer sends a message back to who sent it. Why that cannot be is a warning.
func answer(self *actor.Self, message any) {
	from := self.Sender()
	if back, ok := message.(actor.Undelivered); ok && from.IsZero() {
		self.Log().Warn("an answer came back", "to", back.To, "reason", back.Reason)
	} else if from.IsZero() {
		self.Log().Warn("a message from nobody cannot be answered", "type", fmt.Sprintf("%T", message))
	} else if err := self.Reply(message); err != nil {
		self.Log().Warn("not answered", "to", from, "err", err)
	}
}
