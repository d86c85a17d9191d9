package node

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
	"pgregory.net/rapid"
)

// R17: what a publisher has sent, and what waits for room, arrives or comes back when
// the subscriber ends the session.
func TestBacklogWhenTheSubscriberEnds(t *testing.T) {
	p := newPair(t)
	p.pub.publish(2, "more", directory.Host)
	p.sub.subscribe(2, "more", directory.Host)
	next[directory.Available](p.sub, 2)
	_, s := next[directory.Delivered](p.pub, 2)
	p.sub.keep(true)
	n := fill(t, func(m any) error { return s.Send(s.Local(), m) })
	p.sub.Ended(2)
	next[directory.Dropped](p.pub, 2)
	arrived, back := 0, 0
	returned := make(map[any]bool)
	for arrived+back < n {
		select {
		case got := <-p.sub.box(2):
			d, ok := got.(Delivery)
			if !ok || d.Message != numbered(arrived) {
				t.Fatalf("got %.100v, want number %d", got, arrived)
			}
			d.Due.Settle()
			arrived++
		case got := <-p.pub.box(2):
			u, ok := got.(Undelivered)
			if !ok || u.From != s.Local() {
				t.Fatalf("%.100v came back", got)
			}
			returned[u.Message] = true
			back++
		case <-time.After(patience):
			t.Fatalf("of %d messages %d arrived, and %d came back", n, arrived, back)
		}
	}
	for i := arrived; i < n; i++ {
		if !returned[numbered(i)] {
			t.Errorf("number %d of %d neither arrived nor came back", i, n)
		}
	}
	empty(t, p.pub, p.sub)
	p.sub.keep(false)
	p.undisturbed(t)
}

// R17: when a link is lost nothing is kept in reserve of what waited in its sessions or
// outside, and who waits for room is told so that he can learn it.
func TestBacklogWhenTheLinkIsLost(t *testing.T) {
	p := newPair(t)
	p.pub.keep(true)
	to := p.pub.Mint.Address(3)
	stray := func(m any) error { return p.sub.Send(p.sub.Mint.Address(1), to, m) }
	fill(t, p.send)
	fill(t, stray)
	inSession, inNone := p.session.Room(), p.sub.Room(to.Process)
	var l *link
	p.sub.onNode(func() { l = p.sub.routes.to(to.Process) })
	if l.reserved.Load() == 0 {
		t.Error("nothing waits")
	}
	p.pub.stop()
	<-inSession
	<-inNone
	<-l.gone
	if reserved := l.reserved.Load(); reserved != 0 {
		t.Errorf("%d bytes wait to leave over a link that is lost", reserved)
	}
	if err := p.send("late"); err == nil || errors.Is(err, transport.ErrOverloaded) {
		t.Errorf("in the session: %v", err)
	}
	if err := stray("late"); !errors.Is(err, transport.ErrUnreachable) {
		t.Errorf("in none: %v", err)
	}
}

// A tape is a lane that keeps what is sent, with the parts put together.
type tape struct{ bodies []string }

func (s *tape) Send(kind transport.Kind, body []byte) error {
	if kind != wire.Part {
		s.bodies = append(s.bodies, string(body))
		return nil
	}
	h, bytes, err := wire.ParsePart(body)
	switch {
	case err != nil:
		return err
	case h.First:
		s.bodies = append(s.bodies, string(bytes))
	default:
		s.bodies[len(s.bodies)-1] += string(bytes)
	}
	return nil
}

// Frames leave a backlog as they came, in their order, however many come and go
// between; and what is said to wait is what does.
func TestBacklogIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, l, sent := new(backlog), new(link), new(tape)
		var all []string
		waits := 0
		for i := range rapid.IntRange(1, 300).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "adds") {
				size := rapid.SampledFrom([]int{10, 100, 1000, wire.PartSize, wire.PartSize + 1000}).Draw(t, "size")
				body := fmt.Sprintf("%06d", i) + strings.Repeat(string(rune('a'+i%26)), size-6)
				b.add(wire.Message, []byte(body))
				all = append(all, body)
				waits += cost(len(body))
			} else if !b.empty() {
				_, left, err := b.send(l, sent)
				if err != nil {
					t.Fatal(err)
				}
				waits -= left
			}
			if b.size != waits {
				t.Fatalf("step %d: %d bytes wait, want %d", i, b.size, waits)
			}
		}
		for !b.empty() {
			if _, _, err := b.send(l, sent); err != nil {
				t.Fatal(err)
			}
		}
		if b.size != 0 || !slices.Equal(sent.bodies, all) {
			t.Fatalf("of %d frames %d left as they came, and %d bytes wait", len(all), len(sent.bodies), b.size)
		}
	})
}
