package node

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// R17: what is under way in sessions while they end is given back, however many
// end at once and whoever ends them. Each was refused, taken, or came back. Then
// no link remembers any of them.
func TestMessagesUnderWayToSessionsThatEnd(t *testing.T) {
	for _, count := range []int{512, many(100_000)} {
		t.Run(fmt.Sprint("unsubscribed ", count), func(t *testing.T) {
			underWay(t, count, false, func(_, sub *process) { sub.Unsubscribe(2, "svc:.*") })
		})
		t.Run(fmt.Sprint("unpublished ", count), func(t *testing.T) {
			underWay(t, count, true, func(pub, _ *process) {
				for i := range count {
					pub.Unpublish(1, directory.Name(fmt.Sprint("svc:", i)))
				}
			})
		})
	}
}

// underWay joins a publisher and a subscriber by many sessions, has one of them end
// all and the other send in each before it hears of that.
func underWay(t *testing.T, count int, subscriberSends bool, end func(pub, sub *process)) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("lan", directory.LAN, "lan:1", "")
		pub := b.open("pub", directory.Process, "", "lan:1")
		sub := b.open("sub", directory.Process, "", "lan:1")
		pub.boxes[1], sub.boxes[2] = make(chan any, 4*count), make(chan any, 4*count)
		for i := range count {
			pub.publish(1, directory.Name(fmt.Sprint("svc:", i)), directory.LAN)
		}
		sub.subscribe(2, "svc:.*", directory.LAN)
		b.rest()
		sender, from := pub, transport.ActorID(1)
		taker, to := sub, transport.ActorID(2)
		if subscriberSends {
			sender, from, taker, to = taker, to, sender, from
		}
		var sessions []*Session
		for _, got := range sender.heard(from) {
			if e, _ := got.(event); e.session != nil {
				sessions = append(sessions, e.session)
			}
		}
		if len(sessions) != count {
			t.Fatalf("%d sessions, want %d", len(sessions), count)
		}
		taker.heard(to)
		b.net.Delay("pub", "sub", 50*time.Millisecond)
		b.net.Delay("sub", "pub", 50*time.Millisecond)
		end(pub, sub)
		refused, taken, back := 0, 0, 0
		for i, s := range sessions {
			if err := s.Send(s.Local(), fmt.Sprint(i)); errors.Is(err, transport.ErrEnded) {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		b.rest()
		for _, got := range sender.heard(from) {
			if _, ok := got.(Undelivered); ok {
				back++
			}
		}
		for _, got := range taker.heard(to) {
			if _, ok := got.(Delivery); ok {
				taken++
			}
		}
		withheld := int(taker.Counts().Withheld)
		if refused+taken+back+withheld != count || back == 0 || withheld > 0 && back < wordsAtOnce {
			t.Errorf("of %d messages %d were refused, %d taken, %d came back, %d are counted", count, refused, taken, back, withheld)
		}
		for _, p := range []*process{pub, sub} {
			if kept := p.endedKept(); kept != 0 {
				t.Errorf("%d ended sessions are still remembered", kept)
			}
		}
	})
}

// endedKept is how many sessions that ended the links of a node remember.
func (p *process) endedKept() int {
	kept := make(chan int, 1)
	p.post(func() {
		n := 0
		for _, l := range p.links {
			l.sessions.mu.Lock()
			n += len(l.sessions.ended) + len(l.sessions.words) - min(len(l.sessions.words), len(l.sessions.live))
			l.sessions.mu.Unlock()
		}
		kept <- n
	})
	return <-kept
}

// What a link remembers of sessions is bounded, whatever the other end owes it.
func TestEndsAreBounded(t *testing.T) {
	e := newEnds()
	e.most = 10
	for i := range directory.SessionID(20) {
		s := &Session{key: directory.SessionKey{ID: i}}
		e.add(s)
		e.lastWord(s.end())
		e.remove(s)
	}
	if len(e.ended) != 10 || len(e.live) != 0 || len(e.words) != 0 {
		t.Errorf("%d ended, %d live, %d words; want 10 ended", len(e.ended), len(e.live), len(e.words))
	}
	for i := range directory.SessionID(20) {
		if e.heardLast(end{true, i}) {
			t.Errorf("session %d owes a word", i)
		}
	}
	if len(e.ended) != 0 {
		t.Errorf("%d ended are left", len(e.ended))
	}
}

// Messages that nobody can be told of are counted; the log has the first of a link,
// and the number at its end.
func TestLossesAreCounted(t *testing.T) {
	p := newPair(t)
	s := connect(t, p.pub.Address(), dirwire.Peer)
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	for i := range 1000 {
		s.Send(wire.DataOut, append(wire.AppendData(nil, wire.DataHead{Session: uint64(i + 1), Type: 1}), 0xd9, 1, 'x'))
	}
	s.Close(nil)
	until(t, func() bool { return strings.Contains(p.pub.logs.String(), "messages=1000") })
	if n := strings.Count(p.pub.logs.String(), `msg="message lost"`); n != 1 {
		t.Errorf("the log has %d of them, want the first", n)
	}
	p.undisturbed(t)
}
