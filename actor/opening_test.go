package actor

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/layer-cake/layer-cake/directory/node"
	"pgregory.net/rapid"
)

// told is what an actor knows of a session.
type told int

const (
	toldNothing told = iota
	toldBegin
	toldEnd
)

// Sessions that come and go, with and without messages, against what the owner
// must see: Delivered and Dropped in turn, messages between them and none lost,
// and of facts that wait never more than one for each session that lives or that
// it was told of, and two for each that is over while messages of it wait.
func TestSessionsInAMailbox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newMailbox(1 << 20)
		b.waitingFacts()
		b.keep = rapid.IntRange(0, 3).Draw(t, "keep")
		var live []*node.Session
		knows := map[*node.Session]told{}
		waiting := map[*node.Session]int{} // messages of it
		serial, next := 0, 0               // of messages
		take := func() bool {
			it, ok := b.take()
			switch m := it.message.(type) {
			case Delivered:
				if in := m.Subscriber.in; knows[in] != toldNothing || it.from != m.Subscriber {
					t.Fatalf("Delivered from %v after %d", it.from, knows[in])
				}
				knows[m.Subscriber.in] = toldBegin
			case Dropped:
				if in := m.Remote.in; knows[in] != toldBegin {
					t.Fatalf("Dropped after %d", knows[in])
				}
				knows[m.Remote.in] = toldEnd
			case int:
				if m != next {
					t.Fatalf("message %d, want %d", m, next)
				}
				next++
				if in := it.from.in; in != nil {
					if waiting[in]--; knows[in] != toldBegin {
						t.Fatalf("a message of the session after %d", knows[in])
					}
				}
			}
			return ok
		}
		choose := func() *node.Session { return rapid.SampledFrom(live).Draw(t, "session") }
		begin := func() {
			in := new(node.Session)
			live = append(live, in)
			b.open(in, Delivered{Subscriber: Address{in: in}}, Address{in: in})
		}
		end := func(in *node.Session) {
			live = slices.DeleteFunc(live, func(s *node.Session) bool { return s == in })
			b.drop(in, Dropped{Remote: Address{in: in}})
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			switch step := rapid.SampledFrom([]string{"begin", "end", "message", "other", "take", "many", "word"}).Draw(t, "step"); {
			case step == "begin":
				begin()
			case step == "many": // come and go
				for range blockSize {
					begin()
					end(live[len(live)-1])
				}
			case step == "other":
				b.put(item{message: serial, counted: true})
				serial++
			case step == "word":
				b.put(item{message: "word"})
			case step == "take":
				take()
			case len(live) == 0:
			case step == "end":
				end(choose())
			case step == "message":
				in := choose()
				b.put(item{message: serial, from: Address{in: in}, counted: true})
				serial++
				waiting[in]++
			}
			// Count what waits as it is, behind the mailbox's back.
			facts := 0
			for _, it := range all(b) {
				switch m := it.message.(type) {
				case *opening:
					if !m.over {
						facts++
					}
				case Dropped:
					facts++
				}
			}
			limit := len(live) + 4*b.keep // pairs, in both halves
			for _, k := range knows {
				if k == toldBegin {
					limit++
				}
			}
			for _, n := range waiting {
				if n > 0 {
					limit += 2
				}
			}
			if facts > limit {
				t.Fatalf("step %d: %d facts wait, want no more than %d", i, facts, limit)
			}
			if over := inHalf(b); b.over != over || over >= 2*blockSize {
				t.Fatalf("step %d: %d items of the half are over, want %d, fewer than %d", i, over, b.over, 2*blockSize)
			}
		}
		for take() {
		}
		for in, k := range knows {
			if alive := slices.Contains(live, in); (k == toldBegin) != alive {
				t.Fatalf("it was told %d of a session that lives: %v", k, alive)
			}
		}
		for _, in := range live {
			if knows[in] != toldBegin {
				t.Fatalf("it was told %d of a session that lives", knows[in])
			}
		}
		if next != serial || len(b.openings) != 0 {
			t.Fatalf("%d of %d messages came, %d openings are left", next, serial, len(b.openings))
		}
	})
}

// all returns what is in a mailbox.
func all(b *mailbox) []item {
	return slices.Concat(b.out[b.next:], slices.Concat(b.rest...), slices.Concat(b.full...), b.in)
}

// inHalf returns how many openings of the half where items are added are over.
func inHalf(b *mailbox) int {
	n := 0
	for _, it := range slices.Concat(slices.Concat(b.full...), b.in) {
		if o, ok := it.message.(*opening); ok && o.over {
			n++
		}
	}
	return n
}

// Subscribers that come and go leave nothing at a publisher that takes nothing,
// and one that had something to say is heard (R11, R17).
func TestSubscribersThatComeAndGo(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		publisher, leave := one.Enter("publisher")
		defer leave()
		publisher.box.waitingFacts().keep = 0
		publisher.Publish("busy")
		await[Published](t, publisher)
		subscriber, leaveSubscriber := two.Enter("subscriber")
		defer leaveSubscriber()
		visit := func(say ...any) {
			subscriber.Subscribe("busy")
			found := await[Available](t, subscriber)
			for _, m := range say {
				if err := subscriber.Send(found.Publisher, m); err != nil {
					t.Fatal(err)
				}
			}
			subscriber.Unsubscribe("busy")
			await[Unsubscribed](t, subscriber)
		}
		for range 500 {
			visit()
		}
		visit("hello")
		for range 500 {
			visit()
		}
		synctest.Wait()
		if n := len(all(&publisher.box)); n >= 2*blockSize {
			t.Errorf("%d items wait at the publisher", n)
		}
		var got []string
		for m, ok := publisher.InputWithin(0); ok; m, ok = publisher.InputWithin(0) {
			got = append(got, fmt.Sprintf("%T", m))
		}
		if got, want := fmt.Sprint(got), "[actor.Delivered string actor.Dropped]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
