package node

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// chain opens processes each of which has a link to the next, and a ring one more.
func (b bubble) chain(n int, ring bool) []*process {
	b.t.Helper()
	b.open("lan", directory.LAN, "lan:1", "")
	var list []*process
	for i := range n {
		list = append(list, b.open(fmt.Sprint("p", i), directory.Process, fmt.Sprintf("p%d:1", i), "lan:1"))
	}
	for i, p := range list {
		if i == n-1 && !ring {
			break
		}
		q := list[(i+1)%n]
		name := fmt.Sprint("link:", i)
		p.publish(100, directory.Name(name), directory.LAN)
		q.subscribe(100, directory.Pattern(name), directory.LAN)
		next[directory.Available](q, 100)
		next[directory.Delivered](p, 100)
	}
	return list
}

// at is the address of the actor that these tests are about.
func (p *process) at() transport.Address { return p.Mint.Address(1) }

func (p *process) sends(to transport.Address, message any) {
	p.t.Helper()
	if err := p.Send(p.at(), to, message); err != nil {
		p.t.Fatal(err)
	}
}

// back returns the next thing the actor gets, which must be a message that did not
// arrive.
func (p *process) back() Undelivered {
	p.t.Helper()
	got := p.next(1)
	u, ok := got.(Undelivered)
	if !ok {
		p.t.Fatalf("got %T %v, want a message that came back", got, got)
	}
	return u
}

// A reply to an address that came through others goes back through them, and so does
// what does not arrive. Eight may pass it on: in a chain of ten the ends still talk.
func TestChain(t *testing.T) {
	for _, n := range []int{3, 9, 10, 11} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				list := b.chain(n, false)
				first, last := list[0], list[n-1]
				for i, p := range list[:n-1] { // the address of the first is handed on to the last
					p.sends(list[i+1].at(), first.at())
					list[i+1].message(1)
				}
				last.sends(first.at(), "reply")
				if n-2 > maxHops {
					want := Undelivered{last.at(), first.at(), "reply", errTooFar.Error()}
					if got := last.back(); got != want {
						t.Errorf("got %v, want %v", got, want)
					}
					return
				}
				got := first.message(1)
				if want := (Delivery{To: first.at(), From: last.at(), Message: "reply"}); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
				first.sends(got.From, "and back")
				if got := last.message(1); got.Message != "and back" || got.From != first.at() {
					t.Errorf("got %v", got)
				}
				// To an actor there that never was.
				forged := first.at()
				forged.Key++
				last.sends(forged, "astray")
				if got, want := last.back(), (Undelivered{last.at(), forged, "astray", errNoAddress.Error()}); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
				for i, p := range list {
					want := Counts{}
					if i == 0 {
						want.Undelivered = 1
					}
					if got := p.Counts(); got != want {
						t.Errorf("process %d counts %+v, want %+v", i, got, want)
					}
				}
			})
		})
	}
}

// Where the ways to a process go round in a ring, what is sent there comes back.
func TestRing(t *testing.T) {
	for _, n := range []int{2, 3, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inBubble(t, func(t *testing.T, b bubble) {
				list := b.chain(n, n > 2)
				far := transport.Address{Process: transport.NewProcessID(), Actor: 1, Key: 1}
				for i, p := range list {
					p.routes.came(far.Process, p.routes.to(list[(i+1)%n].ID()))
				}
				reason := errTooFar
				if n == 2 { // the next is who it came from
					reason = transport.ErrUnreachable
				}
				a := list[0]
				a.sends(far, "astray")
				if got, want := a.back(), (Undelivered{a.at(), far, "astray", reason.Error()}); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
				// The word of what did not arrive goes no further either.
				s := b.stranger("stranger", a.Address())
				s.Send(wire.Undelivered, wire.AppendUndelivered(nil, wire.UndeliveredHead{Told: far, To: a.at(), Reason: "ended"}))
				synctest.Wait()
				var sum Counts
				for _, p := range list {
					c := p.Counts()
					sum = Counts{sum.Undelivered + c.Undelivered, sum.Lost + c.Lost, sum.Withheld + c.Withheld, sum.Bare + c.Bare}
				}
				if sum.Undelivered != 1 || sum.Lost != 1 || sum.Withheld != 0 {
					t.Errorf("they count %+v, want one undelivered, one lost", sum)
				}
			})
		})
	}
}

// When the process in between ends, what went through it is over, and nothing more is
// accepted. When the one behind it ends, what is sent there comes back.
func TestRelayDies(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		list := b.chain(4, false)
		a, relay, c, d := list[0], list[1], list[2], list[3]
		relay.sends(c.at(), a.at())
		c.message(1)
		c.sends(d.at(), a.at())
		d.message(1)
		way, err := d.Ask(d.Mint.Address(2), a.at(), "request")
		if err != nil {
			t.Fatal(err)
		}
		if got := a.message(1); got.From != d.Mint.Address(2) {
			t.Errorf("got %v", got)
		}

		relay.stop()
		synctest.Wait()
		d.sends(a.at(), "x") // d still has its way
		if got, want := d.back(), (Undelivered{d.at(), a.at(), "x", transport.ErrUnreachable.Error()}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := c.Send(c.at(), a.at(), "x"); err != transport.ErrUnreachable {
			t.Errorf("without a way: %v", err)
		}
		if lost, _, _ := way.Lost(); lost || len(d.ways) > 0 {
			t.Error("the link that the request went over lives")
		}
		c.stop()
		synctest.Wait()
		lost, instead, reason := way.Lost()
		if !lost || instead != nil || !strings.HasPrefix(reason, "link lost: ") || len(d.ways) != 1 || <-d.ways != way {
			t.Errorf("lost: %v, %q, instead %v", lost, reason, instead)
		}
		if err := d.Send(d.at(), a.at(), "x"); err != transport.ErrUnreachable {
			t.Errorf("without a way: %v", err)
		}
	})
}

// R17: the ways that are remembered are bounded. Who shows more leaves room for what
// others show; to what is beyond nothing can be sent, and whoever tries is told.
func TestWaysAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		const most = 12
		p := b.open("p", directory.Process, "p:1", "")
		p.routes.most = most
		greedy, modest := b.stranger("greedy", "p:1"), b.stranger("modest", "p:1")
		for _, s := range []*stranger{greedy, modest} {
			s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
		}
		say := func(s *stranger, from, to transport.Address) {
			s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: to, From: from, Type: 1}), 0xd9, 1, 'x'))
			synctest.Wait()
		}
		shows := func(s *stranger, n int) (list []transport.Address) {
			for range n {
				far := transport.Address{Process: transport.NewProcessID(), Actor: 1, Key: 1}
				say(s, far, p.at())
				if got := p.message(1); got.From != far {
					t.Fatalf("got %v", got)
				}
				list = append(list, far)
			}
			return list
		}
		reached := func(list []transport.Address) (n int) {
			for _, far := range list {
				switch err := p.Send(p.at(), far, "x"); err {
				case nil:
					n++
				case transport.ErrUnreachable:
				default:
					t.Error(err)
				}
			}
			return n
		}
		many, few := shows(greedy, 100), shows(modest, 10)
		if n := reached(many); n != most/2 {
			t.Errorf("%d of those that one shows are reached, want %d", n, most/2)
		}
		if n := reached(few); n != most/4 {
			t.Errorf("%d of those that another shows are reached, want %d", n, most/4)
		}
		me := transport.Address{Process: modest.self, Actor: 1, Key: 1}
		modest.words()
		say(modest, me, many[99])
		h, _, err := wire.ParseUndelivered(modest.hearsKind(wire.Undelivered))
		if want := (wire.UndeliveredHead{Told: me, To: many[99], Reason: transport.ErrUnreachable.Error(), Type: h.Type}); err != nil || cmp.Diff(h, want) != "" {
			t.Errorf("got %+v, %v, want %+v", h, err, want)
		}
		if n := strings.Count(p.logs.String(), "too many processes are reached over one link"); n != 2 {
			t.Errorf("the log says it %d times, want once for each link", n)
		}
		greedy.Close(nil)
		synctest.Wait()
		if n := reached(many) + reached(shows(modest, 10)); n != most/4 {
			t.Errorf("%d more are reached, want %d", n, most/4)
		}
		modest.Close(nil)
		synctest.Wait()
		if len(p.routes.via) != 0 {
			t.Errorf("%d ways are left", len(p.routes.via))
		}
	})
}

// R16: who was not given an address cannot use it, directly or through others, also
// if he has seen it in a log, or has that of its neighbour.
func TestGuessedAddresses(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		list := b.chain(2, false)
		relay, p := list[0], list[1]
		guesses := []transport.Address{
			{Process: p.ID(), Actor: 1}, // as logs show it
			{Process: p.ID(), Actor: 1, Key: p.Mint.Address(3).Key},
			{Process: p.ID(), Actor: 1, Key: relay.Mint.Address(1).Key},
			{Process: relay.ID(), Actor: 1, Key: p.Mint.Address(1).Key},
		}
		for bit := range 64 {
			guesses = append(guesses, transport.Address{Process: p.ID(), Actor: 1, Key: p.Mint.Address(1).Key ^ 1<<bit})
		}
		for actor := range transport.ActorID(8) {
			guesses = append(guesses, transport.Address{Process: p.ID(), Actor: actor, Key: 12345 * uint64(actor)})
		}
		for _, at := range []*process{p, relay} {
			s := b.stranger("stranger", at.Address())
			s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
			me := transport.Address{Process: s.self, Actor: 1, Key: 1}
			for _, to := range guesses {
				s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: to, From: me, Type: 1}), 0xd9, 1, 'x'))
				h, body, err := wire.ParseUndelivered(s.hearsKind(wire.Undelivered))
				if err != nil || h.To != to || h.Told != me || h.Reason != errNoAddress.Error() || string(body) != "\xd9\x01x" {
					t.Errorf("%v: got %+v %q, %v", to, h, body, err)
				}
				// Nor can he pretend that the actor sent something.
				s.Send(wire.Undelivered, append(wire.AppendUndelivered(nil, wire.UndeliveredHead{Told: to, To: me, Reason: "x", Type: 1}), 0xd9, 1, 'x'))
			}
			synctest.Wait()
			for _, p := range []*process{p, relay} {
				for actor := range transport.ActorID(8) {
					if got := p.heard(actor); len(got) > 0 {
						t.Errorf("actor %d of %v got %v", actor, p.ID(), got)
					}
				}
			}
			// With the address as it is he does.
			s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: p.at(), From: me, Type: 1}), 0xd9, 1, 'x'))
			if got := p.message(1); got.From != me {
				t.Errorf("got %v", got)
			}
		}
		if got := p.Counts().Lost + relay.Counts().Lost; got != uint64(2*len(guesses)) {
			t.Errorf("%d lies are counted, want %d", got, 2*len(guesses))
		}
	})
}
