package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/role"
)

func newCreate(home *string) *cobra.Command {
	var host, lan actor.HostPort
	c := &cobra.Command{
		Use:   "create",
		Short: "Create the home of a composite process",
		Long: `Create makes the home of a composite process, without roles.

Where the composite process joins the directory is found when it is run: on this
machine, at 127.0.0.1:54195. It may be set here to be another address, of a
host-cake or of a lan-cake, as host:port or as JSON:

    layer-cake create --directory-at-lan='{"host": "10.0.0.133", "port": 29101}'

It is an error if the folder exists.`,
		Args: words(0),
		RunE: func(*cobra.Command, []string) error {
			if host != "" && lan != "" {
				return usageError{"--directory-at-host and --directory-at-lan: there is one parent directory, give one of them"}
			}
			_, err := role.Create(*home, role.Group{DirectoryAtHost: host.String(), DirectoryAtLAN: lan.String()})
			return err
		},
	}
	c.Flags().Var(&host, "directory-at-host", "the host-cake to join")
	c.Flags().Var(&lan, "directory-at-lan", "the lan-cake to join")
	return c
}

// openHome opens a home. If there is none the error says how one is made.
func openHome(path string) (*role.Home, error) {
	h, err := role.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		create := "layer-cake create"
		if path != role.DefaultHome {
			create += " --home-path=" + quoted(path)
		}
		err = fmt.Errorf("%w; make one with %s", err, create)
	}
	return h, err
}
