package node

import (
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Nothing is kept of a message in parts for who was never shown the address, and not
// more than the process may hold, however many links it came over before it was crowded.
func TestHoardOfParts(t *testing.T) {
	const limit = leastBytes
	p := newPair(t)
	small := open(t, directory.Host, "", func(c *Config) { c.Limits = Limits{LinkBytes: limit, ProcessBytes: limit} })
	forged := transport.Address{Process: small.Mint.Process(), Actor: 1, Key: 1}
	strangers := make([]*stranger, 4)
	for i := range strangers {
		strangers[i] = connect(t, small.Address(), dirwire.Peer)
		head := wire.AppendPart(nil, wire.PartHead{Number: 1, First: true, Kind: wire.Message, Size: 16 << 20})
		strangers[i].Send(wire.Part, wire.AppendMessage(head, wire.MessageHead{To: forged, Type: 1}))
	}
	for _, s := range strangers {
		for range 100 {
			s.Send(wire.Part, append(wire.AppendPart(nil, wire.PartHead{Number: 1}), make([]byte, 60<<10)...))
		}
		// An answer says that all was read.
		s.Send(wire.Type, wire.AppendType(nil, 1, "nil"))
		s.Send(wire.Message, append(wire.AppendMessage(nil, wire.MessageHead{To: forged, From: transport.Address{Process: s.self, Actor: 1, Key: 1}, Type: 1}), 0xc0))
		for answered := false; !answered; {
			select {
			case f := <-s.frames:
				answered = f.kind == wire.Undelivered
			case <-s.lost:
				answered = true // that, too, is a refusal
			case <-time.After(patience):
				t.Fatal("no answer")
			}
		}
	}
	held := 0
	small.onNode(func() {
		for _, l := range small.links {
			held += int(l.held.Load())
		}
	})
	if held > limit+4*wire.MaxFrame {
		t.Errorf("%d bytes are held, %d are allowed, for an address that was shown to nobody", held, limit)
	}
	p.undisturbed(t)
}
