package node

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

func (s *stranger) watches(number uint64, actor transport.Address) {
	s.t.Helper()
	if err := s.Send(wire.Watch, wire.AppendWatch(nil, wire.WatchHead{Number: number, Actor: actor})); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stranger) hearsEnded() (wire.EndedHead, string) {
	s.t.Helper()
	head, body, err := wire.ParseEnded(s.hearsKind(wire.Ended))
	if err != nil {
		s.t.Fatal(err)
	}
	return head, string(body)
}

// watchers returns who watches actors of p.
func (p *process) watchers() []*Watcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*Watcher
	for w := range p.watched {
		list = append(list, w)
	}
	return list
}

func (p *process) watchedBy(t *testing.T, n int) []*Watcher {
	t.Helper()
	until(t, func() bool { return len(p.watchers()) == n })
	return p.watchers()
}

type fault string

func (f fault) Error() string { return string(f) }

// faults is a codec of faults.
type faults struct{ texts }

func (c faults) Append(b []byte, message any) ([]byte, transport.Type, error) {
	if f, ok := message.(fault); ok {
		message = string(f)
	}
	return c.texts.Append(b, message)
}

func TestWatchedFromElsewhere(t *testing.T) {
	p := open(t, directory.Host, "", func(c *Config) { c.Codec = faults{} })
	s := connect(t, p.Address(), dirwire.Peer)
	me := p.Mint.Address(1)
	s.watches(1, me)
	w := p.watchedBy(t, 1)[0]
	w.End(fault("broken"))
	w.End(fault("again"))
	if head, body := s.hearsEnded(); head != (wire.EndedHead{Number: 1, Type: 1}) || body != "\xd9\x06broken" {
		t.Errorf("got %+v %q", head, body)
	}
	s.watches(1, me) // the number is free again
	p.watchedBy(t, 2)
	for _, w := range p.watchers() { // the old one says nothing
		w.End("no error")
	}
	if head, _ := s.hearsEnded(); head != (wire.EndedHead{Number: 1}) {
		t.Errorf("got %+v", head)
	}
	p.mu.Lock()
	clear(p.watched)
	p.mu.Unlock()

	s.watches(2, me)
	p.watchedBy(t, 1)
	s.Send(wire.Unwatch, wire.AppendUnwatch(nil, 2))
	s.Send(wire.Unwatch, wire.AppendUnwatch(nil, 3)) // of none: it has no meaning
	p.watchedBy(t, 0)

	forged := me
	forged.Key++
	s.watches(4, forged)
	if head, _ := s.hearsEnded(); head != (wire.EndedHead{Number: 4, Reason: errNoAddress.Error()}) {
		t.Errorf("got %+v", head)
	}
	p.mu.Lock()
	p.refuse = transport.ErrEnded
	p.mu.Unlock()
	s.watches(5, me)
	if head, _ := s.hearsEnded(); head != (wire.EndedHead{Number: 5, Reason: transport.ErrEnded.Error()}) {
		t.Errorf("got %+v", head)
	}
	p.mu.Lock()
	p.refuse = nil
	p.mu.Unlock()

	// What has not ended is forgotten with the link, and so is a peer that breaks the rules.
	s.watches(6, me)
	p.watchedBy(t, 1)
	s.watches(6, me)
	if err := <-s.lost; err == nil || !strings.Contains(err.Error(), "number 6 is in use") {
		t.Errorf("got %v", err)
	}
	p.watchedBy(t, 0)
}

// What was sent outside of sessions before comes before an Ended, though it waits for
// credit: the word waits with it, also beyond what may wait.
func TestEndedWaitsForWhatWasSent(t *testing.T) {
	p := open(t, directory.Host, "")
	s := connect(t, p.Address(), dirwire.Peer)
	me, far := p.Mint.Address(1), transport.Address{Process: s.self, Actor: 1, Key: 1}
	for i := range 100 {
		s.watches(uint64(i)+1, me)
	}
	p.watchedBy(t, 100)
	sent := 0
	for p.Send(me, far, strings.Repeat("x", 60_000)) == nil {
		sent++
	}
	for _, w := range p.watchers() {
		w.End(nil)
	}
	counted := func() (messages, ends int) {
		for len(s.frames) > 0 {
			switch f := <-s.frames; {
			case f.kind == wire.Message && ends == 0:
				messages++
			case f.kind == wire.Ended:
				ends++
			case f.kind == wire.Message:
				t.Error("a message came behind an end")
			}
		}
		return messages, ends
	}
	until(t, func() bool { return len(s.frames) >= 18 }) // the window, and the word of the type
	before, ends := counted()
	if ends != 0 || before >= sent {
		t.Errorf("%d of %d messages and %d ends came with the first window", before, sent, ends)
	}
	s.Send(wire.Credit, wire.AppendCredit(nil, wire.CreditHead{Bytes: wire.LinkWindow}))
	until(t, func() bool { return len(s.frames) >= sent-before+100 })
	if more, ends := counted(); before+more != sent || ends != 100 {
		t.Errorf("%d of %d messages and %d ends came", before+more, sent, ends)
	}
}

// An Ended that nobody waits for has no meaning, and a value that is none breaks the rules.
func TestEndedThatNobodyWaitsFor(t *testing.T) {
	p := open(t, directory.Host, "")
	s := connect(t, p.Address(), dirwire.Peer)
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	s.Send(wire.Ended, wire.AppendEnded(nil, wire.EndedHead{Number: 1}))
	s.watches(1, p.Mint.Address(1)) // it is still heard
	p.watchedBy(t, 1)
	s.Send(wire.Ended, append(wire.AppendEnded(nil, wire.EndedHead{Number: 1, Type: 1}), 0xc1))
	if err := <-s.lost; err == nil {
		t.Error("the link was closed for no reason")
	}
}

// A watch that is taken back in the moment in which its link is lost is not said over
// another.
func TestCancelledWatchIsNotSaidAgain(t *testing.T) {
	p := open(t, directory.Host, "")
	s := connect(t, p.Address(), dirwire.Peer)
	until(t, func() bool { return p.routes.to(s.self) != nil })
	far := transport.Address{Process: s.self, Actor: 1, Key: 1}
	w, err := p.Node.Watch(far, func(any, string) { t.Error("told") })
	if err != nil {
		t.Fatal(err)
	}
	s.hearsKind(wire.Watch)
	w.Cancel()
	s.hearsKind(wire.Unwatch)
	if err := w.say(p.routes.to(s.self)); err != nil {
		t.Error(err)
	}
	p.watching.Lock()
	defer p.watching.Unlock()
	if own := p.routes.to(s.self).watches.own; len(own) != 0 {
		t.Errorf("%d are left", len(own))
	}
}

// R17: a peer that watches more than it may is told so; what it has is as much as it may.
func TestFloodOfWatches(t *testing.T) {
	p := open(t, directory.Host, "")
	s := connect(t, p.Address(), dirwire.Peer)
	me := p.Mint.Address(1)
	const more = 100
	for i := range maxWatches + more {
		for {
			err := s.Send(wire.Watch, wire.AppendWatch(nil, wire.WatchHead{Number: uint64(i) + 1, Actor: me}))
			if err == nil {
				break
			}
			if !errors.Is(err, transport.ErrOverloaded) {
				t.Fatal(err)
			}
			n := len(p.watchers()) // it reads on
			until(t, func() bool { return len(p.watchers()) > n || n == maxWatches })
		}
	}
	for range more {
		if head, _ := s.hearsEnded(); head.Number <= maxWatches || head.Reason != errManyWatches.Error() {
			t.Fatalf("got %+v", head)
		}
	}
	p.watchedBy(t, maxWatches)
	s.Send(wire.Unwatch, wire.AppendUnwatch(nil, 1))
	s.watches(maxWatches+more+1, me)
	s.watches(maxWatches+more+2, me)
	if head, _ := s.hearsEnded(); head.Number != maxWatches+more+2 {
		t.Errorf("got %+v", head)
	}
	s.Close(nil)
	p.watchedBy(t, 0)
}

// Who passes a watch on passes the end on, and that of the link.
func TestWatchPassedOn(t *testing.T) {
	p := open(t, directory.Host, "")
	a, b := connect(t, p.Address(), dirwire.Peer), connect(t, p.Address(), dirwire.Peer)
	until(t, func() bool { return p.routes.to(b.self) != nil })
	far := transport.Address{Process: b.self, Actor: 1, Key: 1}
	hears := func() wire.WatchHead {
		t.Helper()
		head, err := wire.ParseWatch(b.hearsKind(wire.Watch))
		if err != nil || head.Actor != far {
			t.Fatalf("got %+v, %v", head, err)
		}
		return head
	}
	a.watches(7, far)
	head := hears()
	if head.Hops != 1 {
		t.Errorf("%d hops", head.Hops)
	}
	b.Send(wire.Type, wire.AppendType(nil, 9, "text"))
	b.Send(wire.Ended, append(wire.AppendEnded(nil, wire.EndedHead{Number: head.Number, Type: 9}), "\xd9\x01x"...))
	if head, body := a.hearsEnded(); head.Number != 7 || head.Type != 1 || head.Reason != "" || body != "\xd9\x01x" {
		t.Errorf("got %+v %q", head, body)
	}
	a.watches(8, far)
	head = hears()
	a.Send(wire.Unwatch, wire.AppendUnwatch(nil, 8))
	if number, err := wire.ParseUnwatch(b.hearsKind(wire.Unwatch)); err != nil || number != head.Number {
		t.Errorf("got %d, %v", number, err)
	}
	c := connect(t, p.Address(), dirwire.Peer)
	c.watches(1, far)
	head = hears()
	c.Close(nil)
	if number, err := wire.ParseUnwatch(b.hearsKind(wire.Unwatch)); err != nil || number != head.Number {
		t.Errorf("got %d, %v", number, err)
	}
	for i := range maxWatchesPassed + 1 {
		a.watches(uint64(i)+1, far)
	}
	if head, _ := a.hearsEnded(); head != (wire.EndedHead{Number: maxWatchesPassed + 1, Reason: errManyPassed.Error()}) {
		t.Errorf("got %+v", head)
	}
	if err := a.Send(wire.Watch, wire.AppendWatch(nil, wire.WatchHead{Number: 1 << 20, Hops: maxHops, Actor: far})); err != nil {
		t.Fatal(err)
	}
	a.hearsEnded() // there are too many; and one that went too far would be refused as well
	b.Close(errors.New("gone"))
	for range maxWatchesPassed {
		if head, _ := a.hearsEnded(); !strings.Contains(head.Reason, "link lost: ") {
			t.Fatalf("got %+v", head)
		}
	}
	p.watching.Lock()
	defer p.watching.Unlock()
	if ws := &p.routes.to(a.self).watches; len(ws.others) != 0 || ws.passed != 0 {
		t.Errorf("%d are left, %d passed on", len(ws.others), ws.passed)
	}
}

// Of two links between two processes one is closed: what was watched over it is watched
// over the other, and nobody is told.
func TestWatchMovesToTheOtherLink(t *testing.T) {
	p := open(t, directory.Host, "")
	first := connect(t, p.Address(), dirwire.Peer)
	far := transport.Address{Process: first.self, Actor: 1, Key: 1}
	until(t, func() bool { return p.routes.to(first.self) != nil })
	told := make(chan string, 10)
	w, err := p.Node.Watch(far, func(_ any, reason string) { told <- reason })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Node.Watch(far, func(any, string) { told <- "cancelled" }); err != nil {
		t.Fatal(err)
	}
	first.hearsKind(wire.Watch)
	first.hearsKind(wire.Watch)

	greeting := dirwire.Greeting{Relation: dirwire.Peer, Directory: directory.Directory{Process: first.self, Scope: directory.Process, Executable: "stranger"}}
	l, err := tcp.Transport{}.Dial(context.Background(), p.Address(), transport.Hello{
		Process: first.self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting),
	})
	if err != nil {
		t.Fatal(err)
	}
	second := &stranger{Link: l, t: t, self: first.self, frames: make(chan frame, 1000), lost: make(chan error, 1)}
	l.Start(second)
	t.Cleanup(func() { l.Close(nil) })
	until(t, func() bool { return len(p.routes.all(first.self)) == 2 })
	first.Close(errSecond)
	var heads []wire.WatchHead
	for range 2 {
		head, err := wire.ParseWatch(second.hearsKind(wire.Watch))
		if err != nil || head.Actor != far {
			t.Fatalf("got %+v, %v", head, err)
		}
		heads = append(heads, head)
	}
	w.Cancel()
	w.Cancel()
	if number, err := wire.ParseUnwatch(second.hearsKind(wire.Unwatch)); err != nil || number != heads[0].Number {
		t.Errorf("got %d, %v, want %d", number, err, heads[0].Number)
	}
	if len(told) != 0 {
		t.Errorf("told: %s", <-told)
	}
	second.Send(wire.Ended, wire.AppendEnded(nil, wire.EndedHead{Number: heads[0].Number}))
	second.Send(wire.Ended, wire.AppendEnded(nil, wire.EndedHead{Number: heads[1].Number}))
	if got := <-told; got != "cancelled" {
		t.Errorf("told: %s", got)
	}
}
