//go:build unix

package tcp

import (
	"net"
	"syscall"
)

// An attempt writes to a connection once, without blocking.
type attempt struct {
	raw   syscall.RawConn
	write func(fd uintptr) bool // made once: it would be an allocation each time
	b     []byte
	n     int
}

// newAttempt returns nil if conn has no file descriptor to write to.
func newAttempt(conn net.Conn) *attempt {
	c, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	a := &attempt{raw: raw}
	a.write = func(fd uintptr) bool {
		a.n, _ = syscall.Write(int(fd), a.b)
		return true // whatever happened: the writer comes upon it again
	}
	return a
}

// do returns how many bytes of b were written. It must not be called while
// another goroutine writes to the connection: that could block it.
func (a *attempt) do(b []byte) int {
	a.b, a.n = b, 0
	err := a.raw.Write(a.write)
	a.b = nil
	if err != nil || a.n < 0 {
		return 0
	}
	return a.n
}
