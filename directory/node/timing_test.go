package node

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// How long things take (R8, R9), and which of two links stays (R14), in virtual time.

// dials notes when a transport is asked to dial an address.
type dials struct {
	transport.Transport
	unanswered bool // who dials waits for ever

	mu    sync.Mutex
	times map[string][]time.Time // guarded by mu
}

func (d *dials) Dial(ctx context.Context, address string, hello transport.Hello) (transport.Link, error) {
	d.mu.Lock()
	d.times[address] = append(d.times[address], time.Now())
	d.mu.Unlock()
	if d.unanswered {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return d.Transport.Dial(ctx, address, hello)
}

// pauses are those between the dials of an address.
func (d *dials) pauses(address string) (list []time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, at := range d.times[address] {
		if i > 0 {
			list = append(list, at.Sub(d.times[address][i-1]))
		}
	}
	return list
}

func (d *dials) note(c *Config) {
	d.Transport, d.times = c.Transport, make(map[string][]time.Time)
	c.Transport = d
}

// around reports whether d is at most a fifth more or less than want.
func around(d, want time.Duration) bool { return want*4/5 <= d && d <= want*6/5 }

// R9: an offer that failed is tried again after 100 ms, doubling to 2 s, give or
// take a fifth, not the same each time.
func TestPausesBetweenAttempts(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("m", directory.Host, "m:1", "")
		pub := b.open("m", directory.Process, "m:2", "m:1")
		pub.publish(1, "svc", directory.Host)
		pub.listeners.near.Close() // whoever dials is refused from now on
		d := new(dials)
		sub := b.open("m", directory.Process, "", "m:1", d.note)
		sub.subscribe(1, "svc", directory.Host)
		time.Sleep(time.Minute)
		pauses := d.pauses("m:2")
		if len(pauses) < 20 {
			t.Fatalf("it was tried again %d times within a minute", len(pauses))
		}
		want, same := 100*time.Millisecond, 0
		for i, pause := range pauses {
			if !around(pause, want) {
				t.Errorf("pause %d is %v, want about %v", i, pause, want)
			}
			if pause == want {
				same++
			}
			want = min(2*want, 2*time.Second)
		}
		if same > len(pauses)/2 {
			t.Errorf("the pauses are %v: many who wait come all at once", pauses)
		}
	})
}

// R9: it is tried at once when a link to its process comes up.
func TestTriedWhenALinkComesUp(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("m", directory.Host, "m:1", "")
		pub := b.open("m", directory.Process, "m:2", "m:1")
		pub.publish(1, "svc", directory.Host)
		pub.listeners.near.Close()
		d := new(dials)
		sub := b.open("m", directory.Process, "", "m:1", d.note)
		sub.publish(2, "other", directory.Host)
		sub.subscribe(1, "svc", directory.Host)
		time.Sleep(time.Minute)
		for n := len(d.pauses("m:2")); n == len(d.pauses("m:2")); { // a pause of 1.6 s at least begins
			time.Sleep(time.Millisecond)
		}
		began := time.Now()
		pub.subscribe(3, "other", directory.Host) // dials the subscriber
		next[directory.Available](sub, 1)
		if took := time.Since(began); took > 10*time.Millisecond {
			t.Errorf("tried after %v, want at once", took)
		}
	})
}

// R14: a parent that is lost is dialled again after 50 ms, doubling to 1 s on this
// machine and to 2 s elsewhere, give or take a fifth; each time it is lost.
func TestPausesBetweenDialsOfTheParent(t *testing.T) {
	for address, most := range map[string]time.Duration{"127.0.0.1:1": time.Second, "m:1": 2 * time.Second} {
		t.Run(address, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				host := b.open("m", directory.Host, address, "")
				d := new(dials)
				sub := b.open("m", directory.Process, "", address, d.note)
				sub.subscribe(1, "svc", directory.Host)
				b.rest()
				for range 3 {
					host.stop()
					synctest.Wait()
					lost, before := time.Now(), len(d.pauses(address))
					time.Sleep(20 * time.Second)
					pauses := d.pauses(address)[before:]
					d.mu.Lock()
					pauses[0] = d.times[address][before+1].Sub(lost)
					d.mu.Unlock()
					want := 50 * time.Millisecond
					for i, pause := range pauses {
						if !around(pause, want) {
							t.Errorf("pause %d is %v, want about %v", i, pause, want)
						}
						want = min(2*want, most)
					}
					host = b.open("m", directory.Host, address, "")
					b.rest()
				}
			})
		})
	}
}

// R14: a dial that nobody answers is given up after a second.
func TestDialOfTheParentIsNotAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		d := &dials{unanswered: true}
		sub := b.open("m", directory.Process, "", "far:1", d.note)
		sub.subscribe(1, "svc", directory.Host)
		time.Sleep(10 * time.Second)
		want := 50 * time.Millisecond
		pauses := d.pauses("far:1")
		for i, pause := range pauses {
			if !around(pause-time.Second, want) {
				t.Errorf("dial %d follows after %v, want a second and about %v", i+1, pause, want)
			}
			want = min(2*want, 2*time.Second)
		}
		if len(pauses) < 4 {
			t.Errorf("it was dialled %d times again, want more", len(pauses))
		}
	})
}

// R8: an old publisher that does not answer Close holds up a better one for a second.
func TestCloseIsNotAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("lan", directory.LAN, "lan:1", "")
		b.open("near", directory.Host, "near:1", "lan:1")
		old := b.open("far", directory.Process, "", "lan:1")
		sub := b.open("near", directory.Process, "", "near:1")
		better := b.open("near", directory.Process, "", "near:1")
		old.publish(1, "svc", directory.LAN)
		sub.subscribe(1, "svc", directory.LAN)
		next[directory.Available](sub, 1)
		synctest.Wait()
		time.Sleep(time.Millisecond)
		b.net.CutOneWay("far", "near") // silent, and not given up for another second and a half
		began := time.Now()
		better.publish(1, "svc", directory.Host)
		dropped, _ := next[directory.Dropped](sub, 1)
		if took := time.Since(began); !around(took, time.Second) {
			t.Errorf("%v after %v, want a second", dropped, took)
		}
		if got, _ := next[directory.Available](sub, 1); got.Publisher != better.Mint.Address(1) || time.Since(began) > 1100*time.Millisecond {
			t.Errorf("got %v after %v", got, time.Since(began))
		}
		next[directory.Delivered](old, 1)
		next[directory.Dropped](old, 1) // it can hear
	})
}

// R14: of two processes that dial each other at the same moment, both use the link
// that the smaller one dialled; the other goes once nobody uses it.
func TestLinkOfTheSmallerStays(t *testing.T) {
	for range 4 { // whichever is the smaller
		inBubble(t, func(t *testing.T, b bubble) {
			b.open("lan", directory.LAN, "lan:1", "")
			all := []*process{b.open("a", directory.Process, "", "lan:1"), b.open("b", directory.Process, "", "lan:1")}
			b.net.Delay("a", "b", 10*time.Millisecond)
			for i, p := range all {
				p.publish(1, []directory.Name{"a", "b"}[i], directory.LAN)
			}
			b.rest()
			for i, p := range all {
				p.subscribe(2, []directory.Pattern{"b", "a"}[i], directory.LAN)
			}
			time.Sleep(100 * time.Millisecond)
			slices.SortFunc(all, func(p, q *process) int {
				if p.ID().Less(q.ID()) {
					return -1
				}
				return 1
			})
			smaller, larger := all[0], all[1]
			if n := len(smaller.routes.all(larger.ID())); n != 2 {
				t.Fatalf("they have %d links, want two", n)
			}
			if !smaller.routes.to(larger.ID()).Dialled() || larger.routes.to(smaller.ID()).Dialled() {
				t.Error("new sessions use the link that the larger one dialled")
			}
			b.rest()
			for i, p := range all {
				links := p.routes.all(all[1-i].ID())
				if len(links) != 1 || links[0].Dialled() != (p == smaller) {
					t.Errorf("%d links stay, want the one that the smaller has dialled", len(links))
				}
				if got := p.heard(2); len(got) != 1 {
					t.Errorf("its subscriber is told %v, want Available alone", got)
				}
			}
		})
	}
}
