package node

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// listen has an actor listen, and returns where.
func (p *process) listen(actor transport.ActorID, address string) string {
	p.t.Helper()
	if err := p.ListenFor(actor, address, address); err != nil {
		p.t.Fatal(err)
	}
	fact, _ := next[directory.Listening](p, actor)
	return fact.Address
}

// Two actors in connection, which whatever strangers do must not disturb.
type line struct {
	server, client *process
	at             string
	in, out        *Session
}

func newLine(t *testing.T) line {
	l := line{server: open(t, directory.Process, ""), client: open(t, directory.Process, "")}
	l.at = l.server.listen(1, "127.0.0.1:0")
	l.client.Call(1, l.at, l.at)
	_, l.out = next[directory.Connected](l.client, 1)
	_, l.in = next[directory.Accepted](l.server, 1)
	return l
}

func (l line) undisturbed(t *testing.T) {
	t.Helper()
	if err := l.out.Send(l.out.Local(), "there"); err != nil {
		t.Fatal(err)
	}
	if got := l.server.message(1); got.Message != "there" || got.Session != l.in {
		t.Errorf("who listens got %v", got)
	}
	if err := l.in.Send(l.in.Local(), "and back"); err != nil {
		t.Fatal(err)
	}
	if got := l.client.message(1); got.Message != "and back" || got.Session != l.out {
		t.Errorf("who called got %v", got)
	}
}

func (s *stranger) join(session directory.SessionID) {
	s.say(directory.Join{Session: session, Actor: transport.Address{Process: s.self, Actor: 7, Key: 7}})
}

// R16: who speaks to a listener for connections as to a directory gets nothing, nor does
// who wants a connection of a directory.
func TestWrongDoor(t *testing.T) {
	l := newLine(t)
	for _, relation := range []dirwire.Relation{dirwire.Peer, dirwire.Child} {
		connect(t, l.at, relation).isClosed("no directory")
	}
	p := newPair(t)
	for _, address := range []string{p.host.Address(), p.pub.Address()} {
		connect(t, address, dirwire.Caller).isClosed("no actor that listens")
		l.client.Call(2, address, address)
		if m, _ := next[directory.NotConnected](l.client, 2); !strings.Contains(m.Reason, "no actor that listens") {
			t.Errorf("got %v", m)
		}
	}
	// A link that came for the directory's sake brings nobody to who listens.
	spy := connect(t, p.pub.Address(), dirwire.Peer)
	p.pub.listen(3, "127.0.0.1:0")
	spy.join(1)
	if got, ok := spy.hears().(directory.Refused); !ok {
		t.Errorf("heard %v", got)
	}
	spy.isClosed("refused")
	l.undisturbed(t)
	p.undisturbed(t)
	if got := p.pub.heard(3); len(got) != 0 {
		t.Errorf("who listens got %v", got)
	}
}

// R16: over the link of a connection there is that connection, and nothing of the
// directory, not even for who has a token.
func TestNothingButTheConnection(t *testing.T) {
	l := newLine(t)
	l.server.publish(9, "svc", directory.Host)
	var token directory.Publication
	l.server.onNode(func() {
		for p := range l.server.machine.Publications() {
			token = p
		}
	})
	for name, m := range map[string]func(self transport.ProcessID) directory.Message{
		"a second": func(self transport.ProcessID) directory.Message {
			return directory.Join{Session: 2, Actor: transport.Address{Process: self, Actor: 8, Key: 8}}
		},
		"the same again": func(self transport.ProcessID) directory.Message {
			return directory.Join{Session: 1, Actor: transport.Address{Process: self, Actor: 7, Key: 7}}
		},
		"a session": func(self transport.ProcessID) directory.Message {
			return directory.Open{Session: 2, Publication: token.ID, Token: token.Token, Scope: directory.Host, Subscriber: transport.Address{Process: self, Actor: 7, Key: 7}}
		},
		"a claim":    func(transport.ProcessID) directory.Message { return directory.Claim{Name: "x"} },
		"an enquiry": func(transport.ProcessID) directory.Message { return directory.List{} },
		"a commit":   func(transport.ProcessID) directory.Message { return directory.Commit{Session: 1} },
	} {
		s := connect(t, l.at, dirwire.Caller)
		s.join(1)
		if got, ok := s.hears().(directory.Joined); !ok || got.Actor != l.server.Mint.Address(1) {
			t.Fatalf("%s: heard %v", name, got)
		}
		_, in := next[directory.Accepted](l.server, 1)
		s.say(m(s.self))
		if got, ok := s.hears().(directory.Refused); !ok {
			t.Errorf("%s: heard %v, want Refused", name, got)
		}
		s.isClosed("refused")
		if m, ended := next[directory.HungUp](l.server, 1); ended != in || !strings.HasPrefix(m.Reason, "link lost: ") {
			t.Errorf("%s: got %v", name, m)
		}
		l.undisturbed(t)
	}
	if got := l.server.heard(9); len(got) != 0 {
		t.Errorf("who published got %v", got)
	}

	// For an actor of another process there is none.
	s := connect(t, l.at, dirwire.Caller)
	s.say(directory.Join{Session: 1, Actor: l.client.Mint.Address(1)})
	if got, ok := s.hears().(directory.Refused); !ok {
		t.Errorf("heard %v, want Refused", got)
	}
	s.isClosed("refused")
	l.undisturbed(t)
}

// What is broken ends its own connection only.
func TestBrokenConnections(t *testing.T) {
	l := newLine(t)
	typ := wire.AppendType(nil, 1, "text")
	data := func(session uint64) []byte {
		return append(wire.AppendData(nil, wire.DataHead{Session: session, Type: 1}), 0xd9, 1, 'x')
	}
	for name, attack := range map[string]func(*stranger){
		"rubbish": func(s *stranger) { s.Send(dirwire.KindJoin, []byte("rubbish")) },
		"a bomb":  func(s *stranger) { s.Send(dirwire.KindJoin, []byte{0xdd, 0xff, 0xff, 0xff, 0xff}) },
		"a flood": func(s *stranger) {
			s.join(1)
			s.Send(wire.Type, typ)
			long := append(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}), 0xdb, 0, 0, 0xea, 0x60)
			long = append(long, make([]byte, 60_000)...)
			for range 100 {
				if s.Send(wire.DataOut, long) != nil {
					break
				}
			}
		},
	} {
		l.server.mu.Lock()
		l.server.keeps = name == "a flood"
		l.server.mu.Unlock()
		s := connect(t, l.at, dirwire.Caller)
		attack(s)
		select {
		case <-s.lost:
		case <-time.After(patience):
			t.Errorf("%s: the link lives", name)
		}
		var accepted, ended bool
		for name == "a flood" && !ended {
			switch e := l.server.next(1).(type) {
			case event:
				_, begins := e.fact.(directory.Accepted)
				_, ends := e.fact.(directory.HungUp)
				accepted, ended = accepted || begins, ends
			case Delivery:
				if !accepted {
					t.Errorf("%v came before Accepted", e)
				}
				e.Due.Settle()
			}
		}
		l.server.mu.Lock()
		l.server.keeps = false
		l.server.mu.Unlock()
		l.undisturbed(t)
	}

	// What comes for a session that was never joined is for nobody.
	s := connect(t, l.at, dirwire.Caller)
	s.Send(wire.Type, typ)
	s.Send(wire.DataOut, data(1))
	s.join(5)
	s.hears()
	next[directory.Accepted](l.server, 1)
	s.Send(wire.DataOut, data(5))
	if got := l.server.message(1); got.Message != "x" || got.From.Actor != 7 {
		t.Errorf("got %v", got)
	}
	s.say(directory.Close{Session: 5, Reason: "enough"})
	if got := s.hears(); got != (directory.Closed{Session: 5, Reason: "the other actor has closed the connection"}) {
		t.Errorf("heard %v", got)
	}
	if got := s.hears(); got != (directory.Heard{Session: 5}) {
		t.Errorf("heard %v", got)
	}
	if m, _ := next[directory.HungUp](l.server, 1); m.Reason != "enough" {
		t.Errorf("got %v", m)
	}
	l.undisturbed(t)
}

// Who is called may be a stranger too.
func TestCallsToStrangers(t *testing.T) {
	client := open(t, directory.Process, "")
	self := transport.NewProcessID()
	hello := transport.Hello{Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, dirwire.Greeting{
		Relation: dirwire.Peer, Directory: directory.Directory{Process: self, Scope: directory.Process},
	})}
	links := make(chan transport.Link, 1)
	listener, err := tcp.Transport{}.Listen("127.0.0.1:0", hello, func(l transport.Link) { links <- l })
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	me := transport.Address{Process: self, Actor: 7, Key: 7}
	typed := wire.AppendType(nil, 1, "text")
	data := append(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}), 0xd9, 1, 'x')
	for name, test := range map[string]struct {
		answer func(*stranger)
		want   string
	}{
		"joined by another process": {func(s *stranger) {
			s.say(directory.Joined{Session: 1, Actor: transport.Address{Process: transport.NewProcessID(), Actor: 7}})
		}, "an actor of another process"},
		"joined by nobody":    {func(s *stranger) { s.say(directory.Joined{Session: 1}) }, "an actor of another process"},
		"it speaks too early": {func(s *stranger) { s.Send(wire.Type, typed); s.Send(wire.DataBack, data) }, "before the connection is there"},
		"it calls itself":     {func(s *stranger) { s.say(directory.Join{Session: 1, Actor: me}) }, "refused"},
		"it refuses":          {func(s *stranger) { s.say(directory.NotOpened{Session: 1, Reason: "not today"}) }, "not today"},
		"it closes first":     {func(s *stranger) { s.say(directory.Closed{Session: 1, Reason: "sorry"}) }, "sorry"},
		"it goes":             {func(s *stranger) { s.Close(errors.New("bye")) }, "bye"},
		"it is a directory":   {func(s *stranger) { s.say(directory.Offered{Scope: directory.Host}) }, "refused"},
	} {
		client.Call(1, "there", listener.Address())
		s := &stranger{Link: <-links, t: t, self: self, frames: make(chan frame, 100), lost: make(chan error, 1)}
		s.Start(s)
		if _, ok := s.hears().(directory.Join); !ok {
			t.Fatalf("%s: no Join came", name)
		}
		test.answer(s)
		if m, _ := next[directory.NotConnected](client, 1); m.Requested != "there" || !strings.Contains(m.Reason, test.want) {
			t.Errorf("%s: got %v, want %q", name, m, test.want)
		}
		s.Close(nil)
	}

	// One that joins twice loses what it had.
	client.Call(1, "there", listener.Address())
	s := &stranger{Link: <-links, t: t, self: self, frames: make(chan frame, 100), lost: make(chan error, 1)}
	s.Start(s)
	s.hears()
	s.say(directory.Joined{Session: 1, Actor: me})
	if m, _ := next[directory.Connected](client, 1); m.Remote != me {
		t.Errorf("got %v", m)
	}
	s.say(directory.Joined{Session: 1, Actor: transport.Address{Process: self, Actor: 8, Key: 8}})
	s.isClosed("the connection is there already")
	if m, _ := next[directory.HungUp](client, 1); m.Remote != me {
		t.Errorf("got %v", m)
	}
	if got := client.heard(1); len(got) != 0 {
		t.Errorf("got %v as well", got)
	}
}

// R17: who connects and asks for nothing is let go after four seconds, and who owes his
// last word after thirty.
func TestSilentCallers(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		server := b.open("server", directory.Process, "", "")
		at := server.listen(1, "server:0")
		begin := time.Now()
		s := connectOver(t, b.net.Transport("client"), at, dirwire.Caller)
		s.isClosed("no connection was asked for in time")
		if took := time.Since(begin); took != commitTime {
			t.Errorf("it took %v", took)
		}
		s = connectOver(t, b.net.Transport("client"), at, dirwire.Caller)
		s.join(1)
		s.hears()
		_, in := next[directory.Accepted](server, 1)
		server.HangUp(in)
		next[directory.HungUp](server, 1)
		s.hears()
		begin = time.Now()
		time.Sleep(partTime - time.Second)
		s.isClosed("no last word in time")
		if took := time.Since(begin); took != partTime {
			t.Errorf("it took %v", took)
		}
	})
}

// The actor is told Listening before all else, however soon somebody calls.
func TestListeningComesFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		server, client := b.open("server", directory.Process, "", ""), b.open("client", directory.Process, "", "")
		release := make(chan struct{})
		go server.post(func() { <-release })
		synctest.Wait()
		for _, name := range []directory.Name{"a", "b", "c"} { // are to be heard before
			if err := server.Publish(9, name, directory.Process); err != nil {
				t.Fatal(err)
			}
		}
		if err := server.ListenFor(1, "server:5000", "server:5000"); err != nil {
			t.Fatal(err)
		}
		client.Call(1, "server:5000", "server:5000")
		synctest.Wait()
		close(release)
		next[directory.Connected](client, 1)
		next[directory.Listening](server, 1)
		next[directory.Accepted](server, 1)

		// One that is closed before that lets nobody in, and waits for nobody.
		release = make(chan struct{})
		go server.post(func() { <-release })
		synctest.Wait()
		server.ListenFor(2, "server:5001", "server:5001")
		client.Call(2, "server:5001", "server:5001")
		synctest.Wait()
		server.Unlisten(2, "server:5001")
		close(release)
		if m, _ := next[directory.NotConnected](client, 2); !strings.Contains(m.Reason, "nobody listens there") {
			t.Errorf("got %v", m)
		}
		next[directory.Listening](server, 2)
		synctest.Wait()
		if got := server.heard(2); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
}

// Who has hung up sends nothing more, though the node is busy with something else.
func TestNothingAfterHangUp(t *testing.T) {
	l := newLine(t)
	busy, release := make(chan struct{}), make(chan struct{})
	go l.client.post(func() { close(busy); <-release })
	<-busy
	l.client.HangUp(l.out)
	if err := l.out.Send(l.out.Local(), "too late"); err != transport.ErrEnded {
		t.Errorf("got %v, want ErrEnded", err)
	}
	close(release)
	next[directory.HungUp](l.client, 1)
	next[directory.HungUp](l.server, 1)
}

// losing is a transport whose listeners can be lost.
type losing struct {
	transport.Transport
	mu   sync.Mutex
	lost []chan error // guarded by mu
}

type losingListener struct {
	transport.Listener
	lost chan error
}

func (l losingListener) Lost() <-chan error { return l.lost }

func (tr *losing) Listen(address string, hello transport.Hello, accept func(transport.Link)) (transport.Listener, error) {
	l, err := tr.Transport.Listen(address, hello, accept)
	if err != nil {
		return nil, err
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	lost := make(chan error, 1)
	tr.lost = append(tr.lost, lost)
	return losingListener{l, lost}, nil
}

// R18: nobody listens in vain, neither an actor nor a directory.
func TestLostListeners(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		tr := &losing{Transport: b.net.Transport("server")}
		server := b.open("server", directory.Process, "", "", func(c *Config) { c.Transport = tr })
		client := b.open("client", directory.Process, "", "")
		at := server.listen(1, "server:0")
		client.Call(1, at, at)
		_, out := next[directory.Connected](client, 1)
		next[directory.Accepted](server, 1)
		tr.lost[0] <- errors.New("the socket is gone")
		if m, _ := next[directory.NotListening](server, 1); m.Address != "server:0" || m.Reason != "the socket is gone" {
			t.Errorf("got %v", m)
		}
		out.Send(out.Local(), "still there")
		server.message(1)
		server.Unlisten(1, "server:0")
		if again := server.listen(1, at); again != at {
			t.Errorf("listens at %s", again)
		}
		client.Call(1, at, at)
		next[directory.Connected](client, 1)

		server.publish(2, "svc", directory.Host)
		tr.lost[2] <- errors.New("it too")
		if err := <-server.fatal; !strings.Contains(err.Error(), "it too") {
			t.Errorf("got %v", err)
		}
	})
}

// A connection is a link of its own: it neither serves nor replaces those of sessions,
// whichever was there first.
func TestConnectionBesideSessions(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("here", directory.Host, "here:4000", "")
		server, client := b.open("here", directory.Process, "", "here:4000"), b.open("here", directory.Process, "", "here:4000")
		at := server.listen(1, "here:0")
		call := func() *Session {
			client.Call(1, at, at)
			_, out := next[directory.Connected](client, 1)
			next[directory.Accepted](server, 1)
			return out
		}
		first := call()
		server.publish(2, "svc", directory.Host)
		client.subscribe(2, "svc", directory.Host)
		_, s := next[directory.Available](client, 2)
		next[directory.Delivered](server, 2)
		second := call()
		client.HangUp(s) // it is none
		b.rest()
		for _, c := range []*Session{first, second} {
			c.Send(c.Local(), "over a connection")
			server.message(1)
		}
		s.Send(s.Local(), "in a session")
		server.message(2)
		client.Unsubscribe(2, "svc")
		next[directory.Dropped](client, 2)
		next[directory.Unsubscribed](client, 2)
		next[directory.Dropped](server, 2)
		b.rest()
		client.onNode(func() {
			if len(client.links) != 4 { // to the host, two connections, and what sessions use
				t.Errorf("there are %d links, want 4", len(client.links))
			}
		})
		client.subscribe(2, "svc", directory.Host)
		_, s = next[directory.Available](client, 2)
		next[directory.Delivered](server, 2)
		for _, c := range []*Session{first, second} {
			client.HangUp(c)
			next[directory.HungUp](client, 1)
			next[directory.HungUp](server, 1)
		}
		b.rest()
		s.Send(s.Local(), "still")
		server.message(2)
		if got := append(client.heard(2), server.heard(2)...); len(got) != 0 {
			t.Errorf("the session was disturbed: %v", got)
		}
	})
}

// backlogged reports whether something waits for credit.
func backlogged(s *Session) bool {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return s.out.backlog != nil
}

var filling = strings.Repeat("x", 10_000)

// fillUp sends until the window is used up and as much waits as may, however often the
// link is full before, and returns how much that was.
func fillUp(s *Session) (sent int) {
	for {
		switch err := s.Send(s.Local(), filling); {
		case err == nil:
			sent++
		case backlogged(s):
			return sent
		default:
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// A node that closes has no listener left, and who calls meanwhile is told.
func TestListenAfterClose(t *testing.T) {
	server := open(t, directory.Process, "")
	at := server.listen(1, "127.0.0.1:0")
	server.stop()
	if err := server.ListenFor(1, at, at); !errors.Is(err, errStopped) {
		t.Errorf("got %v", err)
	}
	server.Call(1, at, at) // nobody hears it
	if l, err := (tcp.Transport{}).Dial(context.Background(), at, server.hello(dirwire.Caller)); err == nil {
		l.Close(nil)
		t.Error("somebody listens")
	}
}
