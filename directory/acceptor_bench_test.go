package directory

import (
	"fmt"
	"testing"
)

// A publication is taken back and made anew among so many of the same actor. The
// others are not to be felt.
func BenchmarkTakeBack(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("publications=%d", n), func(b *testing.B) {
			a, actor := NewAcceptor(), ActorParty(1)
			id := func(i int) ID { return ID{Seq: uint64(i%n) + 1} }
			for i := range n {
				a.Step(actor, Publish{Publication{ID: id(i)}})
			}
			i := 0
			for b.Loop() {
				a.Step(actor, Unpublish{ID: id(i)})
				a.Step(actor, Publish{Publication{ID: id(i)}})
				i++
			}
		})
	}
}
