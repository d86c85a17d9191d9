package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/layer-cake/layer-cake/actor/role"
)

func newList(home *string) *cobra.Command {
	var long bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the roles",
		Long: `List prints the names of the roles, one a line, in the order in which people count:
worker-2 before worker-10.

The long listing adds the executable and the settings of each.`,
		Args: words(0),
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := openHome(*home)
			if err != nil {
				return err
			}
			roles, err := h.List()
			if err != nil {
				return err
			}
			if long {
				return listLong(c.OutOrStdout(), roles)
			}
			return listNames(c.OutOrStdout(), roles)
		},
	}
	c.Flags().BoolVarP(&long, "long-listing", "l", false, "show executables and settings as well")
	return c
}

func listNames(w io.Writer, roles []role.Role) error {
	var b bytes.Buffer
	for _, r := range roles {
		fmt.Fprintln(&b, r.Name)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// listLong prints a table of three columns.
func listLong(w io.Writer, roles []role.Role) error {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range roles {
		var arguments []string
		for _, a := range r.Arguments() {
			arguments = append(arguments, quoted(a))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, quoted(r.Executable), strings.Join(arguments, " "))
	}
	table.Flush() // into memory: it cannot fail
	for line := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// quoted is s as it is, or as a Go string where it would be hard to read or
// would spoil the line.
func quoted(s string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' || r == unicode.ReplacementChar }
	if s == "" || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}
