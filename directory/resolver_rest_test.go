package directory

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// settle says the truth, lets everything succeed, and waits until it is quiet.
func (p *pair) settle() {
	for _, s := range p.subscriptions {
		for _, at := range []Scope{LAN, Host, Group} {
			p.tellResolver(0, Offered{s.ID, at, true, true, p.list(s, at)})
		}
	}
	for range 10_000 {
		if !p.progress() {
			return
		}
	}
	p.fault("it never comes to rest")
}

func (p *pair) progress() bool {
	if len(p.cuts) > 0 {
		p.hearOfCut()
		return true
	}
	for _, process := range slices.Sorted(maps.Keys(p.dialling)) {
		if len(p.dialling[process]) > 0 {
			p.dialled(process, true)
			return true
		}
	}
	for _, process := range slices.Sorted(maps.Keys(p.wires)) {
		if p.carry(p.wires[process], true) || p.carry(p.wires[process], false) {
			return true
		}
	}
	timer, ok := p.timer(TimerRetry)
	if ok {
		p.fire(timer)
	}
	return ok
}

// rest checks what holds when nothing changes any more (R15).
func (p *pair) rest() {
	for timer := range p.timers {
		p.fault("at rest %v runs", timer)
	}
	for d := range p.due {
		p.fault("at rest %v of the acceptor %d runs", d.timer, d.process)
	}
	for _, s := range p.resolver.interests {
		var held [Library + 1]int
		for name, t := range s.tracks {
			if t.route.Empty() {
				p.fault("%v has a track for %q, and there is nothing on it", s, name)
			}
			for o := range t.route.Offers {
				held[o.scope]++
			}
		}
		for at, l := range s.lists {
			if l.held != held[at] || l.said != held[at] {
				p.fault("%v is offered %d at %v, and %d are counted, %d said", s, held[at], Scope(at), l.held, l.said)
			}
		}
	}
	live := map[far]bool{}
	for _, s := range p.subscriptions {
		for _, name := range []Name{"a", "b"} {
			var best *offer
			for at := Group; at >= LAN; at-- {
				for _, o := range p.list(s, at) {
					if best == nil && o.Name == name {
						best = &offer{publication: o, scope: at}
					}
				}
			}
			id := p.seen[near{s.ID, name}]
			e := p.ends[id]
			switch {
			case e == nil && best != nil:
				p.fault("R15: %v has no session for %q, and could have %v", s, name, best.publication)
			case e != nil && best != nil && outranks(best, &e.offer):
				p.fault("R15: %v has %v for %q, and could have %v", s, e.offer.publication, name, best.publication)
			}
			if e != nil {
				live[far{e.process, SessionKey{e.wire.party, id}}] = true
			}
		}
	}
	if len(p.ends) != len(live) || !maps.Equal(p.prepared, live) {
		p.fault("R15: the subscribers' ends are %v of %d, the publishers' %v", live, len(p.ends), p.prepared)
	}
}

// outranks is R8 in plain words.
func outranks(a, b *offer) bool {
	if a.scope != b.scope {
		return a.scope > b.scope
	}
	return a.publication.Stamp < b.publication.Stamp ||
		a.publication.Stamp == b.publication.Stamp && a.publication.ID.Less(b.publication.ID)
}

// empty checks that nothing is left when everybody has ended (R12).
func (p *pair) empty() {
	r := p.resolver
	if n := len(r.interests) + len(r.actors) + len(r.sessions) + len(r.rests); n > 0 {
		p.fault("R12: the resolver still has %v, %v, %v, %v", r.interests, r.actors, r.sessions, r.rests)
	}
	for process, a := range p.acceptors {
		if n := len(a.publications) + len(a.actors) + len(a.openers); n > 0 {
			p.fault("R12: acceptor %d still has %v, %v, %v", process, a.publications, a.actors, a.openers)
		}
	}
}

// play runs one seed to its end.
func play(seed uint64) *pair {
	p := newPair(seed)
	for range 3 {
		for range 150 {
			p.step()
		}
		p.settle()
		p.rest()
	}
	for range 30 {
		p.step()
	}
	for _, process := range slices.Sorted(maps.Keys(p.acceptors)) {
		p.end(process, transport.ActorID(process*10+1))
		p.end(process, transport.ActorID(process*10+2))
	}
	p.settle()
	p.rest()
	p.empty()
	return p
}

// TestPair runs a resolver against acceptors over links that are cut, by seed:
// what the actors see (R11, R12), what is there at rest (R15), and that the same
// seed gives the same transcript.
func TestPair(t *testing.T) {
	sessions := 0
	for seed := range uint64(120) {
		p := play(seed)
		log := strings.Join(p.log, "\n")
		if p.wrong != "" {
			t.Fatalf("seed %d: %s\n%s", seed, p.wrong, log)
		}
		if again := strings.Join(play(seed).log, "\n"); again != log {
			t.Fatalf("seed %d: two transcripts:\n%s\n\n%s", seed, log, again)
		}
		sessions += strings.Count(log, ": delivered ")
	}
	if sessions < 1000 {
		t.Errorf("only %d sessions began: too few to tell", sessions)
	}
}
