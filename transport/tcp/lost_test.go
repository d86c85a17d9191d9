package tcp

import (
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// Who listens is told when the socket is gone, and not when he closes it himself.
func TestLostListener(t *testing.T) {
	hello := transport.Hello{Process: transport.NewProcessID(), Heartbeat: 500}
	open := func() *listener {
		l, err := Transport{}.Listen("127.0.0.1:0", hello, func(l transport.Link) { l.Close(nil) })
		if err != nil {
			t.Fatal(err)
		}
		return l.(*listener)
	}
	lost := open()
	lost.socket.Close()
	select {
	case err := <-lost.Lost():
		if err == nil {
			t.Error("it is lost for no reason")
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody is told")
	}
	lost.Close()

	closed := open()
	closed.Close()
	select {
	case err := <-closed.Lost():
		t.Errorf("it was closed, and is lost: %v", err)
	default: // its goroutine has ended
	}
}
