package node

import (
	"strings"
	"testing"

	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// What links leave behind of what the process holds does not add up: else who comes
// often enough would have it take no more messages from anybody.
func TestHeldIsGivenBackWithTheLink(t *testing.T) {
	p := newPair(t)
	const each = reportAt / 2
	for range 3 {
		for range 3 * reportAt / each {
			p.pub.keep(true)
			s := connect(t, p.pub.Address(), dirwire.Peer)
			s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
			head := wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(3), Type: 1})
			send := func(bytes int) Delivery {
				body, _, _ := texts{}.Append(head, strings.Repeat("x", bytes))
				if err := s.Send(wire.Message, body); err != nil {
					t.Fatal(err)
				}
				return p.pub.message(3)
			}
			first := send(each) // not much, so that the process is not told of it,
			second := send(reportAt)
			var l *link
			p.pub.onNode(func() { l = p.pub.routes.to(s.self) })
			second.Due.Settle() // nor when what is told of was taken
			s.Close(nil)
			<-l.gone
			first.Due.Settle()
		}
	}
	if held := p.pub.held.Load(); held != 0 {
		t.Errorf("nothing waits, and %d bytes are held", held)
	}
	p.pub.keep(false)
	p.undisturbed(t)
}

// R17: who sends more than the window, what may come ahead of a last word, and a part that
// is under way is cut off, in a session and in none.
func TestFarBeyondTheWindow(t *testing.T) {
	for name, c := range map[string]struct {
		kind   transport.Kind
		head   func(p pair) []byte
		window int
	}{
		"session": {wire.DataOut, func(pair) []byte { return wire.AppendData(nil, wire.DataHead{Session: 1, Type: 1}) }, wire.SessionWindow},
		"none": {wire.Message, func(p pair) []byte {
			return wire.AppendMessage(nil, wire.MessageHead{To: p.pub.Mint.Address(3), Type: 1})
		}, wire.LinkWindow},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			s, _ := p.opens(t, 1)
			p.pub.keep(true)
			body, _, _ := texts{}.Append(c.head(p), strings.Repeat("x", wire.PartSize/2))
			within := 3 * c.window / cost(len(body))
			for range within + 1 {
				s.Send(c.kind, body)
			}
			if err := <-s.lost; !strings.Contains(err.Error(), "it is beyond the window") {
				t.Errorf("the link was lost: %v", err)
			}
			for range within { // the one that is cut off for is not delivered
				if c.kind == wire.Message {
					p.pub.message(3).Due.Settle()
				}
			}
			p.pub.keep(false)
			p.undisturbed(t)
		})
	}
}
