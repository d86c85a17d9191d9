package node

import (
	"net/netip"
	"os"
	"syscall"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

// silent is how many connections there are that say nothing, or as many as the system
// allows.
const silent = 10_000

// R17: connections that say nothing, ten thousand of them at once, take no more than a
// few hundred unproven ones may, and who is linked already is not disturbed. Once they
// have gone others are linked as before.
func TestSilentConnections(t *testing.T) {
	transporttest.Leaks(t, "layer-cake/directory/", "layer-cake/transport/")
	k := newCourt(t, func(c *Config) { c.Listen, c.Transport = "127.0.0.1:0", tcp.Transport{} })
	k.exchange(t, 10)
	files, before := descriptors(t), heapInUse()
	at := netip.MustParseAddrPort(k.pub.Address())
	to := &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	want := min(silent, int(limit.Cur)-files-2*tcp.DefaultMaxUnproven)
	if want < 1000 {
		t.Fatalf("the system allows %d descriptors: too few to say anything (ulimit -n)", limit.Cur)
	}
	sockets := make([]int, 0, want)
	hangUp := func() {
		for _, s := range sockets {
			syscall.Close(s)
		}
		sockets = nil
	}
	defer hangUp()
	for range want {
		s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(os.NewSyscallError("socket", err))
		}
		sockets = append(sockets, s)
		if err := syscall.Connect(s, to); err != nil && err != syscall.EINPROGRESS {
			t.Fatal(os.NewSyscallError("connect", err))
		}
		if len(sockets)%1000 == 0 {
			k.exchange(t, 20)
		}
	}
	// A reader's buffer and a goroutine for each that is not proven.
	const most = tcp.DefaultMaxUnproven*(48<<10) + otherwise
	if now, ok := heapWithin(before + most); !ok {
		t.Errorf("with %d silent connections the heap has %d bytes more, %d are allowed", want, now-before, most)
	}
	if now := descriptors(t); now > files+want+tcp.DefaultMaxUnproven+10 {
		t.Errorf("%d descriptors are open, of which %d are the test's", now, files+want)
	}
	if got := k.sub.heard(1); len(got) > 0 {
		t.Errorf("the honest subscriber was told %v", got)
	}
	hangUp()
	k.exchange(t, 10)
	other := open(t, directory.Process, k.host.Address())
	other.subscribe(1, "svc", directory.Host)
	next[directory.Available](other, 1)
}
