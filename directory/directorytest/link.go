package directorytest

import (
	"slices"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// An end is one end of a link between two lives. What the other end says waits in
// it until its reader takes it.
//
//	calling ──hello──▶ greeted ──linkUp is heard──▶ up ──all is read, and cut──▶ lost
//	   └───────────────────────── cut ──────────────────────────────────────────────▲
type end struct {
	life    *life
	far     *end
	dialler bool
	kin     bool            // the dialler's parent is at the other end
	reach   directory.Scope // how far away the other end may be
	party   directory.Party // from linkUp on
	state   state
	cut     bool // nothing more will come
	clogged bool // nobody reads the other end: there is no room
	in      []frame
	dial    *dial // that it was made for, at its dialler

	// What a directory was told by a child over this link, and not yet told
	// otherwise: for R5.
	claims map[directory.Name][]directory.ID
	seeks  map[directory.ID]struct{}
}

type state uint8

const (
	calling state = iota
	greeted
	up
	lost
)

// A frame is what a link carries: a word between two shells, or a message in a
// session. With neither it is the hello.
type frame struct {
	msg  directory.Message
	data *letter
}

// join makes a link from l to the life at the other site.
func (l *life) join(other *life, kin bool) *end {
	reach := directory.LAN
	if other.site.machine == l.site.machine {
		reach = directory.Host
	}
	a := &end{life: l, dialler: true, kin: kin, reach: reach, in: []frame{{}}}
	b := &end{life: other, far: a, kin: kin, reach: reach, in: []frame{{}}}
	a.far = b
	l.ends = append(l.ends, a)
	other.ends = append(other.ends, b)
	return a
}

// callParent dials the parent, and reports whether that was wanted and went well.
func (l *life) callParent() bool {
	if !l.canCallParent() {
		return false
	}
	above := l.site.above
	l.parent = l.join(above.now, true)
	return true
}

func (l *life) canCallParent() bool {
	above := l.site.above
	return l.seeking && !l.frozen && l.parent == nil && above.now != nil && !above.now.frozen
}

// cutBoth ends the link for both. Of what is under way to this end, and to the
// other, so much is still read.
func (e *end) cutBoth(here, there int) {
	if e.cut {
		return
	}
	for _, x := range []struct {
		end  *end
		keep int
	}{{e, here}, {e.far, there}} {
		x.end.cut = true
		x.end.in = slices.Clip(x.end.in[:x.keep%(len(x.end.in)+1)])
	}
}

func (e *end) say(msg directory.Message) {
	if !e.cut {
		e.far.in = append(e.far.in, frame{msg: msg})
	}
}

// readable reports whether there is something for the end's reader.
func (e *end) readable() bool {
	switch e.state {
	case calling:
		return len(e.in) > 0 || e.cut
	case up:
		return len(e.in) > 0 && (e.party != 0) || len(e.in) == 0 && e.cut
	}
	return false
}

// read takes the next frame, as the reader of a link does: what is between actors
// goes straight to them, the rest to the shell.
func (e *end) read() {
	l := e.life
	switch {
	case len(e.in) == 0 && e.state == calling: // it never came to be
		e.state = lost
		l.forget(e)
		if e.dial != nil {
			l.post(event{kind: dialOver, dial: e.dial})
		}
	case len(e.in) == 0:
		e.state = lost
		if l.parent == e {
			l.parent = nil
		}
		l.post(event{kind: linkDown, end: e})
	default:
		f := e.in[0]
		e.in = e.in[1:]
		switch {
		case f.data != nil:
			e.deliver(f.data)
		case f.msg == nil:
			e.state = greeted
			l.post(event{kind: linkUp, end: e, dial: e.dial})
		default:
			l.post(event{kind: linkHeard, end: e, msg: f.msg})
		}
	}
}

// forget takes the end out of its life.
func (l *life) forget(e *end) {
	if l.parent == e {
		l.parent = nil
	}
	l.ends = slices.DeleteFunc(l.ends, func(other *end) bool { return other == e })
}

// end returns the end that the shell knows as p: nil if it is lost.
func (l *life) end(p directory.Party) *end {
	for _, e := range l.ends {
		if e.party == p && p != 0 {
			return e
		}
	}
	return nil
}

func (l *life) linkUp(e *end) {
	l.lastLink++
	e.party = directory.LinkParty(l.lastLink)
	e.state = up
	if e.kin {
		if e.dialler {
			l.tell(e.party, directory.ParentUp{Scope: e.far.life.site.scope})
		} else {
			e.claims = make(map[directory.Name][]directory.ID)
			e.seeks = make(map[directory.ID]struct{})
			l.tell(e.party, directory.ChildUp{Scope: e.far.life.site.scope})
		}
	}
	l.settle()
	l.do(l.resolver.Step(e.party, directory.Linked{Process: e.far.life.id}))
}

func (l *life) linkDown(e *end) {
	l.forget(e)
	for _, id := range l.openedOver(e) {
		l.w.hopeful = true
		l.do(l.resolver.Step(0, directory.Lost{Session: id, Reason: "link lost"}))
	}
	l.do(l.acceptor.Step(e.party, directory.Gone{}))
	l.tell(e.party, directory.Gone{})
}

// heard hands what came over a link to the machine that it is for.
func (l *life) heard(e *end, msg directory.Message) {
	switch m := msg.(type) {
	case directory.Open:
		l.do(l.acceptor.Step(e.party, directory.Opening{Open: m, Reach: e.reach}))
	case directory.Commit:
		l.do(l.acceptor.Step(e.party, m))
	case directory.Close:
		l.do(l.acceptor.Step(e.party, m))
	case directory.Ready, directory.NotOpened, directory.Closed:
		id := m.(directory.SessionMessage).ID()
		s := l.sessions[directory.SessionKey{ID: id}]
		if s == nil || s.link != e {
			return // of no session that was opened over this link
		}
		s.answered(m)
		l.do(l.resolver.Step(e.party, m))
	default:
		e.heardOf(msg)
		l.tell(e.party, msg)
	}
}

// heardOf keeps what a child tells.
func (e *end) heardOf(msg directory.Message) {
	if e.claims == nil {
		return
	}
	switch m := msg.(type) {
	case directory.Claim:
		ids := make([]directory.ID, len(m.Claimants))
		for i, p := range m.Claimants {
			ids[i] = p.ID
		}
		e.claims[m.Name] = ids
	case directory.Seek:
		e.seeks[m.Subscription.ID] = struct{}{}
	case directory.Unseek:
		delete(e.seeks, m.ID)
	}
}

// routeTo returns the link to use to a process: the one that the smaller of the
// two dialled, of several the last (R14).
func (l *life) routeTo(process transport.ProcessID) *end {
	var best *end
	for _, e := range l.ends {
		if e.state != up && e.state != lost || e.far.life.id != process {
			continue
		}
		if best == nil || !best.caller().Less(e.caller()) {
			best = e
		}
	}
	return best
}

func (e *end) caller() transport.ProcessID {
	if e.dialler {
		return e.life.id
	}
	return e.far.life.id
}

// spare reports whether nobody needs the link, so that its dialler closes it.
func (e *end) spare() bool {
	return !e.kin && e.dialler && !e.cut && e.state == up &&
		len(e.life.using(e)) == 0 && e.life.routeTo(e.far.life.id) != e
}
