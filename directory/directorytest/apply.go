package directorytest

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/layer-cake/layer-cake/directory"
)

// apply does an action, and reports whether it applies. Who is frozen does nothing
// and nothing is done to it.
func (w *world) apply(a action) bool {
	if w.trace != nil {
		w.note("-- %s", a.line(w.sites))
	}
	at, to := w.sites[a.at], w.sites[a.to]
	l := at.now
	awake := l != nil && !l.frozen
	switch a.verb {
	case limits:
		w.slice, w.batch = a.n[0], a.n[1]
		return true
	case start:
		if l != nil {
			return false
		}
		w.start(at)
		return true
	case block, unblock:
		w.blocked[[2]*site{at, to}], w.blocked[[2]*site{to, at}] = a.verb == block, a.verb == block
		return true
	case run:
		w.run(a.n[0], w.order(a.n[1]))
		return true
	case quiet:
		w.quiet(w.order(a.n[0]))
		return true
	case rest:
		w.rest(w.order(a.n[0]))
		return true
	case has, lacks:
		return w.expect(a)
	case steady:
		x := &watch{at: at, actor: a.actor, name: directory.Name(a.text)}
		x.check(w)
		w.watches = append(w.watches, x)
		return true
	case never:
		w.watches = append(w.watches, &watch{at: at, actor: a.actor, name: directory.Name(a.text), never: to})
		return true
	case free:
		w.watches = nil
		return true
	case read:
		return w.read(at, to.now, a.n[0])
	case kill:
		if l != nil {
			l.kill(a.n[0])
		}
		return l != nil
	case thaw:
		if l != nil && l.frozen {
			l.frozen = false
			return true
		}
		return false
	}
	return awake && w.applyAwake(a, l, to)
}

// order is what decides the order of what waits.
func (w *world) order(seed int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), w.schedule))
}

// applyAwake does what only a process that is not frozen does.
func (w *world) applyAwake(a action, l *life, to *site) bool {
	switch a.verb {
	case freeze:
		l.frozen = true
	case call:
		return l.callParent()
	case link, nolink:
		return l.answerDial(to, a.verb == link)
	case cut:
		e := l.nth(a.n[0], func(e *end) bool { return e.dialler && e.far.life.site == to && !e.cut })
		if e == nil {
			return false
		}
		e.cutBoth(a.n[1], a.n[2])
	case work:
		if len(l.inbox) == 0 {
			return false
		}
		l.work()
	case resume:
		if !l.resuming {
			return false
		}
		l.resume()
	case clog, unclog:
		e := l.nth(0, func(e *end) bool { return e.far.life.site == to && e.clogged != (a.verb == clog) })
		if e == nil {
			return false
		}
		if e.clogged = true; a.verb == unclog {
			e.unclog()
		}
	case fire:
		return l.fire(directory.TimerKind(a.n[0]), a.n[1])
	case retire:
		e := l.nth(0, func(e *end) bool { return e.far.life.site == to && e.spare() })
		if e == nil {
			return false
		}
		e.cutBoth(0, len(e.far.in))
	case publish:
		return l.publish(int(a.actor), directory.Name(a.text), a.scope, directory.Stamp(a.n[0]))
	case unpublish:
		return l.unpublish(int(a.actor), directory.Name(a.text))
	case subscribe:
		return l.subscribe(int(a.actor), directory.Pattern(a.text), a.scope)
	case unsubscribe:
		return l.unsubscribe(int(a.actor), directory.Pattern(a.text))
	case stop:
		return l.stop(int(a.actor))
	case send:
		return l.sendNth(a.n[0])
	}
	return true
}

// nth returns the nth of the ends that it is about.
func (l *life) nth(n int, about func(*end) bool) *end {
	for _, e := range l.ends {
		if about(e) {
			if n == 0 {
				return e
			}
			n--
		}
	}
	return nil
}

// answerDial answers the dial of a process that was started at a site, or lets it fail.
func (l *life) answerDial(to *site, well bool) bool {
	for _, d := range l.dialling {
		if l.w.lives[d.process].site != to || d.over {
			continue
		}
		if well {
			return l.linked(d)
		}
		return l.unlinked(d)
	}
	return false
}

// read lets a life read what came from a site, even from who is dead, over the nth
// of the links that have something.
func (w *world) read(from *site, by *life, n int) bool {
	if by == nil || by.frozen {
		return false
	}
	e := by.nth(n, func(e *end) bool { return e.far.life.site == from && e.readable() })
	if e == nil {
		return false
	}
	e.read()
	return true
}

// sendNth sends a message in the nth session that actors of the process see.
func (l *life) sendNth(n int) bool {
	var keys []directory.SessionKey
	for key, s := range l.sessions {
		if s.began && !s.over && !s.silent {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return false
	}
	slices.SortFunc(keys, compareKeys)
	return l.sessions[keys[n%len(keys)]].post()
}

func compareKeys(a, b directory.SessionKey) int {
	return cmp.Or(cmp.Compare(a.Opener, b.Opener), cmp.Compare(a.ID, b.ID))
}
