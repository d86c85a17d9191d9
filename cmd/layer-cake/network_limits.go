package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/layer-cake/layer-cake/actor"
)

// limitsText prints the table of limits for people, and an empty line.
func limitsText(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LIMIT\tPER\tUNLESS SET\tBEYOND\tSET BY")
	for _, l := range (actor.Limits{}).Table() {
		most := fmt.Sprint(l.Most)
		if l.Unit != "" {
			most += " " + l.Unit
		}
		set := l.Set
		if set == "" {
			set = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", l.Name, l.Per, most, l.Beyond, set)
	}
	table.Flush() // w keeps its error
	fmt.Fprintln(w)
}

// A limitLine is a line of the table of limits of network --json.
type limitLine struct {
	Kind    string `json:"kind"` // limit
	Limit   string `json:"limit"`
	Per     string `json:"per"`
	Default int    `json:"default"`
	Unit    string `json:"unit,omitempty"` // bytes or ms; none: it is a count
	Beyond  string `json:"beyond"`
	Set     string `json:"set,omitempty"` // none: nothing sets it
}

// limitsJSON prints the table of limits for programs.
func limitsJSON(w io.Writer) {
	out := encoder(w)
	for _, l := range (actor.Limits{}).Table() {
		out.Encode(limitLine{"limit", l.Name, l.Per, l.Most, l.Unit, l.Beyond, l.Set})
	}
}
