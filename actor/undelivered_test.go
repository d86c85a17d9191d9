package actor

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// A target is an actor that messages are sent to: in the sender's process, in another
// with a link to it, or in one that only a third has links to.
type target struct {
	tree        *tree
	sender      *Self
	here, there *System
	actor       Address       // outside of any session
	session     Address       // bound to one; nobody: there is none
	wait        chan struct{} // the actor takes "wait", and ends when this is closed
}

type place int

const (
	inOneProcess place = iota
	inAnotherProcess
	behindARelay
)

func (p place) String() string {
	return [...]string{"in one process", "in another process", "behind a relay"}[p]
}

func newTarget(t *testing.T, tr *tree, where place) *target {
	g := &target{tree: tr, here: tr.open(t, Options{}), wait: make(chan struct{})}
	g.there = g.here
	if where != inOneProcess {
		g.there = tr.open(t, Options{})
	}
	takes := func(_ *Self, m any) bool {
		if m == "wait" {
			<-g.wait
		}
		return m != "wait"
	}
	if where == behindARelay {
		_, g.actor = introduced(t, g.there, tr.open(t, Options{}), g.here, takes)
	}
	sender, leave := g.here.Enter("sender")
	t.Cleanup(leave)
	g.sender = sender
	if where == behindARelay {
		return g
	}
	g.there.Spawn(func(self *Self) any {
		self.Publish("actor")
		for m := range self.Messages() {
			if !takes(self, m) {
				break
			}
		}
		return nil
	})
	sender.Subscribe("actor")
	g.session = await[Available](t, sender).Publisher
	g.actor = stray(g.session)
	return g
}

// ends makes the actor end.
func (g *target) ends() {
	g.there.Stop(g.actor)
	synctest.Wait()
}

// A message to an address that is gone comes back to who sent it, wherever that was,
// and is counted; or it is refused at once, where it is known.
func TestUndelivered(t *testing.T) {
	toActor := func(g *target) Address { return g.actor }
	inSession := func(g *target) Address { return g.session }
	toNobody := func(g *target) Address {
		a := g.actor
		a.at.Key++
		return a
	}
	ends := (*target).ends
	endsUnheard := func(g *target) { // the sender has not heard of it
		g.tree.network.Delay("here", "here", 50*time.Millisecond)
		g.ends()
	}
	waits := func(g *target) { g.sender.Send(g.actor, "wait"); synctest.Wait() }
	endsThen := func(g *target) { synctest.Wait(); close(g.wait) }
	closes := func(g *target) { g.there.Close(context.Background()); synctest.Wait() }
	told := Counts{Undelivered: 1}
	for _, c := range []struct {
		name    string
		where   place
		before  func(*target) // nil: nothing
		to      func(*target) Address
		after   func(*target) // nil: nothing
		refused error         // what Send returns; nil: the message comes back
		reason  string        // of Undelivered
		theirs  Counts        // of the actor's process, if it is another
	}{
		{"it has ended", inOneProcess, ends, toActor, nil, ErrEnded, "", told},
		{"it has ended", inAnotherProcess, ends, toActor, nil, nil, "ended", told},
		{"it has ended", behindARelay, ends, toActor, nil, nil, "ended", told},
		{"it never was", inOneProcess, nil, toNobody, nil, ErrEnded, "", told},
		{"it never was", inAnotherProcess, nil, toNobody, nil, nil, "there is no such address", told},
		{"it never was", behindARelay, nil, toNobody, nil, nil, "there is no such address", told},
		{"it ends, with messages left", inOneProcess, waits, toActor, endsThen, nil, "the actor has ended", told},
		{"it ends, with messages left", inAnotherProcess, waits, toActor, endsThen, nil, "the actor has ended", told},
		{"it ends, with messages left", behindARelay, waits, toActor, endsThen, nil, "the actor has ended", told},
		{"the session ends, with messages left", inOneProcess, waits, inSession, endsThen, nil, "the actor has ended", told},
		{"the session ends, with messages left", inAnotherProcess, waits, inSession, endsThen, nil, "the actor has ended", told},
		{"the session has ended", inOneProcess, ends, inSession, nil, ErrEnded, "", Counts{}},
		{"the session has ended", inAnotherProcess, ends, inSession, nil, ErrEnded, "", Counts{}},
		{"the session is ending", inAnotherProcess, endsUnheard, inSession, nil, nil, "ended", told},
		{"the process has ended", inAnotherProcess, closes, toActor, nil, transport.ErrUnreachable, "", Counts{}},
		{"the process has ended", behindARelay, closes, toActor, nil, nil, "unreachable", Counts{}},
	} {
		t.Run(c.name+", "+c.where.String(), func(t *testing.T) {
			plant(t, nil, func(t *testing.T, tr *tree) {
				g := newTarget(t, tr, c.where)
				if c.before != nil {
					c.before(g)
				}
				err := g.sender.Send(c.to(g), "m")
				if c.after != nil {
					c.after(g)
				}
				want := Counts{Refused: 1}
				switch {
				case c.refused != nil:
					if !errors.Is(err, c.refused) {
						t.Errorf("got error %v, want %v", err, c.refused)
					}
				case err != nil:
					t.Fatal(err)
				default:
					want = Counts{Undelivered: 1}
					got := await[Undelivered](t, g.sender)
					if want := (Undelivered{stray(c.to(g)), "m", c.reason}); got != want {
						t.Errorf("got %v, want %v", got, want)
					}
				}
				if got := g.here.Counts(); got != want {
					t.Errorf("the sender's process counts %+v, want %+v", got, want)
				}
				if got := g.there.Counts(); g.there != g.here && got != c.theirs {
					t.Errorf("the actor's process counts %+v, want %+v", got, c.theirs)
				}
			})
		})
	}
}

// Who sent a message that did not arrive may be gone himself, or from nobody: then it
// is counted that nobody was told.
func TestNobodyToTell(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		g := newTarget(t, tr, inAnotherProcess)
		brief := g.here.Spawn(func(self *Self) any {
			self.Send(g.actor, "wait")
			return self.Send(g.actor, "m")
		})
		if v, err := g.here.Wait(t.Context(), brief); v != nil || err != nil {
			t.Fatal(v, err)
		}
		synctest.Wait()
		close(g.wait)
		synctest.Wait()
		if got, want := g.here.Counts(), (Counts{Undelivered: 1, Lost: 1}); got != want {
			t.Errorf("its process counts %+v, want %+v", got, want)
		}
		if got, want := g.there.Counts(), (Counts{Undelivered: 1}); got != want {
			t.Errorf("the other counts %+v, want %+v", got, want)
		}
		if err := g.here.Send(g.actor, "from nobody"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got, want := g.there.Counts(), (Counts{Undelivered: 2}); got != want {
			t.Errorf("the other counts %+v, want %+v", got, want)
		}
	})
}
