package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor/role"
)

const manual = `Layer-cake makes, keeps and runs composite processes, and takes part in the
directory from the shell.

A composite process is a number of processes that are run together, each in a
role: an executable, under a name, with its settings. Its roles are kept in a
folder, its home. The processes find one another, and others on this machine
and beyond, by the names that they publish and subscribe to.

    layer-cake create
    layer-cake add ./server
    layer-cake add ./worker --role-count=8 --limit=60
    layer-cake list --long-listing
    layer-cake run

What publish, subscribe and ask do is what processes do, so that a person can try
it, and see it, with a host-cake on this machine:

    layer-cake publish svc:a &
    layer-cake subscribe 'svc:.*' &
    layer-cake ask svc:a hello
    layer-cake network
    layer-cake explain 'svc:.*' svc:a

The home is .layer-cake in the current folder, unless --home-path names another.
The exit status is 0, or 1 for a failure, or 2 for a command line that cannot be
understood.`

// newRoot returns the tool with its verbs.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "layer-cake",
		Short:         "Make, keep and run composite processes",
		Long:          manual,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(c *cobra.Command, words []string) error {
			if len(words) == 0 {
				return usageError{"a verb is missing: one of " + strings.Join(verbs(c), ", ")}
			}
			return unknownVerb(c, words[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // Args has refused
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err.Error()} })
	root.SetHelpCommand(newHelp())
	home := root.PersistentFlags().String("home-path", role.DefaultHome, "the `folder` of the composite process")
	root.AddCommand(
		newCreate(home),
		newAdd(home),
		newList(home),
		newDestroy(home),
		newRun(home),
		newNetwork(home),
		newPublish(home),
		newSubscribe(home),
		newAsk(home),
		newExplain(home),
	)
	return root
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Show how a verb is used",
		Args:  words(0, "[VERB]"),
		RunE: func(c *cobra.Command, words []string) error {
			if len(words) == 0 {
				return c.Root().Help()
			}
			for _, verb := range c.Root().Commands() {
				if verb.Name() == words[0] {
					verb.InitDefaultHelpFlag()
					return verb.Help()
				}
			}
			return unknownVerb(c.Root(), words[0])
		},
	}
}

// A usageError is a command line that cannot be understood.
type usageError struct{ reason string }

func (e usageError) Error() string { return e.reason }

func unknownVerb(root *cobra.Command, word string) error {
	near := root.SuggestionsFor(word)
	if len(near) == 0 {
		near = verbs(root)
	}
	return usageError{fmt.Sprintf("%q is no verb; there is %s", word, strings.Join(near, ", "))}
}

func verbs(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// words accepts as many words as names has, of which the first so many must be
// there.
func words(must int, names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, words []string) error {
		if len(words) < must {
			return usageError{names[len(words)] + " is missing"}
		}
		if len(words) > len(names) {
			return usageError{fmt.Sprintf("one word too many: %q", words[len(names)])}
		}
		return nil
	}
}

// version is the module that this program was built from with its version, and
// that of Go, as every Layer Cake program prints it.
func version() string {
	module := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		module = strings.TrimSpace(info.Main.Path + " " + info.Main.Version)
	}
	return module + " " + runtime.Version()
}
