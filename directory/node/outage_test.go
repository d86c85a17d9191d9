package node

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// What goes and comes: each of these tests is about an outage after which an
// earlier system of this kind did not find back, or only after long.

// The earlier system kept what a dead directory had told it, and took what the
// next one told for a duplicate: a publisher that was restarted while its
// directory was away was never found again (R6, R14, R15).
func TestPublisherRestartedDuringAnOutageIsFound(t *testing.T) {
	for _, first := range []string{"the directory returns first", "the publisher returns first"} {
		t.Run(first, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				host := b.open("m", directory.Host, "m:1", "")
				sub := b.open("m", directory.Process, "", "m:1")
				pub := b.open("m", directory.Process, "", "m:1")
				sub.subscribe(1, "svc:.*", directory.Host)
				pub.publish(1, "svc:a", directory.Host)
				next[directory.Available](sub, 1)

				host.stop()
				pub.stop()
				next[directory.Dropped](sub, 1)
				begin := []func(){
					func() { b.open("m", directory.Host, "m:1", "") },
					func() {
						pub = b.open("m", directory.Process, "", "m:1")
						pub.publish(1, "svc:a", directory.Host)
					},
				}
				if first == "the publisher returns first" {
					begin[0], begin[1] = begin[1], begin[0]
				}
				for _, again := range begin {
					again()
					b.rest()
				}
				got, session := next[directory.Available](sub, 1)
				if got.Publisher != pub.Mint.Address(1) {
					t.Errorf("got %v, want the publisher that was restarted", got)
				}
				session.Send(session.Local(), "hello")
				next[directory.Delivered](pub, 1)
				if got := pub.message(1); got.Message != "hello" {
					t.Errorf("got %v", got)
				}
			})
		})
	}
}

// The earlier system waited up to 9 s before it looked for a restarted directory.
// The pause begins with 50 ms, whatever went before, and is 1 s at most on this
// machine (R14).
func TestRestartedDirectoryIsFoundSoon(t *testing.T) {
	for _, away := range []time.Duration{0, 100 * time.Millisecond, 10 * time.Second, time.Hour} {
		t.Run(away.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				host := b.open("m", directory.Host, "127.0.0.1:1", "")
				sub := b.open("m", directory.Process, "", "127.0.0.1:1")
				sub.subscribe(1, "svc", directory.Host)
				b.rest()
				host.stop()
				synctest.Wait()
				time.Sleep(away)
				b.open("m", directory.Host, "127.0.0.1:1", "")
				began := time.Now()
				pub := b.open("m", directory.Process, "", "127.0.0.1:1")
				pub.publish(1, "svc", directory.Host)
				next[directory.Available](sub, 1)
				// The pauses grow with the outage, and have a jitter.
				most := min(max(2*away, 50*time.Millisecond), time.Second)
				most += most / 5
				if took := time.Since(began); took > most {
					t.Errorf("found after %v, want %v at most", took, most)
				}
			})
		})
	}
}

// The earlier system swallowed that nobody listens at the address of an offer: the
// subscriber waited for ever, and fell back on nobody (R9).
func TestUnreachablePublisherFallsBack(t *testing.T) {
	lan := open(t, directory.LAN, "")
	near, far := open(t, directory.Host, lan.Address()), open(t, directory.Host, lan.Address())
	other := open(t, directory.Process, far.Address())
	other.publish(1, "svc", directory.LAN)
	sub := open(t, directory.Process, near.Address())

	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close() // it refuses now
	liar := connect(t, near.Address(), dirwire.Child)
	liar.say(directory.Claim{Name: "svc", Claimants: []directory.Publication{{
		ID: directory.ID{Origin: liar.self, Seq: 1}, Name: "svc", Scope: directory.Host, Stamp: 1,
		Actor:     transport.Address{Process: liar.self, Actor: 1, Key: 1},
		Endpoints: []directory.Endpoint{{Scope: directory.Host, Address: nobody.Addr().String()}},
	}}})
	for len(near.publications()) == 0 {
		time.Sleep(time.Millisecond)
	}
	sub.subscribe(1, "svc", directory.LAN)
	got, session := next[directory.Available](sub, 1)
	if got.Scope != directory.LAN || got.Publisher != other.Mint.Address(1) {
		t.Errorf("got %v, want who can be reached", got)
	}
	session.Send(session.Local(), "hello")
	next[directory.Delivered](other, 1)
	if got := other.message(1); got.Message != "hello" {
		t.Errorf("got %v", got)
	}
	// Who looks at the tree is not troubled by a publisher without a session.
	if _, _, err := sub.Survey(t.Context(), Look{}); err != nil {
		t.Error(err)
	}
}

// A publisher that cannot be reached is tried again, and used once it can be (R9).
func TestUnreachablePublisherIsTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("lan", directory.LAN, "lan:1", "")
		b.open("daemon", directory.Host, "daemon:1", "lan:1")
		b.open("far", directory.Host, "far:1", "lan:1")
		pub := b.open("near", directory.Process, "", "daemon:1")
		sub := b.open("near", directory.Process, "", "daemon:1")
		other := b.open("far", directory.Process, "", "far:1")
		b.net.Cut("near", "near") // the two from each other, not from their directory
		other.publish(1, "svc", directory.LAN)
		sub.subscribe(1, "svc", directory.LAN)
		if got, _ := next[directory.Available](sub, 1); got.Publisher != other.Mint.Address(1) {
			t.Fatalf("got %v", got)
		}
		pub.publish(1, "svc", directory.Host)
		b.rest()
		if got := sub.heard(1); len(got) > 0 {
			t.Errorf("disturbed by whom it cannot reach: %v", got)
		}
		b.net.Heal("near", "near")
		b.rest()
		now := sub.sessionsOf(1, map[directory.Name]directory.Available{"svc": {Publisher: other.Mint.Address(1)}})
		if now["svc"].Publisher != pub.Mint.Address(1) || now["svc"].Scope != directory.Host {
			t.Errorf("got %v, want the nearer one", now)
		}
	})
}

// The earlier system had a route to a publisher for each scope that it was known
// at, and when it had died tried one dead route after the other. Here each
// subscriber, wherever it is, goes straight to who is left (R5, R9).
func TestDeadPublisherAtThreeScopes(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("lan", directory.LAN, "lan:1", "")
		b.open("a", directory.Host, "a:1", "lan:1")
		b.open("a", directory.Group, "a:2", "a:1")
		b.open("b", directory.Host, "b:1", "lan:1")
		b.open("c", directory.Host, "c:1", "lan:1")
		pub := b.open("a", directory.Process, "", "a:2")
		spare := b.open("c", directory.Process, "", "c:1")
		subs := map[directory.Scope]*process{
			directory.Group: b.open("a", directory.Process, "", "a:2"),
			directory.Host:  b.open("a", directory.Process, "", "a:1"),
			directory.LAN:   b.open("b", directory.Process, "", "b:1"),
		}
		pub.publish(1, "svc", directory.LAN)
		for _, s := range subs {
			s.subscribe(1, "svc", directory.LAN)
		}
		b.rest()
		for scope, s := range subs {
			got, _ := next[directory.Available](s, 1)
			if got.Scope != scope || got.Publisher != pub.Mint.Address(1) {
				t.Errorf("got %v, want %v", got, scope)
			}
		}
		spare.publish(1, "svc", directory.LAN)
		b.rest()

		died := time.Now()
		pub.stop()
		for scope, s := range subs {
			next[directory.Dropped](s, 1)
			if got, _ := next[directory.Available](s, 1); got.Publisher != spare.Mint.Address(1) || got.Scope != directory.LAN {
				t.Errorf("from %v: got %v, want who is left", scope, got)
			}
		}
		if took := time.Since(died); took >= 80*time.Millisecond { // the shortest pause after a failure
			t.Errorf("it took %v: something was tried in vain", took)
		}
	})
}

// The earlier system had no heartbeats on one machine: a process that hung, its
// connections open, kept its subscribers for ever. Three heartbeats of 500 ms are
// missed, then the next publisher is used (R9, R13).
func TestHungPublisherIsNoticed(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("lan", directory.LAN, "lan:1", "")
		hung := b.open("hung", directory.Process, "", "lan:1")
		spare := b.open("spare", directory.Process, "", "lan:1")
		sub := b.open("sub", directory.Process, "", "lan:1")
		sub.subscribe(1, "svc", directory.LAN)
		hung.publish(1, "svc", directory.LAN)
		if got, _ := next[directory.Available](sub, 1); got.Publisher != hung.Mint.Address(1) {
			t.Fatalf("got %v", got)
		}
		spare.publish(1, "svc", directory.LAN)
		b.rest()
		began := time.Now()
		b.net.Cut("hung", "lan")
		b.net.Cut("hung", "sub")
		dropped, _ := next[directory.Dropped](sub, 1)
		if dropped.Remote != hung.Mint.Address(1) {
			t.Errorf("got %v", dropped)
		}
		got, _ := next[directory.Available](sub, 1)
		if got.Publisher != spare.Mint.Address(1) {
			t.Errorf("got %v, want who is left", got)
		}
		// The deadline, and an attempt at the hung one should it be first.
		if took, most := time.Since(began), 1500*time.Millisecond+time.Second; took > most {
			t.Errorf("it took %v, want %v at most", took, most)
		}
	})
}

// The same on a real socket of this machine: who says nothing more is dead to its
// directory, though its connection is open.
func TestHungChildOnThisMachineIsForgotten(t *testing.T) {
	host := open(t, directory.Host, "")
	hung := mute(t, host.Address(), 50)
	body, kind := dirwire.Append(nil, directory.Claim{Name: "svc", Claimants: []directory.Publication{{
		ID: directory.ID{Origin: hung.self, Seq: 1}, Name: "svc", Scope: directory.Host, Stamp: 1,
	}}})
	hung.write(kind, body)
	awaitNames(t, host, 1)
	awaitNames(t, host, 0) // the test ends in time only if it is forgotten
	if err := hung.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for b := make([]byte, 1000); ; {
		if _, err := hung.conn.Read(b); err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("its connection was not closed")
			}
			break
		}
	}
}

// awaitNames waits until a directory knows that many publications.
func awaitNames(t *testing.T, p *process, want int) {
	t.Helper()
	deadline := time.After(patienceOfMany)
	for {
		got := p.known()
		if got == want {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%v knows %d publications, want %d", p.Scope, got, want)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Many may wait for a directory at once: each is told when it is there. The
// earlier system remembered the last one only.
func TestManyWaitForTheDirectory(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("m", directory.Host, "m:1", "")
		p := b.open("m", directory.Process, "", "m:1")
		b.net.Delay("m", "m", 300*time.Millisecond)
		told := make(chan error)
		for range 50 {
			go func() { told <- p.Attach(t.Context()) }()
		}
		for i := range 50 {
			if err := <-told; err != nil {
				t.Fatal(fmt.Errorf("the %dth: %w", i, err))
			}
		}
	})
}
