package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// text prints an explanation for people.
func (e explanation) text(w io.Writer) {
	match := "matches"
	if !e.Matches {
		match = "does not match"
	}
	fmt.Fprintf(w, "The pattern %s %s the name %s.\n", name(e.Pattern), match, name(e.Name))
	switch {
	case len(e.Publications) > 0:
		fmt.Fprintf(w, "\n%s is published, the oldest first, by\n", name(e.Name))
	case e.holds():
		fmt.Fprintf(w, "No directory that can be asked knows who publishes %s. What subscriptions still hold is below.\n", name(e.Name))
	case len(e.Silent) > 0:
		fmt.Fprintf(w, "No directory that answered knows who publishes %s.\n", name(e.Name))
	default:
		fmt.Fprintf(w, "Nobody publishes %s.\n", name(e.Name))
	}
	for _, p := range e.Publications {
		fmt.Fprintf(w, "    %v  %s, scope %v\n", p.ID, whose(p.Place, p.Actor), p.Scope)
	}
	if len(e.Directories) > 0 {
		fmt.Fprintf(w, "\nThe directories that know it:\n")
	}
	for _, d := range e.Directories {
		fmt.Fprintf(w, "    %v: held by %s\n", d.Place, d.claimants())
	}
	if len(e.Subscriptions) == 0 {
		fmt.Fprintf(w, "\nNobody subscribes to %s.\n", name(e.Pattern))
	} else {
		fmt.Fprintf(w, "\n%s is subscribed to by\n", name(e.Pattern))
	}
	for _, s := range e.Subscriptions {
		fmt.Fprintf(w, "    %v  %s, scope %v\n", s.ID, whose(s.Place, s.Actor), s.Scope)
		if s.Session == (directory.ID{}) {
			io.WriteString(w, "        has no session\n")
		} else {
			fmt.Fprintf(w, "        has a session with %v, matched at %v\n", s.Session, s.At)
		}
		for _, v := range s.Verdicts {
			offered := "not offered"
			if v.Why == kept {
				offered = "matched at " + v.Scope.String()
			} else if v.Scope != 0 {
				offered = "offered at " + v.Scope.String()
			}
			fmt.Fprintf(w, "        %v  %s: %s\n", v.Publication, offered, printable(v.Words))
		}
	}
	if len(e.Silent) > 0 {
		fmt.Fprintf(w, "\nNot all is known: %s did not answer.\n", places(e.Silent))
	}
}

// claimants says who holds the name in a directory, and who stands by.
func (s standing) claimants() string {
	text := s.Holder.String()
	for i, id := range s.StandBy {
		if i == 0 {
			text += "; standing by: "
		} else {
			text += ", "
		}
		text += id.String()
	}
	return text
}

// whose says in which process a registration is: executable, role, number, actor.
func whose(p place, actor transport.ActorID) string {
	text := p.String()
	if p.Role != "" {
		text += " " + printable(p.Role)
	}
	if !p.Unknown {
		text += fmt.Sprintf(" <%d>", p.PID)
	}
	return fmt.Sprintf("%s, actor %d", text, actor)
}

func places(list []place) string {
	var texts []string
	for _, p := range list {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ", ")
}
