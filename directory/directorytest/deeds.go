package directorytest

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// The deeds, with how often each is done to a world of middling weather.
var deeds = []struct {
	weight int
	rough  bool // how often depends on the weather
	do     func(c *chaos)
}{
	{400, false, (*chaos).goOn},
	{40, false, (*chaos).publish},
	{20, false, func(c *chaos) { c.unregister(unpublish) }},
	{36, false, (*chaos).subscribe},
	{12, false, func(c *chaos) { c.unregister(unsubscribe) }},
	{60, false, (*chaos).send},
	{60, false, func(c *chaos) { c.do(action{verb: call, at: c.any()}) }},
	{10, true, func(c *chaos) { c.do(action{verb: stop, at: c.any(), actor: c.actor()}) }},
	{10, false, (*chaos).restart},
	{30, true, (*chaos).cut},
	{10, true, (*chaos).redial},
	{12, true, (*chaos).failDial},
	{6, true, func(c *chaos) { c.do(action{verb: kill, at: c.any(), n: [3]int{c.random.IntN(20)}}) }},
	{30, false, (*chaos).revive},
	{8, true, func(c *chaos) { c.do(action{verb: freeze, at: c.any()}) }},
	{20, false, (*chaos).thaw},
	{30, true, (*chaos).fire},
	{8, false, func(c *chaos) { c.toFar(retire, (*end).spare) }},
	{12, true, func(c *chaos) { c.toFar(clog, func(e *end) bool { return !e.clogged }) }},
	{12, false, func(c *chaos) { c.toFar(unclog, func(e *end) bool { return e.clogged }) }},
	{1, true, func(c *chaos) { c.do(action{verb: block, at: c.any(), to: c.any()}) }},
	{2, false, (*chaos).unblock},
}

// registrant returns a site to register at, mostly a process, and how far.
func (c *chaos) registrant() (uint8, directory.Scope) {
	s := c.sites[c.any()]
	if s.scope < directory.Process && c.random.IntN(4) > 0 {
		s = c.sites[c.any()]
	}
	scope := allScopes[c.random.IntN(len(allScopes))]
	if c.random.IntN(4) > 0 { // else nobody may be able to dial it
		scope = min(scope, s.scope)
	}
	return uint8(s.index), scope
}

func (c *chaos) publish() {
	at, scope := c.registrant()
	name := c.names[c.random.IntN(len(c.names))]
	c.do(action{verb: publish, at: at, actor: c.actor(), scope: scope, text: name, n: [3]int{c.random.IntN(c.stamps)}})
}

func (c *chaos) subscribe() {
	at, scope := c.registrant()
	pattern := allPatterns[c.random.IntN(len(allPatterns))]
	c.do(action{verb: subscribe, at: at, actor: c.actor(), scope: scope, text: pattern})
}

// send sends in a session of some process that has one.
func (c *chaos) send() {
	for _, i := range c.random.Perm(len(c.sites)) {
		if l := c.sites[i].now; l != nil && !l.frozen && len(l.sessions) > 0 {
			c.do(action{verb: send, at: uint8(i), n: [3]int{c.random.IntN(8)}})
			return
		}
	}
}

// unregister takes back one of the registrations of some process.
func (c *chaos) unregister(verb verb) {
	at := c.any()
	l := c.sites[at].now
	if l == nil {
		return
	}
	var live []action
	for _, p := range l.pubs {
		if p.live && verb == unpublish {
			live = append(live, action{verb: verb, at: at, actor: uint8(p.Actor.Actor), text: string(p.Name)})
		}
	}
	for _, s := range l.subs {
		if s.live && verb == unsubscribe {
			live = append(live, action{verb: verb, at: at, actor: uint8(s.Actor.Actor), text: string(s.Pattern)})
		}
	}
	if len(live) > 0 {
		c.do(live[c.random.IntN(len(live))])
	}
}

// restart ends an actor and has it begin anew: what it registers again, some of it
// at once, goes on where the machines still take back what it had.
func (c *chaos) restart() { c.restartAt(c.any()) }

func (c *chaos) restartAt(at uint8) {
	actor := c.actor()
	l := c.sites[at].now
	if l == nil {
		return
	}
	var again []action
	for _, p := range l.pubs {
		if p.live && p.Actor.Actor == transport.ActorID(actor) {
			again = append(again, action{verb: publish, at: at, actor: actor, scope: p.Scope, text: string(p.Name), n: [3]int{c.random.IntN(c.stamps)}})
		}
	}
	for _, s := range l.subs {
		if s.live && s.Actor.Actor == transport.ActorID(actor) {
			again = append(again, action{verb: subscribe, at: at, actor: actor, scope: s.Scope, text: string(s.Pattern)})
		}
	}
	c.do(action{verb: stop, at: at, actor: actor})
	c.do(action{verb: work, at: at})
	for _, a := range again {
		if c.random.IntN(3) > 0 {
			c.do(a)
			c.do(action{verb: work, at: at})
		}
	}
	if c.random.IntN(3) == 0 {
		c.do(action{verb: stop, at: at, actor: actor})
		c.do(action{verb: work, at: at})
	}
}

// toFar does something to the first such end of the links of some process.
func (c *chaos) toFar(verb verb, such func(*end) bool) {
	for _, i := range c.random.Perm(len(c.sites)) {
		l := c.sites[i].now
		if l == nil || l.frozen {
			continue
		}
		if e := l.nth(0, such); e != nil {
			c.do(action{verb: verb, at: uint8(i), to: uint8(e.far.life.site.index)})
			return
		}
	}
}

func (c *chaos) cut() {
	at := c.any()
	l := c.sites[at].now
	if l == nil || len(l.ends) == 0 {
		return
	}
	e := l.ends[c.random.IntN(len(l.ends))]
	if e.dialler {
		c.do(action{verb: cut, at: at, to: uint8(e.far.life.site.index), n: [3]int{0, c.random.IntN(20), c.random.IntN(20)}})
	}
}

// redial has a child dial anew long before its parent sees that the old link is
// lost, and change its mind meanwhile.
func (c *chaos) redial() {
	at := c.any()
	s := c.sites[at]
	if s.now == nil || s.now.parent == nil {
		return
	}
	above := uint8(s.above.index)
	nth := 0
	for _, e := range s.now.ends {
		if e == s.now.parent {
			break
		}
		if e.dialler && e.far.life.site == s.above && !e.cut {
			nth++
		}
	}
	c.do(action{verb: cut, at: at, to: above, n: [3]int{nth, 0, 20 + c.random.IntN(20)}})
	c.do(action{verb: read, at: above, to: at})
	c.restartAt(at)
	c.do(action{verb: call, at: at})
	c.do(action{verb: read, at: above, to: at})
	for range c.random.IntN(8) {
		c.do(action{verb: work, at: at})
	}
	for range c.random.IntN(8) {
		// The new link is the last of those that have something: mostly it is read,
		// and once in four times the old one.
		c.do(action{verb: read, at: at, to: above, n: [3]int{1 - c.random.IntN(4)/3}})
		c.do(action{verb: work, at: above})
	}
}

func (c *chaos) failDial() {
	at := c.any()
	if l := c.sites[at].now; l != nil && len(l.dialling) > 0 {
		d := l.dialling[c.random.IntN(len(l.dialling))]
		c.do(action{verb: nolink, at: at, to: uint8(c.lives[d.process].site.index)})
	}
}

func (c *chaos) revive() {
	for _, i := range c.random.Perm(len(c.sites)) {
		if c.sites[i].now == nil {
			c.do(action{verb: start, at: uint8(i)})
			return
		}
	}
}

func (c *chaos) thaw() {
	for _, i := range c.random.Perm(len(c.sites)) {
		if l := c.sites[i].now; l != nil && l.frozen {
			c.do(action{verb: thaw, at: uint8(i)})
			return
		}
	}
}

func (c *chaos) fire() {
	at := c.any()
	if l := c.sites[at].now; l != nil && len(l.timers) > 0 {
		kind := l.timers[c.random.IntN(len(l.timers))].Kind
		c.do(action{verb: fire, at: at, n: [3]int{int(kind), c.random.IntN(3)}})
	}
}

func (c *chaos) unblock() {
	for _, s := range c.sites {
		for _, other := range c.sites {
			if c.blocked[[2]*site{s, other}] {
				c.do(action{verb: unblock, at: uint8(s.index), to: uint8(other.index)})
				return
			}
		}
	}
}
