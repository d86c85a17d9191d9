package node

import (
	"bytes"
	"context"
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

// A stranger is a process that says what it likes.
type stranger struct {
	transport.Link
	t      *testing.T
	self   transport.ProcessID
	frames chan frame
	lost   chan error
	until  chan struct{} // it reads nothing until this is closed; nil: at once
}

type frame struct {
	kind transport.Kind
	body []byte
}

func (s *stranger) Received(kind transport.Kind, body []byte) error {
	if s.until != nil {
		<-s.until
	}
	s.frames <- frame{kind, bytes.Clone(body)}
	return nil
}
func (s *stranger) Lost(err error) { s.lost <- err }

func connect(t *testing.T, address string, relation dirwire.Relation, change ...func(*stranger)) *stranger {
	t.Helper()
	return connectOver(t, tcp.Transport{}, address, relation, change...)
}

func connectOver(t *testing.T, over transport.Transport, address string, relation dirwire.Relation, change ...func(*stranger)) *stranger {
	t.Helper()
	self := transport.NewProcessID()
	greeting := dirwire.Greeting{Relation: relation, Directory: directory.Directory{Process: self, Scope: directory.Process, Executable: "stranger"}}
	l, err := over.Dial(context.Background(), address, transport.Hello{
		Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stranger{Link: l, t: t, self: self, frames: make(chan frame, 1000), lost: make(chan error, 1)}
	for _, f := range change {
		f(s)
	}
	l.Start(s)
	t.Cleanup(func() { l.Close(nil) })
	return s
}

func (s *stranger) say(msg directory.Message) {
	body, kind := dirwire.Append(nil, msg)
	if err := s.Send(kind, body); err != nil {
		s.t.Fatal(err)
	}
}

// hears returns the next directory frame. Lost comes last, so that what was said
// before is there by then.
func (s *stranger) hears() directory.Message {
	s.t.Helper()
	select {
	case f := <-s.frames:
		return s.decoded(f)
	case err := <-s.lost:
		s.lost <- err // for isClosed
		select {
		case f := <-s.frames:
			return s.decoded(f)
		default:
			s.t.Fatalf("the link was lost: %v", err)
		}
	case <-time.After(patience):
		s.t.Fatal("it heard nothing")
	}
	return nil
}

func (s *stranger) decoded(f frame) directory.Message {
	s.t.Helper()
	msg, err := new(dirwire.Decoder).Decode(f.kind, f.body)
	if err != nil {
		s.t.Fatal(err)
	}
	return msg
}

func (s *stranger) isClosed(reason string) {
	s.t.Helper()
	select {
	case err := <-s.lost:
		if !strings.Contains(err.Error(), reason) {
			s.t.Errorf("closed because of %v, want %q", err, reason)
		}
	case <-time.After(patience):
		s.t.Errorf("not closed; want it closed: %s", reason)
	}
}

// A pair in session, which whatever strangers do must not disturb.
type pair struct {
	host, pub, sub *process
	session        *Session
}

func newPair(t *testing.T, host ...func(*Config)) pair {
	return pairUnder(t, open(t, directory.Host, "", host...))
}

func pairUnder(t *testing.T, host *process, change ...func(*Config)) pair {
	p := pair{host: host, pub: open(t, directory.Group, host.Address(), change...), sub: open(t, directory.Process, host.Address(), change...)}
	p.pub.publish(1, "svc", directory.Host)
	p.sub.subscribe(1, "svc", directory.Host)
	_, p.session = next[directory.Available](p.sub, 1)
	next[directory.Delivered](p.pub, 1)
	return p
}

func (p pair) undisturbed(t *testing.T) {
	t.Helper()
	if err := p.session.Send(p.session.Local(), "undisturbed"); err != nil {
		t.Fatal(err)
	}
	if got := p.pub.message(1); got.Message != "undisturbed" {
		t.Errorf("the publisher got %v", got)
	}
}

// introduced is undisturbed, and has the directory introduce two more actors.
func (p pair) introduced(t *testing.T) {
	t.Helper()
	p.undisturbed(t)
	p.sub.subscribe(9, "one more", directory.Host)
	p.pub.publish(9, "one more", directory.Host)
	next[directory.Available](p.sub, 9)
	next[directory.Delivered](p.pub, 9)
	p.pub.Unpublish(9, "one more")
	next[directory.Dropped](p.pub, 9)
	next[directory.Unpublished](p.pub, 9)
	next[directory.Dropped](p.sub, 9)
	p.sub.Unsubscribe(9, "one more")
	next[directory.Unsubscribed](p.sub, 9)
}

// R16: the token opens the door, and nothing else does.
func TestTokens(t *testing.T) {
	p := newPair(t)
	spy := connect(t, p.pub.Address(), dirwire.Peer)
	open := directory.Open{
		Session: 1, Publication: directory.ID{Origin: p.pub.ID(), Seq: 1}, Scope: directory.Host,
		Subscriber: transport.Address{Process: spy.self, Actor: 1, Key: 1},
	}
	for range 3 {
		spy.say(open)
		if got, ok := spy.hears().(directory.NotOpened); !ok || got.Session != open.Session {
			t.Errorf("without the token: %v", got)
		}
		open.Session++
		open.Token[0]++
	}
	// Data for a session that was never opened is for nobody.
	spy.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	spy.Send(wire.DataOut, append(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}), 0xd9, 1, 'x'))
	p.undisturbed(t)

	open.Subscriber.Process = p.sub.ID()
	spy.say(open)
	if got, ok := spy.hears().(directory.Refused); !ok {
		t.Errorf("a session for another process: %v", got)
	}
	spy.isClosed("refused")
	p.undisturbed(t)
}

// What is broken closes its own link, with a logged reason, and nothing else.
func TestBrokenFrames(t *testing.T) {
	value := []byte{0xd9, 1, 'x'}
	named := func(s *stranger) { s.Send(wire.Type, wire.AppendType(nil, 1, "text")) }
	message := func(to transport.Address, number uint64, value []byte) []byte {
		return append(wire.AppendMessage(nil, wire.MessageHead{To: to, Type: number}), value...)
	}
	for name, attack := range map[string]func(*stranger, pair){
		"unknown kind":     func(s *stranger, _ pair) { s.Send(99, []byte{0x90}) },
		"claim of rubbish": func(s *stranger, _ pair) { s.Send(dirwire.KindClaim, []byte("rubbish")) },
		"bomb":             func(s *stranger, _ pair) { s.Send(dirwire.KindClaim, []byte{0xdd, 0xff, 0xff, 0xff, 0xff}) },
		"deep nesting":     func(s *stranger, _ pair) { s.Send(dirwire.KindClaim, bytes.Repeat([]byte{0x91}, 100_000)) },
		"claim by a peer":  func(s *stranger, _ pair) { s.say(directory.Claim{Name: "svc"}) },
		"seek by a peer": func(s *stranger, _ pair) {
			s.say(directory.Seek{Subscription: directory.Subscription{Pattern: ".*", Scope: directory.Host}})
		},
		"offer by a peer":      func(s *stranger, _ pair) { s.say(directory.Withdraw{Scope: directory.Host, Name: "svc"}) },
		"survey by a peer":     func(s *stranger, _ pair) { s.say(directory.List{}) },
		"enquiry by a peer":    func(s *stranger, _ pair) { s.say(directory.Enquire{Topic: directory.TopicNames}) },
		"answer by a peer":     func(s *stranger, _ pair) { s.say(directory.Found{}) },
		"message without type": func(s *stranger, p pair) { s.Send(wire.Message, message(p.pub.Mint.Address(1), 5, value)) },
		"type named twice":     func(s *stranger, _ pair) { named(s); named(s) },
		"message that is cut": func(s *stranger, p pair) {
			named(s)
			s.Send(wire.Message, message(p.pub.Mint.Address(1), 1, value[:2]))
		},
		"bomb in a message": func(s *stranger, p pair) {
			named(s)
			s.Send(wire.Message, message(p.pub.Mint.Address(1), 1, []byte{0xdd, 0xff, 0xff, 0xff, 0xff}))
		},
		"relayed bomb": func(s *stranger, p pair) {
			named(s)
			s.Send(wire.Message, message(p.sub.Mint.Address(1), 1, []byte{0xdd, 0xff, 0xff, 0xff, 0xff}))
		},
		"data without session": func(s *stranger, _ pair) { s.Send(wire.DataOut, []byte{0}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			s := connect(t, p.pub.Address(), dirwire.Peer)
			attack(s, p)
			for open := true; open; {
				select {
				case <-s.frames: // Refused, perhaps
				case err := <-s.lost:
					if err == nil || err.Error() == "" {
						t.Error("closed without a reason")
					}
					open = false
				case <-time.After(patience):
					t.Fatal("the link was not closed")
				}
			}
			p.undisturbed(t)
		})
	}
}

// A type that is not registered, or a body that does not fit it, harms only its
// message: it comes back, and the link lives.
func TestUnfitMessage(t *testing.T) {
	p := newPair(t)
	s := connect(t, p.pub.Address(), dirwire.Peer)
	me := transport.Address{Process: s.self, Actor: 1, Key: 1}
	s.Send(wire.Type, wire.AppendType(nil, 1, "no such type"))
	for range 2 {
		head := wire.MessageHead{To: p.pub.Mint.Address(1), From: me, Type: 1}
		s.Send(wire.Message, append(wire.AppendMessage(nil, head), 0xc0))
		for want := range map[transport.Kind]bool{wire.Undelivered: true} {
			f := <-s.frames
			if f.kind == wire.Type {
				f = <-s.frames
			}
			if f.kind != want {
				t.Errorf("got a frame of kind %d, want %d", f.kind, want)
			}
		}
	}
	p.undisturbed(t)
}

// A process without messages of its own takes none, and lives.
func TestNoCodec(t *testing.T) {
	p := open(t, directory.Process, "", func(c *Config) { c.Codec, c.Listen = nil, "127.0.0.1:0" })
	s := connect(t, p.Address(), dirwire.Peer)
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	for _, to := range []transport.Address{{Process: p.ID(), Actor: 1}, p.Mint.Address(1)} {
		head := wire.MessageHead{To: to, From: transport.Address{Process: s.self, Actor: 1, Key: 1}, Type: 1}
		s.Send(wire.Message, append(wire.AppendMessage(nil, head), 0xd9, 1, 'x'))
		f := <-s.frames
		if f.kind == wire.Type {
			f = <-s.frames
		}
		if f.kind != wire.Undelivered {
			t.Errorf("got a frame of kind %d, want what came back", f.kind)
		}
	}
}

// A child that announces what it may not is refused, and takes nobody along.
func TestLyingChild(t *testing.T) {
	p := newPair(t)
	for reason, lie := range map[string]func(own directory.ID) directory.Message{
		"does not reach": func(own directory.ID) directory.Message {
			return directory.Claim{Name: "x", Claimants: []directory.Publication{{ID: own, Name: "x", Scope: directory.Process}}}
		},
		"another name": func(own directory.ID) directory.Message {
			return directory.Claim{Name: "x", Claimants: []directory.Publication{{ID: own, Name: "y", Scope: directory.Host}}}
		},
		"the name is empty": func(directory.ID) directory.Message { return directory.Claim{} },
		`pattern "("`: func(own directory.ID) directory.Message {
			return directory.Seek{Subscription: directory.Subscription{ID: own, Pattern: "(", Scope: directory.Host}}
		},
		"it is not the parent": func(directory.ID) directory.Message {
			return directory.Withdraw{Scope: directory.Host, Name: "svc"}
		},
		"it is not the parent of this directory": func(directory.ID) directory.Message { return directory.Describe{} },
	} {
		s := connect(t, p.host.Address(), dirwire.Child)
		s.say(lie(directory.ID{Origin: s.self, Seq: 1}))
		if got, ok := s.hears().(directory.Refused); !ok || got.Reason == "" || !strings.Contains(got.Reason, reason) {
			t.Errorf("got %v, want a refusal with the reason %q", got, reason)
		}
		s.isClosed("refused")
	}
	if log := p.host.logs.String(); strings.Count(log, "link refused") != 6 {
		t.Errorf("the log does not have six refusals:\n%s", log)
	}
	p.undisturbed(t)
}

// A connection that is no Layer Cake process is closed, whatever it says.
func TestNoHello(t *testing.T) {
	p := newPair(t)
	for _, first := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"\x00\x00\x00\x1a\x01XXXX\x01" + strings.Repeat("x", 20),
		"\xff\xff\xff\xff\x01",
	} {
		c, err := net.Dial("tcp", p.pub.Address())
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(first))
		c.SetReadDeadline(time.Now().Add(patience))
		for {
			if _, err := c.Read(make([]byte, 1000)); err != nil {
				if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
					t.Errorf("%q: not closed", first)
				}
				break
			}
		}
		c.Close()
	}
	p.undisturbed(t)
}
