package node

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// opens has a stranger open a session with the publisher of the pair, up to Ready. It
// has named type 1.
func (p *pair) opens(t *testing.T, id directory.SessionID) (*stranger, directory.Publication) {
	t.Helper()
	child := connect(t, p.host.Address(), dirwire.Child)
	child.say(directory.Seek{Subscription: directory.Subscription{ID: directory.ID{Origin: child.self, Seq: 1}, Pattern: "svc", Scope: directory.Host}})
	offered, _ := child.hears().(directory.Offered)
	if len(offered.Offers) != 1 {
		t.Fatalf("got %v, want one offer", offered)
	}
	found := offered.Offers[0]
	s := connect(t, p.pub.Address(), dirwire.Peer)
	s.say(directory.Open{
		Session: id, Publication: found.ID, Token: found.Token, Scope: directory.Host,
		Subscriber: transport.Address{Process: s.self, Actor: 1, Key: 1},
	})
	if got, ok := s.hears().(directory.Ready); !ok {
		t.Fatalf("got %v", got)
	}
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	return s, found
}

// keep has a process take messages only when the test settles them.
func (p *process) keep(keeps bool) {
	p.mu.Lock()
	p.keeps = keeps
	p.mu.Unlock()
}

// fill sends numbered messages until they are refused, and returns how many were not.
func fill(t *testing.T, send func(message any) error) int {
	t.Helper()
	for i := 0; ; i++ {
		switch err := send(numbered(i)); {
		case errors.Is(err, transport.ErrOverloaded):
			return i
		case err != nil:
			t.Fatal(err)
		}
	}
}

func numbered(i int) string { return fmt.Sprintf("%d %s", i, strings.Repeat("x", 100)) }

// takes takes so many numbered messages, in order, from number on.
func (p *process) takes(actor transport.ActorID, from, n int) {
	p.t.Helper()
	for i := range n {
		d := p.message(actor)
		if d.Message != numbered(from+i) {
			p.t.Fatalf("got %.20v, want number %d", d.Message, from+i)
		}
		d.Due.Settle()
	}
}

// empty checks that neither side holds, or keeps in reserve, anything of the link.
func empty(t *testing.T, a, b *process) {
	t.Helper()
	for _, p := range []*process{a, b} {
		p.onNode(func() {
			for _, l := range p.links {
				if held, reserved := l.held.Load(), l.reserved.Load(); held != 0 || reserved != 0 {
					t.Errorf("%v holds %d bytes, and %d wait", p.Scope, held, reserved)
				}
			}
			if held := p.held.Load(); held >= reportAt || held <= -reportAt {
				t.Errorf("%v holds %d bytes in all", p.Scope, held)
			}
		})
	}
}

// onNode runs f where the node's state may be touched.
func (p *process) onNode(f func()) {
	done := make(chan struct{})
	p.post(func() {
		defer close(done)
		f()
	})
	<-done
}

// more is a second session of the pair, between actors 2.
func (p *pair) more(t *testing.T) *Session {
	t.Helper()
	p.pub.publish(2, "more", directory.Host)
	p.sub.subscribe(2, "more", directory.Host)
	_, s := next[directory.Available](p.sub, 2)
	next[directory.Delivered](p.pub, 2)
	return s
}

func (p *pair) send(message any) error { return p.session.Send(p.session.Local(), message) }

// R17: who takes nothing stops who sends to him, and nobody else; when he goes on, so
// does all that was accepted, in order.
func TestWindow(t *testing.T) {
	p := newPair(t)
	other := p.more(t)
	p.pub.keep(true)
	n := fill(t, p.send)
	each := cost(len(numbered(1000)) + 6) // but for a few bytes
	if least, most := (wire.SessionWindow+wire.MaxPending)/(each+5), (wire.SessionWindow+wire.MaxPending)/(each-5); n < least || n > most {
		t.Errorf("%d messages were accepted, want %d to %d", n, least, most)
	}
	if err := other.Send(other.Local(), "in another session"); err != nil {
		t.Errorf("another session: %v", err)
	}
	if err := p.sub.Send(p.sub.Mint.Address(1), p.pub.Mint.Address(3), "in none"); err != nil {
		t.Errorf("in no session: %v", err)
	}
	if got := p.pub.message(2).Message; got != "in another session" {
		t.Errorf("got %v", got)
	}
	if got := p.pub.message(3).Message; got != "in none" {
		t.Errorf("got %v", got)
	}
	room := p.session.Room()
	p.pub.takes(1, 0, 1)
	select {
	case <-room:
		t.Error("there is room, and nothing was taken to speak of")
	default:
	}
	p.pub.takes(1, 1, n-1)
	<-room
	if again := fill(t, p.send); again < n/5 { // there is room from half the queue on
		t.Errorf("%d messages were accepted once all was taken, %d before", again, n)
	}
}

// R11: what was accepted comes before Dropped, however much waits for room.
func TestLastWordBehindTheBacklog(t *testing.T) {
	p := newPair(t)
	p.pub.keep(true)
	n := fill(t, p.send)
	p.sub.Unsubscribe(1, "svc")
	next[directory.Dropped](p.sub, 1)
	if err := p.send("late"); !errors.Is(err, transport.ErrEnded) {
		t.Errorf("behind the end: %v", err)
	}
	p.pub.takes(1, 0, n)
	next[directory.Dropped](p.pub, 1)
	empty(t, p.pub, p.sub)
}

// R10: an end that finds the link full of what waits ends its session, and no other:
// what was accepted is said as there is room, and the last word behind it.
func TestLastWordOverAFullLink(t *testing.T) {
	narrow := func(c *Config) { c.Transport = tcp.Transport{QueueBytes: 128 << 10} }
	p := pairUnder(t, open(t, directory.Host, ""), narrow)
	other := p.more(t)
	p.pub.keep(true)
	n := 0
	for spent := false; !spent; n++ {
		for err := p.send(numbered(n)); err != nil; err = p.send(numbered(n)) {
			if !errors.Is(err, transport.ErrOverloaded) {
				t.Fatal(err)
			}
			<-p.session.Room()
		}
		p.session.out.mu.Lock()
		spent = p.session.out.credit <= 0
		p.session.out.mu.Unlock()
	}
	long := strings.Repeat("x", 4<<20)
	if err := p.send(long); err != nil {
		t.Fatal(err)
	}
	p.sub.Unsubscribe(1, "svc")
	next[directory.Dropped](p.sub, 1)
	p.pub.takes(1, 0, n)
	d := p.pub.message(1)
	if d.Message != long {
		t.Errorf("got %.20v…, want what was accepted last", d.Message)
	}
	d.Due.Settle()
	if got, _ := next[directory.Dropped](p.pub, 1); strings.Contains(got.Reason, "link lost") {
		t.Errorf("got %v", got)
	}
	if err := other.Send(other.Local(), "in another session"); err != nil {
		t.Errorf("another session: %v", err)
	}
	if got := p.pub.message(2); got.Message != "in another session" {
		t.Errorf("got %v", got)
	} else {
		got.Due.Settle()
	}
	empty(t, p.pub, p.sub)
}

// A message that does not fit a frame comes whole, in its place; meanwhile others come.
func TestLongMessages(t *testing.T) {
	patient := func(c *Config) { c.Heartbeat = 10_000 } // they take a while where there is much else to do
	p := pairUnder(t, open(t, directory.Host, ""), patient)
	other := p.more(t)
	p.pub.keep(true)
	long := func(i int) string { return strings.Repeat(string(rune('a'+i)), 1<<20+i) }
	longest := strings.Repeat("z", wire.MaxMessage-100)
	sent := make(chan error, 1)
	go func() {
		for _, m := range []any{"before", long(0), "between", long(1)} {
			err := p.send(m)
			for errors.Is(err, transport.ErrOverloaded) {
				<-p.session.Room()
				err = p.send(m)
			}
			if err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	if err := other.Send(other.Local(), longest); err != nil {
		t.Fatal(err)
	}
	if err := p.sub.Send(p.sub.Mint.Address(1), p.pub.Mint.Address(3), long(2)); err != nil {
		t.Fatal(err)
	}
	if got := p.pub.message(3); got.Message != long(2) {
		t.Errorf("in no session: got %.10v…", got.Message)
	} else {
		got.Due.Settle()
	}
	for _, want := range []string{"before", long(0), "between", long(1)} {
		got := p.pub.message(1)
		if got.Message != want {
			t.Errorf("got %.10v…, want %.10s…", got.Message, want)
		}
		got.Due.Settle()
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	got := p.pub.message(2)
	if got.Message != longest {
		t.Errorf("got %.10v…", got.Message)
	}
	got.Due.Settle()
	p.pub.onNode(func() {
		if l := p.pub.routes.to(p.sub.self); l.assembling != 0 || len(l.parts) != 0 {
			t.Errorf("all has come, and of %d wholes %d bytes are awaited", len(l.parts), l.assembling)
		}
	})
	// The answer comes the same way.
	if err := got.Session.Send(got.Session.Local(), long(3)); err != nil {
		t.Fatal(err)
	}
	if got := p.sub.message(2); got.Message != long(3) {
		t.Errorf("got %.10v…", got.Message)
	}
	if err := p.sub.Send(p.sub.Mint.Address(1), p.pub.Mint.Address(3), strings.Repeat("x", wire.MaxMessage)); !errors.Is(err, transport.ErrTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

// R17: an actor that takes nothing is given no more, outside of sessions, than is
// free for all the others.
func TestStrays(t *testing.T) {
	p := newPair(t)
	p.pub.keep(true)
	to := func(actor transport.ActorID) func(any) error {
		return func(m any) error { return p.sub.Send(p.sub.Mint.Address(1), p.pub.Mint.Address(actor), m) }
	}
	for i := range 100 {
		if err := to(5)(numbered(i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		d := p.pub.message(5)
		if i == 0 && (d.Room > wire.LinkWindow || d.Room < wire.LinkWindow/2) {
			t.Errorf("the first may hold %d bytes", d.Room)
		}
		if i == 99 && d.Room > wire.LinkWindow-100*100 {
			t.Errorf("the last may hold %d bytes, and much of the window is not free", d.Room)
		}
		defer d.Due.Settle()
	}
}

// R17: a peer that does not keep to the flow of messages is cut off, with the reason,
// and nobody else is disturbed.
func TestFlowThatIsWrong(t *testing.T) {
	credit := func(side wire.Side, session, bytes uint64) frame {
		return frame{wire.Credit, wire.AppendCredit(nil, wire.CreditHead{Side: side, Session: session, Bytes: bytes})}
	}
	part := func(h wire.PartHead, bytes string) frame {
		return frame{wire.Part, append(wire.AppendPart(nil, h), bytes...)}
	}
	in := string(wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}))
	first := wire.PartHead{Number: 1, First: true, Kind: wire.DataOut, Size: wire.PartSize + 1}
	var many []frame
	for i := range uint64(maxWholes + 1) {
		h := first
		h.Number = 1 + i
		many = append(many, part(h, in))
	}
	for name, c := range map[string]struct {
		frames []frame
		want   string
	}{
		"credit of the link":        {[]frame{credit(wire.OutsideSessions, 0, 1)}, "it gives more than was taken"},
		"credit of the session":     {[]frame{credit(wire.ToSubscriber, 1, 1)}, "it gives more than was taken"},
		"boundless credit":          {[]frame{credit(wire.ToSubscriber, 1, 1<<64-1)}, "it gives more than was taken"},
		"no credit":                 {[]frame{{wire.Credit, []byte{0, 0, 0}}}, "it gives nothing"},
		"a part without a first":    {[]frame{part(wire.PartHead{Number: 1}, "x")}, "does not fit what came before"},
		"two first parts":           {[]frame{part(first, in), part(first, in)}, "does not fit what came before"},
		"more than was announced":   {[]frame{part(first, in+strings.Repeat("x", wire.PartSize)), part(wire.PartHead{Number: 1}, "more")}, "more came than was announced"},
		"a first part without head": {[]frame{part(first, in[:1])}, "it ends too early"},
		"too many wholes":           {many, "4096 messages come in parts already"},
		"what is no value":          {[]frame{part(first, in+strings.Repeat("\xc1", wire.PartSize-len(in))), part(wire.PartHead{Number: 1}, "x")}, "means nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			s, _ := p.opens(t, 1)
			var l *link
			p.pub.onNode(func() { l = p.pub.routes.to(s.self) })
			for _, f := range c.frames {
				s.Send(f.kind, f.body)
			}
			if err := <-s.lost; !strings.Contains(err.Error(), c.want) {
				t.Errorf("the link was lost: %v, want %q", err, c.want)
			}
			<-l.gone
			if held := l.held.Load(); held != 0 {
				t.Errorf("%d bytes of the lost link are held", held)
			}
			p.undisturbed(t)
		})
	}
}

// Credit for a session that is over comes from who does not know it yet.
func TestCreditForNobody(t *testing.T) {
	p := newPair(t)
	s, _ := p.opens(t, 1)
	s.Send(wire.Credit, wire.AppendCredit(nil, wire.CreditHead{Side: wire.ToSubscriber, Session: 99, Bytes: 5}))
	s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(4), Type: 1}), 0xa0+2, 'o', 'k'))
	p.pub.message(4)
}

// R17: wholes that never end take what they announce, and no more of them.
func TestPartsThatNeverEnd(t *testing.T) {
	p := newPair(t)
	s, _ := p.opens(t, 1)
	head := string(wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(1), From: transport.Address{Process: s.self, Actor: 1, Key: 1}, Type: 1}))
	const within = maxAssembling / wire.MaxMessage
	for i := range uint64(within + 1) {
		first := wire.PartHead{Number: 1 + i, First: true, Kind: wire.Message, Size: wire.MaxMessage}
		s.Send(wire.Part, append(wire.AppendPart(nil, first), head...))
	}
	// One that fits a frame of its own right comes all the same.
	s.Send(wire.Message, append([]byte(head), 0xa0+2, 'o', 'k'))
	p.pub.message(1)
	var l *link
	p.pub.onNode(func() { l = p.pub.routes.to(s.self) })
	for number, w := range l.parts { // the reader's, who has no more to read
		if refused := number > within; refused != (w.drop != nil) {
			t.Errorf("whole %d of %d is refused: %v", number, within+1, w.drop)
		}
	}
	p.undisturbed(t)
}

// R17: a whole is held no further than anything else that came over its link; of one
// that is refused nothing is, but what has come of it is said when it has come.
func TestWholesAreWithinTheBytesOfALink(t *testing.T) {
	p := pairUnder(t, open(t, directory.Host, ""), func(c *Config) { c.Limits.LinkBytes = 4 << 20 })
	s, _ := p.opens(t, 1)
	var l *link
	p.pub.onNode(func() { l = p.pub.routes.to(s.self) })
	from := transport.Address{Process: s.self, Actor: 1, Key: 1}
	head := wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(1), From: from, Type: 1})
	const size = 16 << 20
	h := wire.PartHead{Number: 1, First: true, Kind: wire.Message, Size: size}
	body := head
	send := func(n int) {
		s.Send(wire.Part, append(append(wire.AppendPart(nil, h), body...), make([]byte, n-len(body))...))
		h.First, body = false, nil
	}
	for range size/(32<<10) - 1 {
		send(32 << 10)
		if held := l.held.Load(); held > 5<<20 {
			t.Fatalf("%d bytes are held of one link", held)
		}
	}
	s.Send(wire.Message, append(bytes.Clone(head), 0xa0+2, 'o', 'k')) // behind them
	if got := p.pub.message(1).Message; got != "k" {
		t.Errorf("got %v", got)
	}
	if held := l.held.Load(); held != 0 {
		t.Errorf("%d bytes are held of a whole that is refused", held)
	}
	send(32 << 10)
	for {
		f := <-s.frames
		if f.kind != wire.Undelivered {
			continue // credit
		}
		u, _, err := wire.ParseUndelivered(f.body)
		if err != nil || u.Told != from || u.Reason != transport.ErrOverloaded.Error() {
			t.Errorf("it is told %+v, %v", u, err)
		}
		break
	}
	p.undisturbed(t)
}
