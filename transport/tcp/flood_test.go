//go:build unix

package tcp_test

import (
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

// descriptors returns how many files this process may open, once it may open as many as it
// can be allowed to.
func descriptors(t testing.TB) int {
	t.Helper()
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		t.Fatal(err)
	}
	if before := r; r.Cur < r.Max {
		r.Cur = r.Max
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) })
	}
	return int(min(uint64(r.Cur), 1<<20))
}

// mute returns a socket that is connected to address and says nothing. It is no net.Conn,
// which would take memory of its own.
func mute(t *testing.T, address *net.TCPAddr) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	to := &syscall.SockaddrInet4{Port: address.Port, Addr: [4]byte(address.IP.To4())}
	if err := syscall.Connect(fd, to); err != nil {
		syscall.Close(fd)
		t.Fatal(err)
	}
	return fd
}

// R17: TestMuteConnections shows that thousands of connections which say nothing keep nobody
// out, and take little memory.
func TestMuteConnections(t *testing.T) {
	n := 10_000
	if most := descriptors(t) - 1500; most < n { // 256 are accepted, and the test has others
		t.Logf("only %d files may be open: %d connections instead of %d", most+1500, most, n)
		n = most
	}
	const every = 50 // an honest dial after so many
	s := serve(t, tcp.Transport{})
	tr := tcp.Transport{DialTimeout: 20e9} // of a busy machine
	address, err := net.ResolveTCPAddr("tcp", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	heap := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapInuse + m.StackInuse)
	}
	before, most := heap(), 0
	fds := make([]int, 0, n)
	defer func() {
		for _, fd := range fds {
			syscall.Close(fd)
		}
	}()
	for i := range n {
		fds = append(fds, mute(t, address))
		if i%every != every-1 {
			continue
		}
		link, err := tr.Dial(t.Context(), s.Address(), transporttest.Hello("honest"))
		if err != nil {
			t.Fatalf("Dial after %d connections that say nothing: %v", i+1, err)
		}
		link.Close(nil)
		s.next(t).Close(nil)
		if i%(n/10) < every {
			most = max(most, heap()-before)
		}
	}
	t.Logf("%d connections, of which 256 are kept: at most %d KiB of heap and stacks", n, most>>10)
	const total = 8 << 20
	if most > total {
		t.Errorf("%d connections that say nothing took %d bytes, want at most %d", n, most, total)
	}
	if lines := strings.Count(s.log.String(), "\n"); lines == 0 || lines > 20 {
		t.Errorf("%d lines were logged, want a few:\n%.2000s", lines, s.log)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.log.String(); !strings.Contains(got, "more connections refused") {
		t.Errorf("the log does not say how many were refused:\n%s", got)
	}
}

// TestMaxLinks shows that a listener has so many links and no more, that who is refused is
// told, and that a link that ends makes room.
func TestMaxLinks(t *testing.T) {
	s := serve(t, tcp.Transport{MaxLinks: 2})
	tr := tcp.Transport{DialTimeout: 20e9}
	dial := func() (transport.Link, error) { return tr.Dial(t.Context(), s.Address(), transporttest.Hello("")) }
	for round := range 3 {
		var links []transport.Link
		for range 2 {
			l, err := dial()
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			defer l.Close(nil)
			links = append(links, l, s.next(t))
		}
		_, err := dial()
		if want := "closed by peer: 2 links are open here, as many as may be"; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("round %d: the third is told %v, want %q", round, err, want)
		}
		for i := 0; i < len(links); i += 2 {
			var lost transporttest.Recorder
			links[i].Start(new(transporttest.Recorder))
			links[i+1].Start(&lost)
			links[i].Close(nil)
			lost.Reason(t)
		}
	}
	if got := s.log.String(); !strings.Contains(got, "as many as may be") {
		t.Errorf("log: %s\nwant why one was refused", got)
	}
}

// TestWhoSpeaksIsKept shows whom a full room sends away: who has said nothing, though
// another was there first.
func TestWhoSpeaksIsKept(t *testing.T) {
	s := serve(t, tcp.Transport{HelloTimeout: 3600e9, MaxUnproven: 3})
	hello := rawHello(t, "slow")
	slow := s.raw(t)
	slow.say(hello[:10])
	var mutes []*raw
	for range 6 {
		mutes = append(mutes, s.raw(t))
	}
	for i, r := range mutes[:4] {
		if got := r.hears(); got != "EOF" {
			t.Errorf("connection %d, which said nothing, heard %q, want EOF", i, got)
		}
	}
	slow.say(hello[10:])
	if got := slow.hears(); !strings.HasPrefix(got, "1 LCAK") {
		t.Errorf("who took its time over its hello heard %q, want a hello", got)
	}
	s.next(t)
	// With everybody in the middle of a hello, the oldest goes.
	var halves []*raw
	for _, r := range mutes[4:] {
		r.say(hello[:1])
		halves = append(halves, r)
	}
	for range 2 {
		r := s.raw(t)
		r.say(hello[:1])
		halves = append(halves, r)
	}
	if got := halves[0].hears(); got == "" || got[0] == '1' {
		t.Errorf("the oldest of them heard %q, want an end", got)
	}
	s.proven(t)
}
