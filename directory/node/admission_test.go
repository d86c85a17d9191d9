package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// again connects once more as the process that s is.
func (s *stranger) again(address string) *stranger {
	s.t.Helper()
	greeting := dirwire.Greeting{Relation: dirwire.Peer, Directory: directory.Directory{Process: s.self, Scope: directory.Process, Executable: "stranger"}}
	l, err := tcp.Transport{}.Dial(context.Background(), address, transport.Hello{
		Process: s.self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	again := &stranger{Link: l, t: s.t, self: s.self, frames: make(chan frame, 1000), lost: make(chan error, 1)}
	l.Start(again)
	s.t.Cleanup(func() { l.Close(nil) })
	return again
}

// isParty waits until the link of s is one that p uses, and no more: who merely
// connects is told nothing. It is known by what comes back.
func (s *stranger) isParty(p *process) {
	s.t.Helper()
	s.say(directory.Open{Session: 1 << 40, Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1}, Scope: directory.Host})
	if got, ok := s.hears().(directory.NotOpened); !ok {
		s.t.Fatalf("got %v", got)
	}
}

// figure is what p uses of a limit now.
func (p *process) figure(name string) (f directory.Figure) {
	p.t.Helper()
	p.onNode(func() {
		for _, each := range p.figures() {
			if each.Name == name {
				f = each
			}
		}
	})
	if f.Name == "" {
		p.t.Fatalf("there is no figure of %q", name)
	}
	return f
}

// awaitFigure waits until p uses so much of a limit.
func (p *process) awaitFigure(name string, want uint64) {
	p.t.Helper()
	for late := time.After(patience); ; {
		got := p.figure(name).Used
		if got == want {
			return
		}
		select {
		case <-late:
			p.t.Fatalf("%s: %d, want %d", name, got, want)
		case <-time.After(time.Millisecond):
		}
	}
}

// R17: of links there are so many in all. One more is told why; a link that goes
// makes room; sessions go on; and the parent is found all the same.
func TestLinksInAll(t *testing.T) {
	few := func(c *Config) { c.Limits.Links = 4 }
	p := pairUnder(t, open(t, directory.Host, ""), few)
	p.pub.awaitFigure(nameLinks, 2) // the directory, and the subscriber
	kept := []*stranger{connect(t, p.pub.Address(), dirwire.Peer), connect(t, p.pub.Address(), dirwire.Peer)}
	for _, s := range kept {
		s.isParty(p.pub)
	}
	for i := range 3 {
		s := connect(t, p.pub.Address(), dirwire.Peer)
		s.isClosed("overloaded: this process has 4 links already")
		if got := p.pub.figure(nameRefused).Used; got != uint64(i+1) {
			t.Errorf("%d links are counted as refused, want %d", got, i+1)
		}
	}
	p.undisturbed(t)
	if got, want := p.pub.figure(nameLinks), (directory.Figure{Name: nameLinks, Used: 4, Most: 4}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	kept[0].Close(nil)
	p.pub.awaitFigure(nameLinks, 3)
	connect(t, p.pub.Address(), dirwire.Peer).isParty(p.pub)
	p.undisturbed(t)
	directoryAt := p.host.Address()
	p.host.stop() // the link to it goes, another takes its room, and a directory comes in its place
	p.pub.awaitFigure(nameLinks, 3)
	connect(t, p.pub.Address(), dirwire.Peer).isParty(p.pub)
	open(t, directory.Host, "", func(c *Config) { c.Listen = directoryAt })
	p.pub.awaitFigure(nameLinks, 5)
	p.undisturbed(t)
}

// So of those to one process; others have theirs.
func TestLinksOfOneProcess(t *testing.T) {
	p := pairUnder(t, open(t, directory.Host, ""), func(c *Config) { c.Limits.LinksPerProcess = 3 })
	first := connect(t, p.pub.Address(), dirwire.Peer)
	links := []*stranger{first, first.again(p.pub.Address()), first.again(p.pub.Address())}
	p.pub.awaitFigure(nameProcess, 3)
	s := first.again(p.pub.Address())
	s.isClosed(fmt.Sprintf("overloaded: this process has 3 links to process %s already", s.self.Short()))
	connect(t, p.pub.Address(), dirwire.Peer).isParty(p.pub)
	p.introduced(t)
	for _, l := range links {
		l.Close(nil)
	}
	p.pub.awaitFigure(nameProcess, 1)
	first.again(p.pub.Address()).isParty(p.pub)
}

// Who has all the links that he may have makes none, and has the session once there
// is room.
func TestLinksOfWhoDials(t *testing.T) {
	host := open(t, directory.Host, "")
	sub := open(t, directory.Process, host.Address(), func(c *Config) { c.Limits.Links, c.Listen = 2, "127.0.0.1:0" })
	sub.subscribe(1, "svc", directory.Host)
	s := connect(t, sub.Address(), dirwire.Peer)
	s.isParty(sub)
	pub := open(t, directory.Process, host.Address())
	pub.publish(1, "svc", directory.Host)
	sub.awaitFigure(nameRefused, 1)
	efforts := known(t, host, sub, Look{Topics: []directory.Topic{directory.TopicSessions}}).Efforts
	if len(efforts) != 1 || !strings.Contains(efforts[0].Prospects[0].Reason, "overloaded: this process has 2 links already") {
		t.Errorf("got %v", efforts)
	}
	s.Close(nil)
	next[directory.Available](sub, 1)
}

// R17: sessions that a process opens over its link are so many at most; it is told,
// and has one more when one is over.
func TestSessionsOfOneLink(t *testing.T) {
	p := newPair(t)
	p.pub.onNode(func() { p.pub.acceptor.Limit(2) })
	s, found := p.opens(t, 1)
	open := func(id directory.SessionID) directory.Message {
		s.say(directory.Open{
			Session: id, Publication: found.ID, Token: found.Token, Scope: directory.Host,
			Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1},
		})
		return s.hears()
	}
	if got, ok := open(2).(directory.Ready); !ok {
		t.Fatalf("got %v", got)
	}
	if got, ok := open(3).(directory.NotOpened); !ok || got.Reason != "2 sessions are open already, no more are allowed" {
		t.Errorf("got %v", got)
	}
	if got := p.pub.figure(nameSessions).Used; got != 2 {
		t.Errorf("%d sessions are counted", got)
	}
	p.undisturbed(t)
	s.say(directory.Close{Session: 2})
	if got, ok := s.hears().(directory.Closed); !ok {
		t.Fatalf("got %v", got)
	}
	if got, ok := open(4).(directory.Ready); !ok {
		t.Errorf("got %v", got)
	}
}

// R17: what came over one link and was not taken is bounded, whatever the windows of
// its sessions and of the link add up to; what is beyond comes back, and another link
// does not feel it.
func TestBytesOfOneLink(t *testing.T) {
	for name, change := range map[string]func(*Config){
		nameLinkBytes: func(c *Config) { c.Limits.LinkBytes = leastBytes },
		nameBytes:     func(c *Config) { c.Limits.ProcessBytes = leastBytes },
	} {
		t.Run(name, func(t *testing.T) {
			p := pairUnder(t, open(t, directory.Host, ""), change)
			p.pub.keep(true)
			const senders = 8 // their windows are 2 MiB
			var sessions []*Session
			for i := range transport.ActorID(senders) {
				name := directory.Name(fmt.Sprintf("more:%d", i))
				p.pub.publish(10+i, name, directory.Host)
				p.sub.subscribe(10+i, directory.Pattern(name), directory.Host)
				_, s := next[directory.Available](p.sub, 10+i)
				next[directory.Delivered](p.pub, 10+i)
				sessions = append(sessions, s)
			}
			text := strings.Repeat("x", 32<<10)
			for range wire.SessionWindow/len(text) - 1 {
				for _, s := range sessions {
					if err := s.Send(s.Local(), text); err != nil {
						t.Fatal(err)
					}
				}
			}
			for i := range transport.ActorID(senders) { // of the last each has sent, one at least came back
				u, ok := p.sub.next(10 + i).(Undelivered)
				if !ok || u.Reason != transport.ErrOverloaded.Error() || u.Message != text {
					t.Fatalf("got %.60v", u)
				}
			}
			if used, least, most := p.pub.figure(name).Used, uint64(leastBytes-2*len(text)), uint64(leastBytes+2*len(text)); used < least || used > most {
				t.Errorf("%d bytes wait, want %d to %d", used, least, most)
			}
			if name == nameLinkBytes { // another link has room
				s, _ := p.opens(t, 1)
				s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(4), Type: 1}), 0xa0+2, 'o', 'k'))
				p.pub.message(4)
			}
		})
	}
}

// R17: what waits for credit on one link is bounded: Send says so, and who does not
// wait is not disturbed.
func TestBytesThatWaitForCredit(t *testing.T) {
	p := pairUnder(t, open(t, directory.Host, ""), func(c *Config) { c.Limits.LinkBytes = 4 << 20 })
	p.pub.keep(true)
	others := p.more(t)
	text := strings.Repeat("x", 3<<20)
	for range 2 {
		err := p.send(text)
		for err == nil {
			err = p.send(text)
		}
		if !errors.Is(err, transport.ErrOverloaded) {
			t.Fatal(err)
		}
	}
	if used := p.sub.figure(namePending).Used; used > 4<<20 {
		t.Errorf("%d bytes wait", used)
	}
	if err := others.Send(others.Local(), "short"); err != nil {
		t.Error(err)
	}
	if got := p.pub.message(2).Message; got != "short" {
		t.Errorf("got %v", got)
	}
}

// Connections that say nothing are counted, and those that were refused.
func TestConnectionsAreCounted(t *testing.T) {
	p := newPair(t, func(c *Config) { c.Transport = tcp.Transport{MaxUnproven: 7, MaxLinks: 5} })
	if got, want := p.host.figure(nameListener), (directory.Figure{Name: nameListener, Used: 2, Most: 5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	silent, err := net.Dial("tcp", p.host.Address())
	if err != nil {
		t.Fatal(err)
	}
	p.host.awaitFigure(nameUnproven, 1)
	if got := p.host.figure(nameUnproven).Most; got != 7 {
		t.Errorf("%d may be unproven, want 7", got)
	}
	before := p.host.figure(nameConnections).Used
	silent.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	p.host.awaitFigure(nameConnections, before+1)
	silent.Close()
	p.host.awaitFigure(nameUnproven, 0)
	p.undisturbed(t)
}

// R16: who has a token opens a session with it where that publication may be opened:
// on the LAN address those of LAN scope alone, on the other all.
func TestTokensAtBothSockets(t *testing.T) {
	scopes := []directory.Scope{directory.LAN, directory.Host, directory.Group, directory.Process}
	p := open(t, directory.Process, "")
	for i, scope := range scopes {
		p.publish(transport.ActorID(i+1), directory.Name(scope.String()), scope)
	}
	published := make(map[directory.Scope]directory.Publication)
	p.onNode(func() {
		for q := range p.machine.Publications() {
			published[q.Scope] = q
		}
	})
	sockets := map[string]string{"near": p.Address(), "far": p.listeners.far.Address()}
	for socket, address := range sockets {
		for _, scope := range scopes {
			t.Run(fmt.Sprintf("%v at the %s one", scope, socket), func(t *testing.T) {
				q := published[scope]
				s := connect(t, address, dirwire.Peer)
				open := directory.Open{
					Session: 1, Publication: q.ID, Token: q.Token, Scope: directory.Host,
					Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1},
				}
				s.say(open)
				switch got := s.hears().(type) {
				case directory.Ready:
					if socket == "far" && scope != directory.LAN {
						t.Errorf("it was opened")
					}
				case directory.NotOpened:
					if want := fmt.Sprintf("a publication of scope %v is not for other machines", scope); socket == "near" || scope == directory.LAN || got.Reason != want {
						t.Errorf("got %v", got)
					}
				default:
					t.Errorf("got %v", got)
				}
				// With another token, of whatever publication, it is as if there were none.
				open.Session, open.Token = 2, published[directory.LAN].Token
				open.Token[0]++
				s.say(open)
				if got, ok := s.hears().(directory.NotOpened); !ok || got.Reason != "no such publication" {
					t.Errorf("with another token: %v", got)
				}
			})
		}
	}
}

// What cannot be is refused, by name.
func TestLimitsThatCannotBe(t *testing.T) {
	for want, limits := range map[string]Limits{
		"Links is -1: 1 to 1048576 are allowed":                  {Links: -1},
		"LinksPerProcess is 2000000":                             {LinksPerProcess: 2_000_000},
		"SessionsPerLink is 1048577":                             {SessionsPerLink: directory.MaxSessions + 1},
		"LinkBytes is 1: 1048576 to 1099511627776 are allowed":   {LinkBytes: 1},
		"ProcessBytes is -5: 1048576 to 1099511627776 are allow": {ProcessBytes: -5},
	} {
		_, err := Open(Config{Limits: limits})
		if wrong := (*LimitError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// What did not arrive is counted where it was refused.
func TestRefusedMessagesAreCounted(t *testing.T) {
	p := newPair(t)
	for i := range uint64(3) {
		nobody := transport.Address{Process: p.pub.ID(), Actor: 1, Key: 1}
		if err := p.sub.Send(p.sub.Mint.Address(1), nobody, "to nobody"); err != nil {
			t.Fatal(err)
		}
		if _, ok := p.sub.next(1).(Undelivered); !ok {
			t.Fatal("it did not come back")
		}
		if got := p.pub.figure(nameUndelivered).Used; got != i+1 {
			t.Errorf("%d are counted, want %d", got, i+1)
		}
	}
	p.undisturbed(t)
}
