package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A dial is of a process, for the sessions that wait for a link to it.
type dial struct {
	process transport.ProcessID
	first   directory.Connect
	waiting []directory.Connect
	over    bool // it was answered, or has failed; that is not heard yet
}

// The addresses of publications: one is good on the same computer only.
const (
	nearby  = "near"
	faraway = "far"
)

// awaitLink makes a session wait for a link, which is dialled unless it is already.
func (l *life) awaitLink(c directory.Connect) {
	process := c.Publication.ID.Origin
	for _, d := range l.dialling {
		if d.process == process {
			d.waiting = append(d.waiting, c)
			return
		}
	}
	l.dialling = append(l.dialling, &dial{process: process, first: c, waiting: []directory.Connect{c}})
}

// reaches reports whether a link from one site to a life can be made.
func (l *life) reaches(other *life, address string) bool {
	return !other.dead && !other.frozen && !l.w.blocked[[2]*site{l.site, other.site}] &&
		(address == faraway || address == nearby && l.site.machine == other.site.machine)
}

// linked lets a dial succeed, if it can.
func (l *life) linked(d *dial) bool {
	other := l.w.lives[d.process]
	address := d.first.Publication.Place(d.first.Open.Scope)
	if d.over || !l.reaches(other, address) {
		return false
	}
	d.over = true
	l.join(other, false).dial = d
	return true
}

// unlinked lets it fail.
func (l *life) unlinked(d *dial) bool {
	if d.over {
		return false
	}
	d.over = true
	l.post(event{kind: dialOver, dial: d})
	return true
}

// dialled opens the sessions that waited for a link.
func (l *life) dialled(d *dial, e *end) {
	l.dialling = slices.DeleteFunc(l.dialling, func(other *dial) bool { return other == d })
	if e != nil {
		l.linkUp(e)
	}
	for _, c := range d.waiting {
		s := l.sessions[directory.SessionKey{ID: c.Open.Session}]
		switch over := l.routeTo(d.process); {
		case s == nil: // abandoned meanwhile
		case over != nil:
			s.openOver(over, c)
		case c.Publication.Place(c.Open.Scope) != d.first.Publication.Place(d.first.Open.Scope):
			l.awaitLink(c)
		default:
			l.do(l.resolver.Step(0, directory.Lost{Session: c.Open.Session, Reason: "not reached"}))
		}
	}
}
