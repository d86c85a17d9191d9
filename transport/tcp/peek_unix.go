//go:build unix

package tcp

import (
	"net"
	"syscall"
)

// newPeek returns a function that reports whether something has come on conn that nobody has
// read; nil if conn has no file descriptor.
func newPeek(conn net.Conn) func() bool {
	raw := rawConn(conn)
	if raw == nil {
		return nil
	}
	return func() (some bool) {
		raw.Control(func(fd uintptr) {
			var b [1]byte
			n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			some = err == nil && n > 0
		})
		return some
	}
}
