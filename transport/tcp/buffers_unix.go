//go:build unix

package tcp

import (
	"net/netip"
	"syscall"
)

// What the system may hold of a link, in bytes, as it is asked for; Linux takes twice
// that, with its own overhead counted. The fairness of lanes ends where the system's
// buffers begin: what is in them is ahead of the next frame, whatever its lane. Left to
// itself Linux lets them grow to megabytes when a receiver is slower than its sender,
// and a lone frame waits for 20 ms behind them; with these it is one, and as much
// goes through (BenchmarkLoneLane, BenchmarkOneWay). To halve them again gains no
// more than the scheduler's jitter. On a network they hold what is under way: 256 KiB are
// 10 Gbit/s over 0.2 ms. TCP_NOTSENT_LOWAT was tried beside them and did no more
// than a smaller sending buffer does, which every system has.
const (
	nearReceive, nearSend = 64 << 10, 32 << 10
	farReceive, farSend   = 256 << 10, 128 << 10
)

// limitBuffers is called before a socket connects or listens: what the other end is told
// of the buffer is settled then. Sockets that are accepted have it from who listens. A
// system that refuses has its own limits, which are no worse than none.
func limitBuffers(_, address string, raw syscall.RawConn) error {
	receive, send := farReceive, farSend
	if a, err := netip.ParseAddrPort(address); err == nil && a.Addr().Unmap().IsLoopback() {
		receive, send = nearReceive, nearSend
	}
	return raw.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, receive)
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, send)
	})
}
