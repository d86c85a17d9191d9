package node

import (
	"net"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A bare is a child on a socket of this machine without a link around it: it
// says only what the test writes, and no heartbeats.
type bare struct {
	t    *testing.T
	conn net.Conn
	self transport.ProcessID
}

// mute connects as a child whose heartbeats should be that many milliseconds apart.
func mute(t *testing.T, address string, heartbeat uint32) *bare {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	b := &bare{t, conn, transport.NewProcessID()}
	hello, err := wire.AppendHello(nil, transport.Hello{
		Process: b.self, Heartbeat: heartbeat,
		Body: dirwire.AppendGreeting(nil, dirwire.Greeting{
			Relation:  dirwire.Child,
			Directory: directory.Directory{Process: b.self, Scope: directory.Process, Executable: "mute"},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.write(wire.Hello, hello)
	return b
}

func (b *bare) write(kind transport.Kind, body []byte) {
	b.t.Helper()
	if _, err := b.conn.Write(wire.AppendFrame(nil, kind, body)); err != nil {
		b.t.Fatal(err)
	}
}
