package directory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
)

// A crowd is a host directory with children, the first of which announces names.
type crowd struct {
	*Machine
	children []Party
}

func newCrowd(children, names int) crowd {
	c := crowd{Machine: NewMachine(Host, 0)}
	for i := range children {
		c.children = append(c.children, LinkParty(uint64(i+1)))
		c.Step(c.children[i], ChildUp{Process})
	}
	for i := range names {
		p := Publication{ID: ID{Seq: uint64(i + 1)}, Name: Name(fmt.Sprintf("name:%06d", i)), Scope: Host}
		c.Step(c.children[0], Claim{Name: p.Name, Claimants: []Publication{p}})
	}
	return c
}

// seek has a child say a subscription to everything, of an actor of its own.
func (c crowd) seek(child Party, seq uint64) []Effect {
	actor := transport.Address{Actor: transport.ActorID(seq)}
	return c.Step(child, Seek{Subscription{ID: ID{Origin: transport.ProcessID{byte(child)}, Seq: seq}, Pattern: ".*", Scope: Host, Actor: actor}})
}

// finish resumes until nothing is left. It returns who was answered last how
// often, in that order, and after how many slices all was done.
func (c crowd) finish() (last []Party, slices int) {
	for more := true; more; slices++ {
		more = false
		for _, e := range c.Step(0, Resume{}) {
			switch e := e.(type) {
			case Send:
				if m, ok := e.Message.(Offered); ok && m.Last {
					last = append(last, e.To)
				}
			case Continue:
				more = true
			}
		}
	}
	return last, slices
}

// R17: a child with much to be answered does not delay the others.
func TestPartiesTakeTurns(t *testing.T) {
	c := newCrowd(3, 3*Slice)
	greedy, modest := c.children[1], c.children[2]
	for seq := range uint64(20) {
		c.seek(greedy, seq)
	}
	c.seek(modest, 1)
	last, slices := c.finish()
	if len(last) != 21 || last[0] != modest {
		t.Errorf("answered were %v; want %v first of 21", last, modest)
	}
	if most := 21 * 3; slices > most {
		t.Errorf("all was done after %d slices, want at most %d", slices, most)
	}
}

// R17: nothing is done for those who have no room, nor asked for at once; work for
// others that comes meanwhile is.
func TestNoRoom(t *testing.T) {
	c := newCrowd(3, 3*Slice)
	full, other := c.children[1], c.children[2]
	c.seek(full, 1)
	resume := Resume{Full: []Party{full}}
	want := []Effect{Continue{Full: true}}
	for range 3 {
		if d := cmp.Diff(want, c.Step(0, resume)); d != "" {
			t.Fatalf("effects while there is no room (-want +got):\n%s", d)
		}
	}
	effects := c.seek(other, 1)
	if e := effects[len(effects)-1]; e != (Continue{}) {
		t.Errorf("the last effect of work for another is %v, want continue", e)
	}
	for range 2 {
		for _, e := range c.Step(0, resume) {
			if e, ok := e.(Send); ok && e.To != other {
				t.Errorf("said without room: %v", e)
			}
		}
	}
	if d := cmp.Diff(want, c.Step(0, resume)); d != "" {
		t.Errorf("effects when the other is answered (-want +got):\n%s", d)
	}
	if last, _ := c.finish(); !cmp.Equal(last, []Party{full}) {
		t.Errorf("answered in the end were %v, want %v", last, full)
	}
}

// A subscription that is said again is answered anew, and puts off no more than
// it did: saying it often fills nothing.
func TestSaidAgainWhileAnswered(t *testing.T) {
	c := newCrowd(2, 3*Slice)
	for range 1000 {
		c.seek(c.children[1], 1)
	}
	if n := len(c.work.tasks[c.children[1]]); n != 1 {
		t.Errorf("%d tasks wait, want 1", n)
	}
	if last, slices := c.finish(); !cmp.Equal(last, c.children[1:]) || slices > 4 {
		t.Errorf("answered were %v in %d slices, want %v in 4", last, slices, c.children[1:])
	}
}

// R12: for who is gone nothing is done any more but to forget what it said.
func TestGoneWhileAnswered(t *testing.T) {
	c := newCrowd(3, 3*Slice)
	for seq := range uint64(100) {
		c.seek(c.children[1], seq)
	}
	c.seek(c.children[2], 1)
	c.Step(c.children[1], Gone{})
	if last, slices := c.finish(); !cmp.Equal(last, c.children[2:]) || slices > 4 {
		t.Errorf("answered were %v in %d slices, want %v in 4", last, slices, c.children[2:])
	}
	c.Step(c.children[0], Gone{})
	c.Step(c.children[2], Gone{})
	c.finish()
	if len(c.work.tasks)+len(c.work.keyed)+len(c.work.turns)+len(c.seekings)+len(c.parties) != 0 {
		t.Errorf("left are %v, %v, %v", c.work, c.seekings, c.parties)
	}
}

// R17: a child announces no more than it may. What it says again is no more.
func TestMostAnnounced(t *testing.T) {
	c := newCrowd(2, 0)
	c.most = 2
	var got []string
	for _, seq := range []uint64{1, 2, 1, 3} {
		got = append(got, refused(c.seek(c.children[1], seq)))
	}
	for _, name := range []Name{"a", "b", "a", "c"} {
		p := Publication{ID: ID{Seq: uint64(name[0])}, Name: name, Scope: Host}
		got = append(got, refused(c.Step(c.children[1], Claim{Name: name, Claimants: []Publication{p}})))
	}
	want := strings.Split("|||it announces more than 2 subscriptions||||it announces more than 2 names", "|")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
}
