package actor

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/layer-cake/layer-cake/directory"
)

// noticesIn returns how many notices wait, undone ones too.
func noticesIn(b *mailbox) (n int) {
	for _, it := range all(b) {
		if _, ok := it.message.(*notice); ok {
			n++
		}
	}
	return n
}

// Changes at will among publications and scopes, taken at will, against what the
// owner must see: of each the two words by turns, Standby first; at the end what
// is so; everything else in order and complete; and never more than one item for
// each publication and scope.
func TestNoticesInAMailbox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newMailbox(1 << 20)
		b.waitingFacts()
		var keys []about
		for seq := range uint64(2) {
			for _, scope := range []directory.Scope{directory.Host, directory.LAN} {
				keys = append(keys, about{directory.ID{Seq: seq}, scope})
			}
		}
		standby, told := map[about]bool{}, map[about]bool{} // what is so, and what the owner knows
		serial, next := 0, 0
		change := func(k about) {
			standby[k] = !standby[k]
			if standby[k] {
				b.notice(k, Standby{fmt.Sprint(k.publication.Seq), Scope(k.scope)})
			} else {
				b.notice(k, Promoted{fmt.Sprint(k.publication.Seq), Scope(k.scope)})
			}
		}
		knows := func(name string, scope Scope, stands bool) {
			i := slices.IndexFunc(keys, func(k about) bool {
				return fmt.Sprint(k.publication.Seq) == name && Scope(k.scope) == scope
			})
			if told[keys[i]] == stands {
				t.Fatalf("%s at %v: told that it stands by (%v) twice", name, scope, stands)
			}
			told[keys[i]] = stands
		}
		take := func() bool {
			it, ok := b.take()
			switch m := it.message.(type) {
			case Standby:
				knows(m.Name, m.Scope, true)
			case Promoted:
				knows(m.Name, m.Scope, false)
			case int:
				if m != next {
					t.Fatalf("message %d, want %d", m, next)
				}
				next++
			default:
				if ok {
					t.Fatalf("took a %T", m)
				}
			}
			return ok
		}
		for i := range rapid.IntRange(0, 80).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"change", "change", "again", "message", "take", "many"}).Draw(t, "step") {
			case "change":
				change(rapid.SampledFrom(keys).Draw(t, "about"))
			case "again": // what waits is said twice
				for _, n := range b.notices {
					if n.fact != nil {
						b.notice(n.about, n.fact)
					}
				}
			case "many":
				for range blockSize {
					b.put(item{message: serial})
					serial++
				}
			case "message":
				b.put(item{message: serial, counted: true})
				serial++
			case "take":
				take()
			}
			if n := noticesIn(b); n > len(keys) || n != len(b.notices) {
				t.Fatalf("step %d: %d notices wait and %d are known, for %d", i, n, len(b.notices), len(keys))
			}
		}
		for take() {
		}
		for _, k := range keys {
			if told[k] != standby[k] {
				t.Fatalf("%v: it was told %v, and %v is so", k, told[k], standby[k])
			}
		}
		if next != serial || len(b.notices) != 0 {
			t.Fatalf("%d of %d messages came, %d notices are left", next, serial, len(b.notices))
		}
	})
}

// An actor that takes nothing while others come and go has one item, however often
// they do (R17).
func TestNoticesDoNotPileUp(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		tell := func(m directory.Message) { office{sys}.Tell(self.at.Actor, m, nil) }
		id := directory.ID{Origin: sys.process, Seq: 1}
		standby := directory.Standby{ID: id, Name: "x", Scope: directory.Host}
		promoted := directory.Promoted{ID: id, Name: "x", Scope: directory.Host}
		for range 50_000 {
			tell(standby)
			tell(promoted)
		}
		if n := len(all(&self.box)); n != 1 {
			t.Errorf("%d items wait, want 1", n)
		}
		if m, ok := self.InputWithin(0); ok {
			t.Errorf("told %v, and nothing is changed", m)
		}
		tell(standby)
		for range 50_000 {
			tell(promoted)
			tell(standby)
		}
		if n := len(all(&self.box)); n != 1 {
			t.Errorf("%d items wait, want 1", n)
		}
		if got, want := self.Input(), (Standby{"x", Host}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		for range 50_000 {
			tell(promoted)
			tell(standby)
		}
		tell(promoted)
		if got, want := self.Input(), (Promoted{"x", Host}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if m, ok := self.InputWithin(0); ok {
			t.Errorf("got %v, want nothing", m)
		}
	})
}

// toldTo returns the facts that wait, in order.
func toldTo(self *Self) (facts []any) {
	for m, ok := self.InputWithin(0); ok; m, ok = self.InputWithin(0) {
		facts = append(facts, m)
	}
	return facts
}

// A notice keeps its place between Published and Unpublished, which is the last
// word; the next publication of the name begins anew.
func TestNothingIsNotedAfterUnpublished(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		tell := func(m directory.Message) { office{sys}.Tell(self.at.Actor, m, nil) }
		one, two := directory.ID{Origin: sys.process, Seq: 1}, directory.ID{Origin: sys.process, Seq: 2}
		tell(directory.Published{ID: one, Name: "x", Scope: directory.Host})
		tell(directory.Standby{ID: one, Name: "x", Scope: directory.Host})
		tell(directory.Unpublished{ID: one, Name: "x"})
		tell(directory.Published{ID: two, Name: "x", Scope: directory.LAN})
		tell(directory.Standby{ID: two, Name: "x", Scope: directory.Host})
		tell(directory.Standby{ID: two, Name: "x", Scope: directory.LAN})
		tell(directory.Promoted{ID: two, Name: "x", Scope: directory.Host})
		tell(directory.Unpublished{ID: two, Name: "x"})
		want := []any{
			Published{"x", Host}, Standby{"x", Host}, Unpublished{"x"},
			Published{"x", LAN}, Standby{"x", LAN}, Unpublished{"x"},
		}
		if diff := cmp.Diff(want, toldTo(self)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		leave()
		tell(directory.Standby{ID: two, Name: "x", Scope: directory.Host}) // to nobody, harmless
		synctest.Wait()
		if len(self.box.notices) != 0 {
			t.Errorf("%d notices wait after the end", len(self.box.notices))
		}
	})
}

// Who publishes a name second stands by at the directory above, and is promoted
// when the first is gone (R4). What is over before it is taken is not told.
func TestTheYoungerStandsBy(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		var others [2]*Self
		for i := range others {
			var leave func()
			others[i], leave = tr.open(t, Options{}).Enter("older")
			defer leave()
			others[i].Publish("x")
			others[i].Publish("y")
			time.Sleep(time.Second) // else they are of one age
		}
		self, leave := tr.open(t, Options{}).Enter("younger")
		defer leave()
		self.Publish("x")
		self.Publish("y")
		time.Sleep(time.Second)
		want := []any{Published{"x", Host}, Published{"y", Host}, Standby{"x", Host}, Standby{"y", Host}}
		if diff := cmp.Diff(want, toldTo(self)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		others[0].Unpublish("x")
		others[0].Unpublish("y")
		synctest.Wait()
		if got := toldTo(self); got != nil {
			t.Errorf("another older one is there: got %v, want nothing", got)
		}
		others[1].Unpublish("x")
		synctest.Wait()
		if diff := cmp.Diff([]any{Promoted{"x", Host}}, toldTo(self)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		late, leaveLate := tr.open(t, Options{}).Enter("youngest")
		defer leaveLate()
		late.Publish("y")
		synctest.Wait()
		others[1].Unpublish("y") // promotes self
		synctest.Wait()
		self.Unpublish("y") // promotes late, which has not taken its Standby
		synctest.Wait()
		if diff := cmp.Diff([]any{Promoted{"y", Host}, Unpublished{"y"}}, toldTo(self)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]any{Published{"y", Host}}, toldTo(late)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
