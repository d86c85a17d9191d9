package memory_test

import (
	"testing"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/memory"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

func TestConformance(t *testing.T) {
	for _, address := range []string{"alpha:0", "127.0.0.1:0"} {
		t.Run(address, func(t *testing.T) {
			transporttest.Run(t, func(t *testing.T) (transport.Transport, string) {
				return memory.NewNetwork().Transport("alpha"), address
			})
		})
	}
}
