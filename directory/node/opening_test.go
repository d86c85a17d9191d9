package node

import (
	"fmt"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// R9, R17: so many sessions are under way over one link and no more, and each of
// them begins in its turn.
func TestSessionsAreOpenedInTurn(t *testing.T) {
	const names = 3*maxOpening + 7
	host := open(t, directory.Host, "")
	sub := open(t, directory.Process, host.Address())

	// A publisher that answers when it is asked to.
	publisher := connect(t, host.Address(), dirwire.Child)
	taken := make(chan *stranger, 1)
	greeting := dirwire.Greeting{Relation: dirwire.Peer, Directory: directory.Directory{Process: publisher.self, Scope: directory.Process}}
	hello := transport.Hello{Process: publisher.self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting)}
	listener, err := tcp.Transport{}.Listen("127.0.0.1:0", hello, func(l transport.Link) {
		s := &stranger{Link: l, t: t, frames: make(chan frame, 10*names), lost: make(chan error, 1)}
		l.Start(s)
		taken <- s
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	for i := range names {
		p := directory.Publication{
			ID: directory.ID{Origin: publisher.self, Seq: uint64(i + 1)}, Name: directory.Name(fmt.Sprint("n:", i)), Scope: directory.Host,
			Actor:     transport.Address{Process: publisher.self, Actor: 1, Key: 1},
			Endpoints: []directory.Endpoint{{Scope: directory.Host, Address: listener.Address()}},
		}
		publisher.say(directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}})
	}
	sub.subscribe(1, "n:.*", directory.Host)

	s := <-taken
	t.Cleanup(func() { s.Close(nil) })
	underWay := make(map[directory.SessionID]bool)
	most, ready := 0, 0
	for ready < names {
		switch m := s.hears().(type) {
		case directory.Open:
			underWay[m.Session] = true
			most = max(most, len(underWay))
		case directory.Close: // it was late: it is tried again
			delete(underWay, m.Session)
		case directory.Commit:
			delete(underWay, m.Session)
			ready++
		}
		if len(underWay) == maxOpening || ready+len(underWay) == names {
			for id := range underWay {
				s.say(directory.Ready{Session: id})
			}
			// Each is answered once; what is not committed is heard of as late.
			for len(underWay) > 0 {
				switch m := s.hears().(type) {
				case directory.Commit:
					delete(underWay, m.Session)
					ready++
				case directory.Close:
					delete(underWay, m.Session)
				case directory.Open:
					underWay[m.Session] = true
					s.say(directory.Ready{Session: m.Session})
				}
				most = max(most, len(underWay))
			}
		}
	}
	if most != maxOpening {
		t.Errorf("%d sessions were under way at once, want %d", most, maxOpening)
	}
	for range names {
		next[directory.Available](sub, 1)
	}
	done := make(chan int, 1)
	sub.post(func() {
		left := 0
		for _, l := range sub.links {
			left += l.attempts.underWay + len(l.attempts.waiting)
		}
		for timer := range sub.timers.byKey {
			if timer.Kind == directory.TimerOpen {
				left++
			}
		}
		done <- left
	})
	select {
	case left := <-done:
		if left != 0 {
			t.Errorf("%d attempts or their timers are left", left)
		}
	case <-time.After(patience):
		t.Fatal("the node does not answer")
	}
}
