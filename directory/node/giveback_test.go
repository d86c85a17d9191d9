package node

import (
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport/wire"
)

// R17: who sent a message that fits no frame is told, too, when an actor ends that has
// not taken it. The message is then not given back.
func TestGiveBackWhatIsLong(t *testing.T) {
	p := newPair(t)
	told, to := p.session.Local(), p.session.Remote()
	for _, size := range []int{maxGivenBack - 5, wire.PartSize + 1, wire.MaxBody, 3 * wire.MaxFrame} {
		long := strings.Repeat("x", size)
		p.pub.GiveBack(told, to, long, "it has ended")
		got, ok := p.sub.next(1).(Undelivered)
		if !ok || got.From != told || got.To != to || !strings.HasPrefix(got.Reason, "it has ended") {
			t.Fatalf("%d bytes: got %.200v", size, got)
		}
		if fits := size <= maxGivenBack-5; fits != (got.Message == long) || !fits && got.Message != nil {
			t.Errorf("%d bytes: they came back as %.20v", size, got.Message)
		}
	}
	p.undisturbed(t)
}
