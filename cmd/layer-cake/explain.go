package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

func newExplain(home *string) *cobra.Command {
	var at actor.HostPort
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain PATTERN NAME",
		Short: "Say why a subscription has a session for a name, or has not",
		Long: `Explain says why those who subscribe to the pattern have, or have not, a session with
somebody who publishes the name. It asks each directory and process of the tree:

    who publishes the name, and who subscribes to just that pattern;
    who holds the name in each directory, and who stands by;
    what each subscription is offered, which offer is used, and why the others are not.

Offers and sessions outlive the directory that made them. What a subscription holds of
one that is out of reach is shown too, though nobody who can be asked knows who publishes.

With --json that is one object on one line.

The exit status is 0 if at least one such session is there, and 1 if there is none.`,
		Args: words(2, "PATTERN", "NAME"),
		RunE: func(c *cobra.Command, words []string) error {
			pattern, name := directory.Pattern(words[0]), directory.Name(words[1])
			if reason := pattern.Check(); reason != "" {
				return usageError{"PATTERN " + quoted(words[0]) + ": " + reason}
			}
			if reason := name.Check(); reason != "" {
				return usageError{"NAME " + quoted(words[1]) + ": " + reason}
			}
			tree, err := survey(c, *home, at, node.Look{Name: name, Pattern: pattern, Topics: []directory.Topic{
				directory.TopicNames, directory.TopicSubscriptions, directory.TopicOffers, directory.TopicSessions,
			}})
			if err != nil {
				return err
			}
			e := explain(pattern, name, tree)
			form := e.text
			if asJSON {
				form = e.json
			}
			if err := printed(c.OutOrStdout(), form); err != nil {
				return err
			}
			if e.sessions() == 0 {
				return errNoSession
			}
			return nil
		},
	}
	addDirectoryFlag(c, &at, "ask")
	c.Flags().BoolVar(&asJSON, "json", false, "print an object on one line")
	return c
}

var errNoSession = errors.New("there is no such session")
