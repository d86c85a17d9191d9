package node

import (
	"testing"

	"github.com/layer-cake/layer-cake/directory"
)

// R15, R16: the link that there is to a process of this machine may be one to its
// LAN address, where nothing narrower than the LAN can be opened. A session of
// Host scope has another link, and the two go on side by side.
func TestNearSessionBesideAFarLink(t *testing.T) {
	host := open(t, directory.Host, "")
	p := open(t, directory.Process, host.Address())
	s := open(t, directory.Process, host.Address())
	s.subscribe(1, "svc:.*", directory.LAN)
	p.publish(1, "svc:far", directory.LAN)
	_, far := next[directory.Available](s, 1)
	next[directory.Delivered](p, 1)
	for _, end := range []struct{ own, other *process }{{p, s}, {s, p}} {
		done := make(chan struct{})
		end.own.post(func() {
			end.own.routes.to(end.other.ID()).reach = directory.LAN // as if it were
			close(done)
		})
		<-done
	}

	p.publish(2, "svc:near", directory.Host)
	if got, _ := next[directory.Available](s, 1); got.Name != "svc:near" {
		t.Fatalf("got %v", got)
	}
	next[directory.Delivered](p, 2)
	if got := len(s.routes.all(p.ID())); got != 2 {
		t.Errorf("%d links, want one for each", got)
	}
	p.publish(3, "svc:far:too", directory.LAN)
	next[directory.Available](s, 1)
	far.Send(far.Local(), "still here")
	if got := p.message(1); got.Message != "still here" {
		t.Errorf("got %v", got)
	}
}
