package node

import (
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// An addressed is a link of which only the ends are known.
type addressed struct {
	transport.Link
	local, remote string
}

func (a addressed) Local() string  { return a.local }
func (a addressed) Remote() string { return a.remote }

// R16: how far away the other end of a link may be. A link over the LAN address of
// this machine itself is as near as one over loopback: else a session of Host scope
// could not be opened while it lasts (R15).
func TestReach(t *testing.T) {
	for _, test := range []struct {
		local, remote string
		want          directory.Scope
	}{
		{"127.0.0.1:54195", "127.0.0.1:40000", directory.Host},
		{"[::1]:54195", "[::1]:40000", directory.Host},
		{"10.0.0.7:54195", "10.0.0.8:40000", directory.LAN},
		{"10.0.0.7:54195", "10.0.0.7:40000", directory.Host},
		{"[::ffff:10.0.0.7]:54195", "10.0.0.7:40000", directory.Host},
		{"[fd00::7]:54195", "[fd00::8]:40000", directory.LAN},
		{"one:1", "one:2", directory.Host},
		{"one:1", "two:1", directory.LAN},
	} {
		if got := reach(addressed{local: test.local, remote: test.remote}); got != test.want {
			t.Errorf("from %s to %s: %v, want %v", test.remote, test.local, got, test.want)
		}
	}
}
