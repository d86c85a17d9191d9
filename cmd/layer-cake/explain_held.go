package main

import (
	"fmt"
	"slices"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

// prospect says what came of an offer.
func prospect(o directory.Prospect) verdict {
	v := verdict{Publication: o.Publication, Scope: o.Scope}
	switch o.State {
	case directory.InUse:
		v.Why, v.Words = inUse, "it is used"
	case directory.Trying:
		v.Why, v.Words = trying, "a session with it is being prepared"
	case directory.Prepared:
		v.Why, v.Words = trying, "a session with it is prepared, and begins when the one before has ended"
	case directory.Resting:
		v.Why, v.Words = resting, fmt.Sprintf("it failed %s and will be tried again", times(o.Failed))
	case directory.Spare:
		v.Why, v.Words = outer, "a nearer one goes before it"
	}
	if o.Failed > 0 && o.Reason != "" {
		v.Words += "; the last attempt: " + o.Reason
	}
	return v
}

// left says what a subscription holds of publications that no directory told of:
// offers and sessions outlive directories (R6, R10).
func (f *finding) left(i directory.Interest, said []verdict, effort directory.Effort) (verdicts []verdict) {
	known := make(map[directory.ID]bool)
	for _, v := range said {
		known[v.Publication] = true
	}
	for _, o := range effort.Prospects {
		if !known[o.Publication] {
			known[o.Publication] = true
			verdicts = append(verdicts, f.away(i, o))
		}
	}
	if effort.Session != (directory.ID{}) && !known[effort.Session] {
		verdicts = append(verdicts, used(effort))
	}
	return verdicts
}

// away says what came of an offer of a publication that no directory told of.
func (f *finding) away(i directory.Interest, o directory.Prospect) verdict {
	v := prospect(o)
	v.Away = true
	path := f.paths[i.ID.Origin]
	at := slices.IndexFunc(path, func(t *node.Tree) bool { return t.Scope == o.Scope })
	switch {
	case at < 0:
		v.Words += "; the directory that offered it is out of reach now"
	case path[at].Silent:
		v.Words += fmt.Sprintf("; %v, which offered it, did not answer", place{Directory: path[at].Directory})
	default:
		v.Words += fmt.Sprintf("; %v does not know of it now, and has not taken the offer back", place{Directory: path[at].Directory})
	}
	return v
}

// used says that a session is there without an offer.
func used(e directory.Effort) verdict {
	return verdict{Publication: e.Session, Scope: e.Scope, Why: kept,
		Words: "it is used, though it is not offered any more: only its two ends end a session"}
}

// holds reports whether a subscription has something of a publication that no
// directory told of.
func (e explanation) holds() bool {
	return slices.ContainsFunc(e.Subscriptions, func(s subscribed) bool { return len(s.Verdicts) > len(e.Publications) })
}
