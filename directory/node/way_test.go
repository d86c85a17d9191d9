package node

import (
	"testing"
	"testing/synctest"

	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// A request that went over one of two links is not over when that one is closed, for
// the reply comes over the other; it is when the other is lost too.
func TestWayOverTheSecondLink(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		list := b.chain(2, false)
		p, q := list[0], list[1]
		way, err := q.Ask(q.Mint.Address(2), p.at(), "request")
		if err != nil {
			t.Fatal(err)
		}
		p.message(1)
		second := q.routes.to(p.ID())
		ready := make(chan *link, 1)
		dialled, err := b.net.Transport("p0").Dial(t.Context(), q.Address(), p.hello(dirwire.Peer))
		if err != nil {
			t.Fatal(err)
		}
		l, err := p.newLink(dialled)
		if err != nil {
			t.Fatal(err)
		}
		p.post(func() { p.linkUp(l); ready <- l })
		<-ready
		synctest.Wait()
		if n := len(q.routes.all(p.ID())); n != 2 {
			t.Fatalf("%d links, want 2", n)
		}
		second.Close(errSecond)
		synctest.Wait()
		lost, instead, reason := way.Lost()
		if !lost || instead == nil || reason != "" || len(q.ways) != 1 || <-q.ways != way {
			t.Fatalf("lost: %v, instead %v, %q", lost, instead, reason)
		}
		if lost, _, _ := instead.Lost(); lost {
			t.Error("the other is lost as well")
		}
		if err := p.Send(p.at(), q.Mint.Address(2), "reply"); err != nil {
			t.Fatal(err)
		}
		if got := q.message(2); got.Message != "reply" {
			t.Errorf("got %v", got)
		}
		l.Close(&transport.RefusedError{Reason: "for another reason"})
		synctest.Wait()
		if lost, more, reason := instead.Lost(); !lost || more != nil || reason == "" || len(q.ways) != 1 || <-q.ways != instead {
			t.Errorf("lost: %v, instead %v, %q", lost, more, reason)
		}
	})
}

// What waited for credit when its link was lost is counted: nobody can say that it
// arrived.
func TestWhatWaitedIsCounted(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		list := b.chain(2, false)
		p, q := list[0], list[1]
		p.keep(true) // it takes nothing
		n := fill(t, func(m any) error { return q.Send(q.at(), p.at(), m) })
		synctest.Wait()
		came := len(p.heard(1))
		p.stop()
		synctest.Wait()
		if got, want := q.Counts(), (Counts{Lost: uint64(n - came)}); got != want || got.Lost == 0 {
			t.Errorf("of %d messages %d came: got %+v, want %+v", n, came, got, want)
		}
	})
}
