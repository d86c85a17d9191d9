package main

import (
	"bufio"
	"cmp"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

func newNetwork(home *string) *cobra.Command {
	var at actor.HostPort
	var show shown
	var asJSON bool
	c := &cobra.Command{
		Use:   "network",
		Short: "Show the directory tree",
		Long: `Network prints the tree of directories and processes as this machine sees it, from
its root: a lan-cake, host-cakes, group-cakes and processes, with what each was
started as and the first digits of its identity. The tool itself is among them.

    [HOST] host-cake (9e7db6d6)
    +   [GROUP] group-cake (02f461b3)
    +   +   [PROCESS] server (873dd3e9)
    +   [PROCESS] layer-cake (ba2eb859)

It asks the directory that was named when the composite process was created; if
there is no home, or none was named, the host-cake of this machine.

The long listing adds the role in a composite process, the process number in angle
brackets, and the address where links are taken. The others add what each directory
knows, by the identities of publications and subscriptions:

    # "svc:a" (61743a2a.1)                     a name and who published it
    ? "svc:.*" (bfe1d30f.1)                    a pattern and who subscribed to it
    <> "svc:a" (bfe1d30f.1 -> 61743a2a.1)      an offer that this directory makes
    > "svc:a"[GROUP] (bfe1d30f.1 -> 61743a2a.1)   a session, in the subscriber's process
    ! "svc:a"[HOST] (bfe1d30f.1 -> 61743a2a.1) trying   there is none, and how it stands
    = links: 3 of 8192                       what a process uses of a limit

With --limits a table of all limits comes first: what each is the limit of, what it
is unless it was set, what becomes of more, and the flag of the daemons that sets it: their processes
have the field of that name in Options.Limits.

In each directory the oldest publication of a name holds it; the others stand by.
With --json each directory and each entry is an object on a line of its own.

A directory that is silent for two seconds, or goes away while it is asked, is marked,
and what is below it, or what it knows, is not all shown; the exit status is then 1.`,
		Args: words(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if show.limits { // of use even if no directory is there
				form := limitsText
				if asJSON {
					form = limitsJSON
				}
				if failed := printed(c.OutOrStdout(), form); failed != nil {
					return failed
				}
			}
			tree, err := survey(c, *home, at, node.Look{Topics: show.topics()})
			if err != nil && !errors.Is(err, errTooMuch) {
				return err
			}
			form := show.text
			if asJSON {
				form = show.json
			}
			if failed := printed(c.OutOrStdout(), func(w io.Writer) { form(w, tree) }); failed != nil {
				return failed
			}
			return cmp.Or(err, answered(tree))
		},
	}
	addDirectoryFlag(c, &at, "ask")
	flags := c.Flags()
	flags.BoolVar(&show.full, "full-identity", false, "show identities whole")
	flags.BoolVarP(&show.long, "long-listing", "l", false, "show roles, process numbers and where links are taken as well")
	flags.BoolVarP(&show.published, "list-published", "p", false, "show the names that each directory knows")
	flags.BoolVarP(&show.subscribed, "list-subscribed", "s", false, "show the patterns that each directory knows")
	flags.BoolVarP(&show.routed, "list-routed", "r", false, "show which publications each directory offers to which subscriptions")
	flags.BoolVarP(&show.connected, "list-connected", "c", false, "show the sessions of each process, and what it tries")
	flags.BoolVar(&show.limits, "limits", false, "show every limit, and what each process uses of those that can be counted")
	flags.BoolVar(&asJSON, "json", false, "print an object a line")
	return c
}

// shown is what of a tree is to be seen.
type shown struct {
	full, long                               bool
	published, subscribed, routed, connected bool
	limits                                   bool
}

func (s shown) topics() (topics []directory.Topic) {
	for _, t := range []struct {
		wanted bool
		topic  directory.Topic
	}{
		{s.published, directory.TopicNames},
		{s.subscribed || s.connected, directory.TopicSubscriptions},
		{s.routed, directory.TopicOffers},
		{s.connected, directory.TopicSessions},
		{s.limits, directory.TopicUsage},
	} {
		if t.wanted {
			topics = append(topics, t.topic)
		}
	}
	return topics
}

// printed prints through a buffer.
func printed(w io.Writer, form func(io.Writer)) error {
	b := bufio.NewWriter(w)
	form(b)
	return b.Flush() // the first error of all
}
