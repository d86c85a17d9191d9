package node

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// standing takes what a publisher has got so far, and returns at which scopes it
// stands by, beginning with those where it did. Standby and Promoted must
// alternate for each, beginning with Standby (R4).
func (p *process) standing(actor transport.ActorID, did map[directory.Scope]bool) map[directory.Scope]bool {
	p.t.Helper()
	now := make(map[directory.Scope]bool)
	for scope := range did {
		now[scope] = true
	}
	for _, got := range p.heard(actor) {
		e, _ := got.(event)
		switch fact := e.fact.(type) {
		case directory.Standby:
			if now[fact.Scope] {
				p.t.Errorf("actor %d is told %v twice", actor, fact)
			}
			now[fact.Scope] = true
		case directory.Promoted:
			if !now[fact.Scope] {
				p.t.Errorf("actor %d is told %v, and did not stand by", actor, fact)
			}
			delete(now, fact.Scope)
		}
	}
	return now
}

// In the earlier system the younger of two publishers of one name was told
// Published and nothing else, ever: neither that the other had the name, nor that
// it was its own when the other had died; and nobody was given it. Here it is told
// both, and is used (R3, R4).
func TestYoungerPublisherIsToldAndPromoted(t *testing.T) {
	host := open(t, directory.Host, "")
	older := open(t, directory.Process, host.Address())
	younger := open(t, directory.Process, host.Address())
	sub := open(t, directory.Process, host.Address())
	older.publish(1, "svc", directory.Host)
	sub.subscribe(1, "svc", directory.Host)
	next[directory.Available](sub, 1)
	next[directory.Delivered](older, 1)
	for range 3 {
		younger.publish(1, "svc", directory.Host)
		if got, _ := next[directory.Standby](younger, 1); got.Name != "svc" || got.Scope != directory.Host {
			t.Errorf("got %v", got)
		}
		older.stop()
		next[directory.Dropped](sub, 1)
		if got, _ := next[directory.Available](sub, 1); got.Publisher != younger.Mint.Address(1) {
			t.Errorf("got %v, want the younger", got)
		}
		// It may be used before it is told why.
		told := map[string]bool{}
		for range 2 {
			e, _ := younger.next(1).(event)
			told[fmt.Sprintf("%T", e.fact)] = true
			if p, ok := e.fact.(directory.Promoted); ok && (p.Name != "svc" || p.Scope != directory.Host) {
				t.Errorf("got %v", p)
			}
		}
		if want := map[string]bool{"directory.Promoted": true, "directory.Delivered": true}; !cmp.Equal(told, want) {
			t.Errorf("the younger is told %v, want %v", told, want)
		}
		// Who comes back is the younger now.
		older, younger = younger, open(t, directory.Process, host.Address())
	}
}

// R4: a publisher is told for each scope by itself, wherever the older ones are, and
// when they go; one that takes its name back counts as one that dies.
func TestStandbyAtEachScope(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		t.Run(fmt.Sprint("directories restarted: ", restarted), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				daemons := make(map[string]*process)
				start := func(machine string, scope directory.Scope, at, parent string) {
					daemons[at] = b.open(machine, scope, at, parent)
				}
				up := func() {
					start("lan", directory.LAN, "lan:1", "")
					for _, m := range []string{"a", "b"} {
						start(m, directory.Host, m+":1", "lan:1")
						start(m, directory.Group, m+":2", m+":1")
					}
				}
				up()
				far := b.open("b", directory.Process, "", "b:2")
				near := b.open("a", directory.Process, "", "a:1")
				mate := b.open("a", directory.Process, "", "a:2")
				p := b.open("a", directory.Process, "", "a:2")
				for _, older := range []*process{far, near, mate} {
					older.publish(1, "svc", directory.LAN)
					b.rest()
				}
				p.publish(1, "svc", directory.LAN)

				var stands, farStands map[directory.Scope]bool
				expect := func(title string, scopes ...directory.Scope) {
					t.Helper()
					b.rest()
					if restarted {
						for _, d := range daemons {
							d.stop()
						}
						up()
						b.rest()
					}
					stands, farStands = p.standing(1, stands), far.standing(1, farStands)
					want := make(map[directory.Scope]bool)
					for _, s := range scopes {
						want[s] = true
					}
					if diff := cmp.Diff(want, stands); diff != "" {
						t.Errorf("%s: it stands by (-want +got):\n%s", title, diff)
					}
				}
				expect("three are older", directory.Group, directory.Host, directory.LAN)
				if len(farStands) > 0 {
					t.Errorf("the oldest stands by at %v", farStands)
				}
				mate.Unpublish(1, "svc")
				expect("none in the group", directory.Host, directory.LAN)
				near.stop()
				expect("none on the machine", directory.LAN)
				far.stop()
				expect("nobody else")
				mate.standing(1, nil)
				mate.publish(1, "svc", directory.LAN)
				b.rest()
				if got := mate.standing(1, nil); len(got) != 3 {
					t.Errorf("the youngest stands by at %v", got)
				}
				expect("a younger one")
			})
		})
	}
}
