package tcp_test

import (
	"testing"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

func patient(*testing.T) (transport.Transport, string) {
	return tcp.Transport{DialTimeout: 20e9}, "127.0.0.1:0" // a busy machine is no failure
}

func TestConformance(t *testing.T) { transporttest.Run(t, patient) }

func TestConformanceFair(t *testing.T) { transporttest.RunFair(t, patient) }
