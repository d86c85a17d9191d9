package node

import (
	"errors"
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

// R17: who opens a session and never begins it is not listened to for ever: beyond its
// window it is cut off.
func TestSessionThatIsNeverBegun(t *testing.T) {
	p := newPair(t)
	s, _ := p.opens(t, 1)
	for {
		err := s.Send(wire.DataOut, append(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}), 0xd9, 1, 'x'))
		if errors.Is(err, transport.ErrClosed) {
			break
		}
	}
	if err := <-s.lost; !strings.Contains(err.Error(), "it is beyond the window") {
		t.Errorf("the link was lost: %v", err)
	}
	p.undisturbed(t)
}
