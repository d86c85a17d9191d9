package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

// text prints the tree for people: each line as far in as its directory is deep.
func (s shown) text(w io.Writer, tree node.Tree) { s.directory(w, tree, 0) }

func (s shown) directory(w io.Writer, t node.Tree, depth int) {
	margin := strings.Repeat("+   ", depth)
	id := t.Process.Short()
	if s.full {
		id = t.Process.String()
	}
	fmt.Fprintf(w, "%s[%v] %s (%s)", margin, t.Scope, printable(t.Executable), id)
	if s.long {
		details(w, t.Directory)
	}
	if t.Silent {
		io.WriteString(w, " does not answer")
		if t.Reason != "" {
			io.WriteString(w, ": "+printable(t.Reason))
		}
	}
	io.WriteString(w, "\n")
	s.entries(w, t.Known, t.Scope, margin+"+   ")
	for _, child := range t.Children {
		s.directory(w, child, depth+1)
	}
}

// entries prints what a directory knows.
func (s shown) entries(w io.Writer, k node.Known, scope directory.Scope, margin string) {
	for _, c := range k.Claimants {
		stands := ""
		if !c.Holds {
			stands = " stands by"
		}
		fmt.Fprintf(w, "%s# %s (%s)%s\n", margin, name(c.Name), s.id(c.ID), stands)
	}
	efforts := make(map[directory.ID][]directory.Effort)
	for _, e := range k.Efforts {
		efforts[e.Subscription] = append(efforts[e.Subscription], e)
	}
	for _, i := range k.Subscriptions {
		if !s.subscribed && scope < directory.Process {
			continue // only processes have sessions
		}
		fmt.Fprintf(w, "%s? %s (%s)\n", margin, name(i.Pattern), s.id(i.ID))
		for _, e := range efforts[i.ID] {
			fmt.Fprintf(w, "%s+   %s\n", margin, s.effort(e))
		}
	}
	for _, o := range k.Offers {
		fmt.Fprintf(w, "%s<> %s (%s -> %s)\n", margin, name(o.Name), s.id(o.Subscription), s.id(o.Publication))
	}
	for _, f := range k.Usage {
		fmt.Fprintf(w, "%s= %s: %d", margin, printable(f.Name), f.Used)
		if f.Most > 0 {
			fmt.Fprintf(w, " of %d", f.Most)
		}
		io.WriteString(w, "\n")
	}
}

// effort is the session, or how it stands with the best offer where there is none.
func (s shown) effort(e directory.Effort) string {
	if e.Session != (directory.ID{}) {
		return fmt.Sprintf("> %s[%v] (%s -> %s)", name(e.Name), e.Scope, s.id(e.Subscription), s.id(e.Session))
	}
	if len(e.Prospects) == 0 {
		return fmt.Sprintf("! %s no offer", name(e.Name))
	}
	p := e.Prospects[0]
	line := fmt.Sprintf("! %s[%v] (%s -> %s) %v", name(e.Name), p.Scope, s.id(e.Subscription), s.id(p.Publication), p.State)
	if p.Failed > 0 {
		line += fmt.Sprintf(", failed %s: %s", times(p.Failed), printable(p.Reason))
	}
	return line
}

func (s shown) id(id directory.ID) string {
	if s.full {
		return wholeID(id)
	}
	return id.String()
}

// wholeID is an identity with all the digits of its process.
func wholeID(id directory.ID) string { return fmt.Sprintf("%v.%d", id.Origin, id.Seq) }

// times says how often in words.
func times(n uint64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// name is a name or a pattern in quotes.
func name[T ~string](s T) string { return `"` + printable(string(s)) + `"` }

// details adds what the long listing shows of a directory.
func details(w io.Writer, d directory.Directory) {
	if d.Role != "" {
		fmt.Fprintf(w, " %s", printable(d.Role))
	}
	fmt.Fprintf(w, " <%d>", d.PID)
	if d.Listens != "" {
		fmt.Fprintf(w, " %s", printable(d.Listens))
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
