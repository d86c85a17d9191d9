package actor

import (
	"fmt"
	"testing"
)

// BenchmarkPool is requests to a pool, of which as many are under way as there are
// workers, and their answers.
func BenchmarkPool(b *testing.B) {
	for _, size := range []int{1, 8} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			sys := alone(b, Options{})
			defer sys.Close(b.Context())
			self, leave := sys.Enter("client")
			defer leave()
			pool := self.Spawn(Pool{Of: echo, Size: size}.Run)
			message := any("request")
			b.ReportAllocs()
			for i := range b.N {
				if i >= size {
					self.Input()
				}
				self.Send(pool, message)
			}
			for range min(size, b.N) {
				self.Input()
			}
		})
	}
}
