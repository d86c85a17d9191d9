package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/role"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// surveyTime is how long the directories may take to answer.
const surveyTime = 2 * time.Second

func newNetwork(home *string) *cobra.Command {
	var at actor.HostPort
	var full, long bool
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
brackets, and the address where links are taken.

A directory that does not answer within two seconds is marked, and what is below
it is not shown; the exit status is then 1.`,
		Args: words(0),
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := directoryToJoin(c, *home, at)
			if err != nil {
				return err
			}
			tree, err := survey(at)
			if err != nil {
				return err
			}
			return printTree(c.OutOrStdout(), tree, full, long)
		},
	}
	c.Flags().Var(&at, "connect-to-directory", "the `host:port` of the directory to ask, whatever the home says")
	c.Flags().BoolVar(&full, "full-identity", false, "show identities whole")
	c.Flags().BoolVarP(&long, "long-listing", "l", false, "show roles, process numbers and where links are taken as well")
	return c
}

// directoryToJoin is the address of the directory that a verb joins: the one that
// its flag names, or else that of the home.
func directoryToJoin(c *cobra.Command, home string, flag actor.HostPort) (string, error) {
	if flag != "" {
		return flag.String(), nil
	}
	return directoryOf(home, c.Flags().Changed("home-path"))
}

// directoryOf is the address of the directory above a composite process: the one
// that its home keeps, or else that of this machine. Only a home that was named
// must exist.
func directoryOf(home string, named bool) (string, error) {
	h, err := role.Open(home)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return node.DefaultHost, nil
	}
	if err != nil {
		return "", err
	}
	kept, err := h.Group()
	if err != nil {
		return "", err
	}
	return cmp.Or(kept.DirectoryAtHost, kept.DirectoryAtLAN, node.DefaultHost), nil
}

// survey joins the tree at an address for as long as it takes to look at it.
func survey(at string) (node.Tree, error) {
	ctx, cancel := context.WithTimeout(context.Background(), surveyTime)
	defer cancel()
	n, err := attach(ctx, at)
	if err != nil {
		return node.Tree{}, err
	}
	defer n.Close()
	tree, err := n.Survey(ctx)
	if err != nil {
		return node.Tree{}, fmt.Errorf("the directory at %s did not answer within %v: %w", at, surveyTime, err)
	}
	return tree, nil
}

// attach joins the tree at an address.
func attach(ctx context.Context, at string) (*node.Node, error) {
	n, err := node.Open(node.Config{
		Scope:       directory.Process,
		Executable:  "layer-cake",
		Actors:      nobody{},
		Transport:   tcp.Transport{},
		Mint:        transport.NewMint(transport.NewProcessID()),
		Parent:      func() (string, error) { return at, nil },
		ParentScope: directory.Group,
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	if err := n.Attach(ctx); err != nil {
		n.Close()
		return nil, fmt.Errorf("no directory at %s: %w; start host-cake, or name another with --connect-to-directory", at, err)
	}
	return n, nil
}

func printTree(w io.Writer, tree node.Tree, full, long bool) error {
	var b bytes.Buffer
	silent := 0
	var line func(t node.Tree, depth int)
	line = func(t node.Tree, depth int) {
		id := t.Process.Short()
		if full {
			id = t.Process.String()
		}
		fmt.Fprintf(&b, "%s[%v] %s (%s)", strings.Repeat("+   ", depth), t.Scope, printable(t.Executable), id)
		if long {
			details(&b, t.Directory)
		}
		if t.Silent {
			silent++
			b.WriteString(" does not answer")
		}
		b.WriteByte('\n')
		for _, child := range t.Children {
			line(child, depth+1)
		}
	}
	line(tree, 0)
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	if silent > 0 {
		return fmt.Errorf("%d of the directories did not answer within %v", silent, surveyTime)
	}
	return nil
}

// details adds what the long listing shows of a directory.
func details(b *bytes.Buffer, d directory.Directory) {
	if d.Role != "" {
		fmt.Fprintf(b, " %s", printable(d.Role))
	}
	fmt.Fprintf(b, " <%d>", d.PID)
	if d.Listens != "" {
		fmt.Fprintf(b, " %s", printable(d.Listens))
	}
}

// printable is s without what could spoil a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// nobody is a process without actors.
type nobody struct{}

var errNobody = errors.New("there are no actors in this process")

func (nobody) Deliver(node.Delivery) error                              { return errNobody }
func (nobody) Tell(transport.ActorID, directory.Message, *node.Session) {}
func (nobody) Undelivered(node.Undelivered)                             {}
func (nobody) Fatal(error)                                              {}
