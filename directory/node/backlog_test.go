package node

import (
	"errors"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
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
