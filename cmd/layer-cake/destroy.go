package main

import (
	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor/role"
)

func newDestroy(home *string) *cobra.Command {
	return &cobra.Command{
		Use:   "destroy",
		Short: "Remove a composite process",
		Long: `Destroy removes the home of a composite process, with its roles and all else that
is in it. The executables are left alone.

It is an error if the composite process runs, or if the folder is no home.`,
		Args: words(0),
		RunE: func(*cobra.Command, []string) error {
			h, err := role.Open(*home)
			if err != nil {
				return err
			}
			return h.Destroy()
		},
	}
}
