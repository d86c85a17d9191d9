package node

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Who says what is not his to say is refused, or nothing comes of it. The pair goes
// on, and is introduced to others (R16, R17, R18).

// claimOf is a claim of the name with one claimant, which can be reached at address.
func claimOf(id directory.ID, name directory.Name, address string) directory.Claim {
	return directory.Claim{Name: name, Claimants: []directory.Publication{{
		ID: id, Name: name, Scope: directory.Host, Stamp: 1,
		Actor:     transport.Address{Process: id.Origin, Actor: 1, Key: 1},
		Endpoints: []directory.Endpoint{{Scope: directory.Host, Address: address}},
	}}}
}

// A process announces its own registrations only. A directory announces those of
// processes below it, and is believed; but what is known already under an identity
// is not changed by it.
func TestRegistrationsOfOthers(t *testing.T) {
	p := newPair(t)
	others := directory.ID{Origin: p.pub.ID(), Seq: 1} // what the pair has published
	nobodys := directory.ID{Origin: transport.NewProcessID(), Seq: 1}
	for name, lie := range map[string]directory.Message{
		"claim of the pair":   claimOf(others, "svc", "127.0.0.1:1"),
		"claim of nobody":     claimOf(nobodys, "svc", "127.0.0.1:1"),
		"another name":        claimOf(others, "x", "127.0.0.1:1"),
		"subscription":        directory.Seek{Subscription: directory.Subscription{ID: directory.ID{Origin: p.sub.ID(), Seq: 1}, Pattern: "svc", Scope: directory.Host}},
		"end of subscription": directory.Unseek{ID: directory.ID{Origin: p.sub.ID(), Seq: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s := pretend(t, p.host.Address(), directory.Process)
			s.say(lie)
			s.isRefused()
			p.introduced(t)
		})
	}

	group := pretend(t, p.host.Address(), directory.Group)
	group.say(claimOf(others, "svc", "127.0.0.1:1"))
	group.say(directory.Unseek{ID: directory.ID{Origin: p.sub.ID(), Seq: 1}}) // it did not say it
	group.say(claimOf(nobodys, "theirs", "127.0.0.1:1"))
	awaitNames(t, p.host, 2)
	p.sub.subscribe(2, "svc", directory.Host)
	if got, _ := next[directory.Available](p.sub, 2); got.Publisher != p.pub.Mint.Address(1) {
		t.Errorf("got %v", got)
	}
	next[directory.Delivered](p.pub, 1)
	p.introduced(t)
	group.say(directory.Claim{Name: "svc"}) // it takes back what it said, and no more
	group.Close(nil)
	awaitNames(t, p.host, 1)
	p.sub.subscribe(3, "svc", directory.Host)
	next[directory.Available](p.sub, 3)
	next[directory.Delivered](p.pub, 1)
	p.introduced(t)
}

// Only the parent says what is offered, and who holds a name.
func TestOffersFromWhoIsNoParent(t *testing.T) {
	p := newPair(t)
	p.pub.subscribe(2, "wanted", directory.Host)
	wanted := directory.ID{Origin: p.pub.ID(), Seq: 2}
	for _, relation := range []dirwire.Relation{dirwire.Peer, dirwire.Child} {
		for name, lie := range map[string]func(directory.Publication) directory.Message{
			"list": func(q directory.Publication) directory.Message {
				return directory.Offered{Subscription: wanted, Scope: directory.Host, First: true, Last: true, Offers: []directory.Publication{q}}
			},
			"empty list": func(directory.Publication) directory.Message {
				return directory.Offered{Subscription: wanted, Scope: directory.Host, First: true, Last: true}
			},
			"offer": func(q directory.Publication) directory.Message {
				return directory.Offer{Subscription: wanted, Scope: directory.Host, Publication: q}
			},
			"withdrawal": func(directory.Publication) directory.Message {
				return directory.Withdraw{Subscription: wanted, Scope: directory.Host, Name: "svc"}
			},
			"holder": func(q directory.Publication) directory.Message {
				return directory.Held{Name: "svc", Scope: directory.Host, Holder: q.ID, Stamp: 1}
			},
		} {
			t.Run(fmt.Sprintf("%s by a %s", name, relation), func(t *testing.T) {
				s := connect(t, p.pub.Address(), relation)
				q := claimOf(directory.ID{Origin: s.self, Seq: 1}, "wanted", "127.0.0.1:1").Claimants[0]
				s.say(lie(q))
				s.isRefused()
				p.introduced(t)
			})
		}
	}
	if got := append(p.pub.heard(2), p.pub.heard(1)...); len(got) > 0 {
		t.Errorf("the pair is told %v", got)
	}
}

// A parent may say what it likes of names and subscriptions that nobody has: there
// is nobody to tell.
func TestNonsenseFromTheParent(t *testing.T) {
	children := make(chan *stranger, 10)
	parent := transport.NewProcessID()
	hello := transport.Hello{Process: parent, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, dirwire.Greeting{
		Relation:  dirwire.Peer,
		Directory: directory.Directory{Process: parent, Scope: directory.Host, Executable: "hostile-cake"},
	})}
	listener, err := tcp.Transport{}.Listen("127.0.0.1:0", hello, func(l transport.Link) {
		s := &stranger{Link: l, t: t, self: parent, frames: make(chan frame, 1000), lost: make(chan error, 1)}
		l.Start(s)
		children <- s
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p := open(t, directory.Process, listener.Address())
	p.publish(1, "svc", directory.Host)
	p.subscribe(2, "svc", directory.Host)
	_, session := next[directory.Available](p, 2)
	next[directory.Delivered](p, 1)
	undisturbed := func() {
		t.Helper()
		if err := session.Send(session.Local(), "undisturbed"); err != nil {
			t.Fatal(err)
		}
		if got := p.message(1); got.Message != "undisturbed" {
			t.Errorf("got %v", got)
		}
		p.subscribe(3, "svc", directory.Host)
		next[directory.Available](p, 3)
		next[directory.Delivered](p, 1)
		p.Unsubscribe(3, "svc")
		next[directory.Dropped](p, 3)
		next[directory.Unsubscribed](p, 3)
		next[directory.Dropped](p, 1)
	}

	s := <-children
	nobodys := directory.ID{Origin: transport.NewProcessID(), Seq: 7}
	stray := claimOf(nobodys, "stray", "127.0.0.1:1").Claimants[0]
	for i := range 10_000 {
		name := directory.Name(fmt.Sprint("nobody's:", i))
		s.say(directory.Held{Name: name, Scope: directory.LAN, Holder: nobodys, Stamp: 1})
		s.say(directory.Held{Name: name, Scope: directory.Host})
		s.say(directory.Offer{Subscription: nobodys, Scope: directory.LAN, Publication: stray})
		s.say(directory.Withdraw{Subscription: nobodys, Scope: directory.Host, Name: name})
		s.say(directory.Offered{Subscription: nobodys, Scope: directory.Host, Last: true, Offers: []directory.Publication{stray}})
	}
	// What is offered to a subscription that there is, of nobody that can be reached.
	ours := directory.ID{Origin: p.ID(), Seq: 2}
	s.say(directory.Offer{Subscription: ours, Scope: directory.Host, Publication: stray})
	s.say(directory.Held{Name: "svc", Scope: directory.Host, Holder: nobodys, Stamp: 1})
	if got, _ := next[directory.Standby](p, 1); got.Scope != directory.Host { // all that was said before is heard
		t.Errorf("got %v", got)
	}
	undisturbed()
	if names := p.known(); names != 1 {
		t.Errorf("the process knows %d names, want its own", names)
	}
	s.say(directory.Held{Name: "svc", Scope: directory.Group, Holder: nobodys}) // beyond a host's word
	s.isCutOff(t)
	undisturbed()
	again := <-children // it is sought again, as always
	for heard := false; !heard; {
		_, heard = again.hears().(directory.Claim)
	}
	undisturbed()
}

// What ends of sessions say of sessions that there are not is not heeded.
func TestWordsOfUnknownSessions(t *testing.T) {
	p := newPair(t)
	for _, address := range []string{p.pub.Address(), p.host.Address()} {
		s := connect(t, address, dirwire.Peer)
		for id := range directory.SessionID(100) {
			for _, msg := range []directory.Message{
				directory.Ready{Session: id}, directory.NotOpened{Session: id, Reason: "x"}, directory.Commit{Session: id},
				directory.Close{Session: id, Reason: "x"}, directory.Closed{Session: id, Reason: "x"},
			} {
				s.say(msg)
			}
		}
		s.say(directory.Open{Session: 1000, Subscriber: transport.Address{Process: s.self}, Scope: directory.Host})
		for heard := false; !heard; { // the link lives, and all was heard
			refusal, ok := s.hears().(directory.NotOpened)
			heard = ok && refusal.Session == 1000
		}
		p.introduced(t)
	}
}

// In the earlier system whoever connected could address every actor of a process,
// and stop it. What is made up comes back, all of it, and reaches nobody.
func TestForgedMessagesReachNobody(t *testing.T) {
	p := newPair(t)
	s := connect(t, p.pub.Address(), dirwire.Peer)
	me := transport.Address{Process: s.self, Actor: 1, Key: 1}
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	sent := 0
	for actor := range transport.ActorID(300) {
		to := p.pub.Mint.Address(actor)
		for _, key := range []uint64{0, 1, ^uint64(0), to.Key + 1, to.Key ^ 1<<63} {
			if key == to.Key {
				continue
			}
			head := wire.MessageHead{To: transport.Address{Process: p.pub.ID(), Actor: actor, Key: key}, From: me, Type: 1}
			s.Send(wire.Message, append(wire.AppendMessage(nil, head), 0xd9, 1, 'x'))
			sent++
		}
		s.Send(wire.DataOut, append(wire.AppendData(nil, wire.DataHead{Session: uint64(actor + 1), Type: 1}), 0xd9, 1, 'x'))
		s.Send(wire.DataBack, append(wire.AppendData(nil, wire.DataHead{Session: uint64(actor + 1), Type: 1}), 0xd9, 1, 'x'))
	}
	for back := 0; back < sent; {
		select {
		case f := <-s.frames:
			if f.kind == wire.Undelivered {
				back++
			}
		case <-time.After(patience):
			t.Fatalf("%d of %d came back", back, sent)
		}
	}
	for actor := range transport.ActorID(300) {
		if got := p.pub.heard(actor); len(got) > 0 {
			t.Errorf("actor %d got %v", actor, got)
		}
	}
	p.introduced(t)
}

// A reason is for people, 1024 bytes long at most. A longer one is a broken frame,
// whatever it is the reason of.
func TestGiantReasons(t *testing.T) {
	p := newPair(t)
	text := func(size int) []byte {
		b := append([]byte{0xdb}, binary.BigEndian.AppendUint32(nil, uint32(size))...)
		return append(b, strings.Repeat("r", size)...)
	}
	for _, kind := range []transport.Kind{dirwire.KindNotOpened, dirwire.KindClose, dirwire.KindClosed, dirwire.KindRefused} {
		for size, fits := range map[int]bool{1024: true, 1025: false, 10 << 20: false} {
			t.Run(fmt.Sprint("kind ", kind, " of ", size), func(t *testing.T) {
				if size+10 > wire.MaxBody {
					size = wire.MaxBody - 10
				}
				body := append([]byte{0x92, 7}, text(size)...)
				if kind == dirwire.KindRefused {
					body = append([]byte{0x91}, text(size)...)
				}
				s := connect(t, p.pub.Address(), dirwire.Peer)
				if err := s.Send(kind, body); err != nil {
					t.Fatal(err)
				}
				if fits {
					s.say(directory.Open{Session: 1, Subscriber: transport.Address{Process: s.self}, Scope: directory.Host})
					for heard := false; !heard; { // before it, perhaps, that the session is over
						_, heard = s.hears().(directory.NotOpened)
					}
				} else {
					s.isCutOff(t)
				}
				p.introduced(t)
			})
		}
	}
}

// A directory that asks for who holds a name, again and again and of many names, is
// answered when there is news; the others do not wait for it, though it reads
// nothing meanwhile.
func TestAskingOften(t *testing.T) {
	count := many(100_000)
	p := newPair(t)
	reading := make(chan struct{})
	s := pretend(t, p.host.Address(), directory.Group, func(s *stranger) { s.until = reading })
	id := directory.ID{Origin: transport.NewProcessID(), Seq: 1}
	for i := range count {
		again := claimOf(id, "svc", "127.0.0.1:1")
		again.Claimants[0].Stamp = 1 << 62 // younger than all
		again.Ask = i%2 == 0
		s.say(again)
		one := claimOf(directory.ID{Origin: id.Origin, Seq: uint64(2 + i)}, directory.Name(fmt.Sprint("asked:", i)), "127.0.0.1:1")
		one.Ask = true
		s.say(one)
		if i%(count/4) == 0 {
			p.introduced(t)
		}
	}
	p.introduced(t)
	close(reading)
	awaitNames(t, p.host, count+2)
	holder := directory.ID{}
	for holder.Origin != p.pub.ID() {
		if m, ok := s.hears().(directory.Held); ok && m.Name == "svc" {
			holder = m.Holder
		}
	}
	p.introduced(t)
	s.Close(nil)
	awaitNames(t, p.host, 1)
	p.introduced(t)
}

// A process dies, and its successor has published the same names, before the
// directory has read what the dead one had still said: older claims, of nobody who
// can be reached. They go with the link they came over; nobody is disturbed.
func TestBacklogOfADeadProcess(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		const count = 300
		lan := b.open("lan", directory.LAN, "lan:1", "")
		sub := b.open("sub", directory.Process, "", "lan:1")
		dead := b.open("dead", directory.Process, "", "lan:1")
		other := b.open("other", directory.Process, "", "lan:1")
		sub.subscribe(1, "svc:.*", directory.LAN)
		dead.publish(1, "alive", directory.LAN)
		b.rest()
		b.net.Delay("dead", "lan", 300*time.Millisecond)
		publish := func(p *process) {
			for i := range count {
				if err := p.Publish(2, directory.Name(fmt.Sprint("svc:", i)), directory.LAN); err != nil {
					t.Fatal(err)
				}
			}
		}
		publish(dead)
		dead.subscribe(3, ".*", directory.LAN)
		dead.stop()
		time.Sleep(time.Millisecond) // or they would be of one age
		successor := b.open("successor", directory.Process, "", "lan:1")
		began := time.Now()
		publish(successor)
		for range count {
			if got, _ := next[directory.Available](sub, 1); got.Publisher != successor.Mint.Address(2) {
				t.Fatalf("got %v, want the successor", got)
			}
		}
		if took := time.Since(began); took >= 300*time.Millisecond {
			t.Errorf("introduced after %v: nothing was in the backlog any more", took)
		}
		sub.subscribe(4, "other", directory.LAN) // while the backlog is read
		time.Sleep(298 * time.Millisecond)
		other.publish(1, "other", directory.LAN)
		next[directory.Available](sub, 4)
		b.rest()
		if got := sub.heard(1); len(got) > 0 {
			t.Errorf("the subscriber was disturbed: %v", got)
		}
		counts := make(map[string]int)
		for _, got := range successor.heard(2) {
			e, _ := got.(event)
			counts[fmt.Sprintf("%T", e.fact)]++
		}
		if counts["directory.Delivered"] != count || counts["directory.Dropped"] != 0 || counts["directory.Standby"] != count || counts["directory.Promoted"] != count {
			t.Errorf("the successor is told %v; want that it stood by, as the dead one was older, and holds again", counts)
		}
		if known := lan.known(); known != count+1 {
			t.Errorf("%d publications are known, want %d", known, count+1)
		}
	})
}
