package node

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// How a solution is brought up, moved and run beside another.

// orders returns every order of n things.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range orders(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// R15: in whatever order the daemons and a process come, in the end the process
// has its session, with the nearest of the publishers; when that one goes, with
// the next.
func TestRolloutInEveryOrder(t *testing.T) {
	for _, order := range orders(4) {
		for _, publishers := range []string{"first", "last"} {
			names := []string{"lan", "host", "group", "process"}
			title := fmt.Sprint("publishers ", publishers)
			for _, i := range order {
				title += " " + names[i]
			}
			t.Run(title, func(t *testing.T) {
				inBubble(t, func(t *testing.T, b bubble) { rollout(t, b, order, publishers == "first") })
			})
		}
	}
}

func rollout(t *testing.T, b bubble, order []int, publishersFirst bool) {
	var sub *process
	starts := []func(){
		func() { b.open("lan", directory.LAN, "lan:1", "") },
		func() { b.open("a", directory.Host, "a:1", "lan:1") },
		func() { b.open("a", directory.Group, "a:2", "a:1") },
		func() {
			sub = b.open("a", directory.Process, "", "a:2")
			sub.subscribe(1, "svc", directory.LAN)
		},
	}
	publishers := make(map[directory.Scope]*process)
	publish := func() {
		b.open("b", directory.Host, "b:1", "lan:1")
		publishers[directory.LAN] = b.open("b", directory.Process, "", "b:1")
		publishers[directory.Host] = b.open("a", directory.Process, "", "a:1")
		publishers[directory.Group] = b.open("a", directory.Process, "", "a:2")
		for _, scope := range []directory.Scope{directory.LAN, directory.Host, directory.Group} {
			publishers[scope].publish(1, "svc", directory.LAN)
			time.Sleep(time.Millisecond) // the farther, the older
		}
	}
	if publishersFirst {
		publish()
		b.rest()
	}
	for _, i := range order {
		starts[i]()
		b.rest()
	}
	if !publishersFirst {
		publish()
		b.rest()
	}

	has := sub.sessionsOf(1, nil)
	for _, scope := range []directory.Scope{directory.Group, directory.Host, directory.LAN} {
		if got := has["svc"]; got.Scope != scope || got.Publisher != publishers[scope].Mint.Address(1) {
			t.Fatalf("the session is %v, want one at %v", got, scope)
		}
		publishers[scope].stop()
		b.rest()
		has = sub.sessionsOf(1, has)
	}
	if len(has) > 0 {
		t.Errorf("nobody is left, and the sessions are %v", has)
	}
}

// A service moves to a replacement, here, on another machine of the LAN or nearer,
// while it is used: every request is taken by the one or the other, in order and
// once, or comes back to who sent it; and in the end the new one has them all.
func TestServiceMovedLive(t *testing.T) {
	for name, at := range map[string]struct{ old, next string }{
		"on its machine":        {"a:1", "a:1"},
		"to a machine far away": {"a:1", "b:1"},
		"to a machine nearby":   {"b:1", "a:1"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				b.open("lan", directory.LAN, "lan:1", "")
				b.open("a", directory.Host, "a:1", "lan:1")
				b.open("b", directory.Host, "b:1", "lan:1")
				b.net.Delay("a", "b", 3*time.Millisecond)
				b.net.Delay("a", "a", time.Millisecond)
				old := b.open(at.old[:1], directory.Process, "", at.old)
				replacement := b.open(at.next[:1], directory.Process, "", at.next)
				sub := b.open("a", directory.Process, "", "a:1")
				sub.subscribe(1, "svc", directory.LAN)
				old.publish(1, "svc", directory.LAN)

				asked, unsent := 0, 0
				var session *Session
				var back []string
				use := func(rounds int) {
					for range rounds {
						for _, got := range sub.heard(1) {
							switch got := got.(type) {
							case event:
								session = nil
								if _, begun := got.fact.(directory.Available); begun {
									session = got.session
								}
							case Undelivered:
								back = append(back, got.Message.(string))
							}
						}
						if session != nil {
							asked++
							if err := session.Send(session.Local(), fmt.Sprint(asked)); err != nil {
								unsent++ // it knows
								back = append(back, fmt.Sprint(asked))
							}
						}
						time.Sleep(100 * time.Microsecond)
					}
				}
				use(1000)
				replacement.publish(1, "svc", directory.LAN)
				use(1000)
				old.Unpublish(1, "svc")
				use(1000)
				old.stop()
				use(1000)
				b.rest()
				for _, got := range sub.heard(1) {
					if u, ok := got.(Undelivered); ok {
						back = append(back, u.Message.(string))
					}
				}

				seen := make(map[string]bool)
				taken := [2]int{}
				for i, p := range []*process{old, replacement} {
					last := 0
					for _, got := range p.heard(1) {
						d, ok := got.(Delivery)
						if !ok {
							continue
						}
						var n int
						fmt.Sscan(d.Message.(string), &n)
						if n <= last || seen[d.Message.(string)] {
							t.Errorf("request %d was taken after %d, or twice", n, last)
						}
						last, seen[d.Message.(string)] = n, true
						taken[i]++
					}
				}
				for _, m := range back {
					if seen[m] {
						t.Errorf("request %s was taken, and came back", m)
					}
					seen[m] = true
				}
				t.Logf("%d requests: %v were taken, %d came back", asked, taken, len(back))
				if len(seen) != asked || asked < 3500 || taken[0] < 900 || taken[1] < 1000 {
					t.Errorf("%d requests were made, %v were taken, %d came back", asked, taken, len(back))
				}
				if session == nil || session.Remote() != replacement.Mint.Address(1) {
					t.Errorf("the session in the end is %v", session)
				}
			})
		})
	}
}

// A copy is a developer's copy of a solution: a group, its service and its client.
type copyOf struct {
	group, service, client *process
}

func (b bubble) copyOf(port string, scope directory.Scope) copyOf {
	c := copyOf{
		group:   b.open("m", directory.Group, "m:"+port, "m:1"),
		service: b.open("m", directory.Process, "", "m:"+port),
		client:  b.open("m", directory.Process, "", "m:"+port),
	}
	c.client.subscribe(1, "svc:.*", scope)
	c.service.publish(1, "svc:db", scope)
	c.service.publish(2, "svc:web", scope)
	return c
}

// Two developers run a copy each of one solution on one machine: each copy uses
// its own services. While one has none it uses the other's, if the scope allows,
// and goes back to its own.
func TestTwoCopiesOfOneSolution(t *testing.T) {
	for _, scope := range []directory.Scope{directory.Host, directory.Group} {
		t.Run(scope.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				b.open("m", directory.Host, "m:1", "")
				copies := [2]copyOf{b.copyOf("2", scope), b.copyOf("3", scope)}
				b.rest()
				var has [2]map[directory.Name]directory.Available
				// both looks at the sessions of both clients: whose services they are with.
				both := func(title string, service [2]*process, at [2]directory.Scope) {
					t.Helper()
					for i, c := range copies {
						has[i] = c.client.sessionsOf(1, has[i])
						for actor, name := range map[transport.ActorID]directory.Name{1: "svc:db", 2: "svc:web"} {
							got, ok := has[i][name]
							switch {
							case service[i] == nil && ok:
								t.Errorf("%s: copy %d has %v, want nobody", title, i, got)
							case service[i] != nil && (got.Publisher != service[i].Mint.Address(actor) || got.Scope != at[i]):
								t.Errorf("%s: copy %d has %v, want the service at %v", title, i, got, at[i])
							}
						}
					}
				}
				own := [2]directory.Scope{directory.Group, directory.Group}
				services := [2]*process{copies[0].service, copies[1].service}
				both("at first", services, own)
				for i := range copies {
					services[i].stop()
					b.rest()
					dead, at := services, own
					dead[i] = nil
					if scope == directory.Host {
						dead[i], at[i] = services[1-i], directory.Host
					}
					both(fmt.Sprint("without the service of copy ", i), dead, at)

					services[i] = b.open("m", directory.Process, "", copies[i].group.Address())
					services[i].publish(1, "svc:db", scope)
					services[i].publish(2, "svc:web", scope)
					b.rest()
					both(fmt.Sprint("with a new service of copy ", i), services, own)
				}
			})
		})
	}
}

// The same name at Group scope in every group: each group has its own, whatever
// the others do, and nobody beyond has heard of it (R1).
func TestSameNameInEveryGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		const groups = 6
		host := b.open("m", directory.Host, "m:1", "")
		outside := b.open("m", directory.Process, "", "m:1")
		outside.subscribe(1, ".*", directory.Host)
		var copies [groups]copyOf
		for i := range copies {
			copies[i] = b.copyOf(fmt.Sprint(10+i), directory.Group)
			copies[i].client.publish(2, directory.Name(fmt.Sprint("wide:", i)), directory.Host) // so that it has a parent
		}
		b.rest()
		for i, c := range copies {
			has := c.client.sessionsOf(1, nil)
			if len(has) != 2 || has["svc:db"].Publisher != c.service.Mint.Address(1) || has["svc:web"].Publisher != c.service.Mint.Address(2) {
				t.Errorf("group %d has %v", i, has)
			}
		}
		if known := host.publications(); len(known) != groups {
			t.Errorf("the host knows %v, want what is wide alone", known)
		}
		if has := outside.sessionsOf(1, nil); len(has) != groups {
			t.Errorf("outside there are %v, want what is wide alone", has)
		}
		copies[0].service.Unpublish(1, "svc:db")
		copies[1].service.stop()
		copies[2].group.stop()
		synctest.Wait()
		b.rest()
		for i, want := range [groups]int{1, 2, 0, 0, 0, 0} {
			got := copies[i].client.heard(1)
			if len(got) != want {
				t.Errorf("group %d got %v, want %d words", i, got, want)
			}
		}
	})
}
