package node

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// R17: a message goes no further than so many processes pass it on, and comes back.
func TestPassedOnTooOften(t *testing.T) {
	p := newPair(t)
	s, end := connect(t, p.host.Address(), dirwire.Peer), connect(t, p.host.Address(), dirwire.Peer)
	until(t, func() bool { return p.host.routes.to(end.self) != nil })
	me := transport.Address{Process: s.self, Actor: 1, Key: 1}
	to := transport.Address{Process: end.self, Actor: 1, Key: 1}
	s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
	pass := func(hops uint8) {
		t.Helper()
		head := wire.MessageHead{To: to, From: me, Hops: hops, Type: 1}
		if err := s.Send(wire.Message, append(wire.AppendMessage(nil, head), 0xd9, 1, 'x')); err != nil {
			t.Fatal(err)
		}
	}
	pass(maxHops - 1)
	head, _, err := wire.ParseMessage(end.hearsKind(wire.Message))
	if err != nil || head.Hops != maxHops || head.To != to || head.From != me {
		t.Errorf("got %+v, %v", head, err)
	}
	pass(maxHops)
	back, body, err := wire.ParseUndelivered(s.hearsKind(wire.Undelivered))
	if err != nil || back.Told != me || back.To != to || !strings.Contains(back.Reason, errTooFar.Error()) || string(body) != "\xd9\x01x" {
		t.Errorf("got %+v %q, %v", back, body, err)
	}
	pass(maxHops - 1) // the next it hears, so the one between did not arrive
	if head, _, err := wire.ParseMessage(end.hearsKind(wire.Message)); err != nil || head.Hops != maxHops {
		t.Errorf("got %+v, %v", head, err)
	}
	if len(end.frames) > 0 {
		t.Errorf("more arrived: %v", <-end.frames)
	}
}

// R16: who shows an address of a process first is the way to it. Another peer that
// shows one later does not take it over; once the first has gone it may.
func TestFirstWayIsKept(t *testing.T) {
	p := newPair(t)
	first, second := connect(t, p.host.Address(), dirwire.Peer), connect(t, p.host.Address(), dirwire.Peer)
	far := transport.Address{Process: transport.NewProcessID(), Actor: 1, Key: 1}
	sends := func(s *stranger) { // to nobody: it comes back to far, by the way to it
		t.Helper()
		to := transport.Address{Process: p.host.ID(), Actor: 1, Key: 1}
		s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
		s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: to, From: far, Type: 1}), 0xd9, 1, 'x'))
		s.hearsKind(wire.Undelivered) // so the address is known
	}
	sends(first)
	sends(second)
	if err := p.host.Send(transport.Address{}, far, "for far"); err != nil {
		t.Fatal(err)
	}
	if head, _, err := wire.ParseMessage(first.hearsKind(wire.Message)); err != nil || head.To != far {
		t.Errorf("got %+v, %v", head, err)
	}
	first.Close(nil)
	until(t, func() bool { return p.host.routes.towards(far.Process) == nil })
	second.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{
		To: transport.Address{Process: p.host.ID(), Actor: 1, Key: 1}, From: far, Type: 1,
	}), 0xd9, 1, 'x'))
	second.hearsKind(wire.Undelivered)
	if err := p.host.Send(transport.Address{}, far, "for far"); err != nil {
		t.Fatal(err)
	}
	if head, _, err := wire.ParseMessage(second.hearsKind(wire.Message)); err != nil || head.To != far {
		t.Errorf("got %+v, %v", head, err)
	}
}

// An address of a process that only the sender knows works where it arrives, though
// those between saw it pass in a message that they did not decode.
func TestAddressPassesThroughARelay(t *testing.T) {
	host := open(t, directory.Host, "")
	group := open(t, directory.Group, host.Address())
	far, near := open(t, directory.Process, group.Address()), open(t, directory.Process, host.Address())
	of := func(p *process) transport.Address { return p.Mint.Address(1) }
	for child, parent := range map[*process]*process{group: host, far: group, near: host} {
		if err := child.Attach(t.Context()); err != nil {
			t.Fatal(err)
		}
		until(t, func() bool { return parent.routes.to(child.ID()) != nil && child.routes.to(parent.ID()) != nil })
	}
	send := func(from *process, to transport.Address, message any) {
		t.Helper()
		if err := from.Send(of(from), to, message); err != nil {
			t.Fatal(err)
		}
	}
	arrives := func(at *process, want any) Delivery {
		t.Helper()
		d := at.message(1)
		d.Due.Settle()
		if d.Message != want {
			t.Fatalf("got %v, want %v", d.Message, want)
		}
		return d
	}
	if err := near.Send(of(near), of(far), "to a stranger"); !errors.Is(err, transport.ErrUnreachable) {
		t.Fatalf("got %v, want that nobody shows the way", err)
	}
	send(far, of(group), "here I am")
	arrives(group, "here I am")
	send(host, of(near), of(group)) // so near knows a way to group, and group one back
	arrives(near, of(group))
	send(near, of(group), of(near))
	arrives(group, of(near))
	send(group, of(near), of(far)) // passes host, which decodes nothing
	arrives(near, of(far))
	send(near, of(far), "found you")
	if d := arrives(far, "found you"); d.From != of(near) {
		t.Errorf("from %v, want %v", d.From, of(near))
	}
	send(far, of(near), "and you me")
	arrives(near, "and you me")
}

// hearsKind returns the body of the next frame of a kind.
func (s *stranger) hearsKind(kind transport.Kind) []byte {
	s.t.Helper()
	for {
		select {
		case f := <-s.frames:
			if f.kind == kind {
				return f.body
			}
		case <-time.After(patience):
			s.t.Fatalf("no frame of kind %d came", kind)
		}
	}
}
