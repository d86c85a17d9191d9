package node

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// R17: who opens sessions and does not commit them has none after a while, and hears
// so. What he says of them then is answered. Those that are committed go on.
func TestPreparedSessionsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("host", directory.Host, "host:1", "")
		pub := b.open("pub", directory.Process, "", "host:1")
		pub.publish(1, "svc", directory.Host)
		p := pub.publications()[0]
		s := connectOver(t, b.net.Transport("pub"), p.Endpoints[0].Address, dirwire.Peer)
		const sessions = 100
		for id := range directory.SessionID(sessions) {
			s.say(directory.Open{
				Session: id + 1, Publication: p.ID, Token: p.Token, Scope: directory.Host,
				Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1},
			})
			if got := s.hears(); got != (directory.Ready{Session: id + 1}) {
				t.Fatalf("got %v", got)
			}
		}
		s.say(directory.Commit{Session: 1})
		next[directory.Delivered](pub, 1)
		time.Sleep(commitTime - time.Millisecond)
		synctest.Wait()
		if len(s.frames) > 0 {
			t.Fatalf("got %v before its time", s.hears())
		}
		time.Sleep(2 * time.Millisecond)
		closed := make(map[directory.SessionID]bool)
		for range sessions - 1 {
			got, ok := s.hears().(directory.Closed)
			if !ok || closed[got.Session] || got.Session == 1 || got.Reason == "" {
				t.Fatalf("got %v, want the end of a session that was not committed", got)
			}
			closed[got.Session] = true
		}
		s.say(directory.Commit{Session: 2}) // too late
		for id := range directory.SessionID(sessions - 1) {
			s.say(directory.Close{Session: id + 2})
			if got, _ := s.hears().(directory.Closed); got.Session != id+2 {
				t.Fatalf("got %v, want the answer for session %d", got, id+2)
			}
		}
		time.Sleep(2 * commitTime)
		synctest.Wait()
		if kept := pub.endedKept(); len(s.frames) > 0 || len(pub.box(1)) > 0 || kept > 0 {
			t.Errorf("%d frames more, %d facts, %d sessions are remembered", len(s.frames), len(pub.box(1)), kept)
		}
		s.say(directory.Close{Session: 1})
		next[directory.Dropped](pub, 1)
		s.Close(nil)
	})
}
