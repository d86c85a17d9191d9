package node

import (
	"fmt"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Actors that end with much unsent have accepted messages, not too many words of the
// directory: the link and the sessions of others stay.
func TestLeavingWithMuchUnsent(t *testing.T) {
	const leavers, size = 4, 30 << 20 // each was accepted; together they are more than the queue takes
	for name, queue := range map[string]int{"as set by default": 0, "small queue": 4 * wire.MaxFrame} {
		t.Run(name, func(t *testing.T) {
			host := open(t, directory.Host, "")
			p := pairUnder(t, host, func(c *Config) { c.Transport = tcp.Transport{QueueBytes: queue} })
			sessions := make([]*Session, leavers)
			for i := range sessions {
				name, actor := fmt.Sprintf("svc:%d", i), transport.ActorID(10+i)
				p.pub.publish(actor, directory.Name(name), directory.Host)
				p.sub.subscribe(actor, directory.Pattern(name), directory.Host)
				_, sessions[i] = next[directory.Available](p.sub, actor)
				next[directory.Delivered](p.pub, actor)
			}
			text := strings.Repeat("x", size)
			for _, s := range sessions {
				if err := s.Send(s.Local(), text); err != nil {
					t.Fatal(err)
				}
			}
			for i := range sessions {
				p.sub.Unsubscribe(transport.ActorID(10+i), directory.Pattern(fmt.Sprintf("svc:%d", i)))
			}
			for i := range sessions {
				if got := p.pub.message(transport.ActorID(10 + i)).Message.(string); len(got) != size {
					t.Errorf("publisher %d got %d bytes, want %d", i, len(got), size)
				}
				next[directory.Dropped](p.pub, transport.ActorID(10+i))
			}
			p.undisturbed(t)
			if t.Failed() || strings.Contains(p.sub.logs.String(), "link closed") {
				t.Errorf("the link was closed:\n%s", p.sub.logs)
			}
		})
	}
}
