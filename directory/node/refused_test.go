package node

import (
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// R16: nobody but the process that a session was opened with says what becomes of it.
func TestSessionsOfOthers(t *testing.T) {
	p := newPair(t)
	p.sub.publish(3, "mine", directory.Host) // so that it takes links
	s := connect(t, p.sub.Address(), dirwire.Peer)
	for id := range directory.SessionID(10) {
		s.say(directory.Ready{Session: id})
		s.say(directory.NotOpened{Session: id, Reason: "x"})
		s.say(directory.Closed{Session: id, Reason: "x"})
	}
	s.say(directory.Open{Session: 1000, Subscriber: transport.Address{Process: s.self}, Scope: directory.Host})
	if got, ok := s.hears().(directory.NotOpened); !ok { // so all was heard
		t.Errorf("got %v", got)
	}
	p.undisturbed(t)
	if got := p.sub.heard(1); len(got) > 0 {
		t.Errorf("the subscriber was told %v", got)
	}
}

// R18: a parent that refuses this process is an error that names it, with its reason.
func TestRefusedByTheParent(t *testing.T) {
	self := transport.NewProcessID()
	hello := transport.Hello{Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, dirwire.Greeting{
		Relation: dirwire.Peer, Directory: directory.Directory{Process: self, Scope: directory.Host, Executable: "strict"},
	})}
	listener, err := tcp.Transport{}.Listen("127.0.0.1:0", hello, func(l transport.Link) {
		t.Cleanup(func() { l.Close(nil) })
		s := &stranger{Link: l, t: t, self: self, frames: make(chan frame, 1000), lost: make(chan error, 1)}
		l.Start(s)
		s.say(directory.Refused{Reason: "it is full here"})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p := open(t, directory.Process, listener.Address())
	p.publish(1, "a", directory.Host)
	select {
	case err := <-p.fatal:
		for _, part := range []string{"strict", listener.Address(), "it is full here"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("got %v, want it to have %q", err, part)
			}
		}
	case <-time.After(patience):
		t.Error("it goes on")
	}
}

// R17: who opens a session and never begins it is not listened to for ever: at most
// so many messages wait, the others come back.
func TestSessionThatIsNeverBegun(t *testing.T) {
	p := newPair(t)
	child := connect(t, p.host.Address(), dirwire.Child)
	child.say(directory.Seek{Subscription: directory.Subscription{ID: directory.ID{Origin: child.self, Seq: 1}, Pattern: "svc", Scope: directory.Host}})
	offered, _ := child.hears().(directory.Offered)
	if len(offered.Offers) != 1 {
		t.Fatalf("got %v, want one offer", offered)
	}
	found := offered.Offers[0]
	s := connect(t, p.pub.Address(), dirwire.Peer)
	s.say(directory.Open{
		Session: 1, Publication: found.ID, Token: found.Token, Scope: directory.Host,
		Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1},
	})
	if got, ok := s.hears().(directory.Ready); !ok {
		t.Fatalf("got %v", got)
	}
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	const more = 10
	for range maxHeld + more {
		s.Send(wire.DataOut, append(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}), 0xd9, 1, 'x'))
	}
	for back := 0; back < more; {
		select {
		case f := <-s.frames:
			if f.kind == wire.Undelivered {
				back++
			}
		case <-time.After(patience):
			t.Fatalf("%d messages came back, want %d", back, more)
		}
	}
	p.undisturbed(t)
}
