package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// surveyTime is how long the directories may be silent before a survey ends.
const surveyTime = 2 * time.Second

// addDirectoryFlag adds the flag that names the directory, to ask or to join.
func addDirectoryFlag(c *cobra.Command, at *actor.HostPort, to string) {
	c.Flags().Var(at, "connect-to-directory", "the `host:port` of the directory to "+to+", whatever the home says")
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
	h, err := openHome(home)
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

// survey joins the tree, at the directory that the flag names or else at that of
// the home, for as long as it takes to look at it. What is too large to be shown
// whole comes with an error.
func survey(c *cobra.Command, home string, flag actor.HostPort, look node.Look) (node.Tree, error) {
	at, err := directoryToJoin(c, home, flag)
	if err != nil {
		return node.Tree{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), surveyTime)
	defer cancel()
	n, err := attach(ctx, at)
	if err != nil {
		return node.Tree{}, err
	}
	defer n.Close()
	return surveyBy(n, at, look)
}

// surveyBy has a process that has joined the tree at an address look at it.
func surveyBy(n *node.Node, at string, look node.Look) (node.Tree, error) {
	look.Patience = surveyTime
	tree, whole, err := n.Survey(context.Background(), look)
	switch {
	case err != nil:
		return node.Tree{}, fmt.Errorf("the directory at %s did not answer within %v: %w", at, surveyTime, err)
	case tree.Process == n.ID(): // nobody is above it any more
		return node.Tree{}, fmt.Errorf("the directory at %s was lost before it could be asked", at)
	case !whole:
		return tree, errTooMuch
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

var errTooMuch = fmt.Errorf("there is more than %d directories and entries: what is shown is not all", node.MaxFound)

// silent returns the directories that did not answer to the end.
func silent(t node.Tree) (list []node.Tree) {
	if t.Silent {
		list = append(list, t)
	}
	for _, c := range t.Children {
		list = append(list, silent(c)...)
	}
	return list
}

// answered is the error of a survey that was not answered by all.
func answered(t node.Tree) error {
	list := silent(t)
	if len(list) == 0 {
		return nil
	}
	first, reason := place{Directory: list[0].Directory}, printable(list[0].Reason)
	if reason == "" {
		reason = fmt.Sprintf("nothing was heard for %v", surveyTime)
	}
	if len(list) == 1 {
		return fmt.Errorf("%v did not answer to the end: %s", first, reason)
	}
	return fmt.Errorf("%d of the directories did not answer to the end, the first of them %v: %s", len(list), first, reason)
}

// nobody is a process without actors.
type nobody struct{}

var errNobody = errors.New("there are no actors in this process")

func (nobody) Deliver(node.Delivery) error                              { return errNobody }
func (nobody) Tell(transport.ActorID, directory.Message, *node.Session) {}
func (nobody) Undelivered(node.Undelivered)                             {}
func (nobody) Fatal(error)                                              {}
func (nobody) WayLost(*node.Way)                                        {}
func (nobody) Watch(transport.Address, *node.Watcher) error             { return errNobody }
func (nobody) Unwatch(transport.Address, *node.Watcher)                 {}
