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

// newAttempt returns a function that writes to conn once, without blocking, and
// returns how many bytes it wrote; nil if conn has no file descriptor. It must not
// be called while somebody else writes to conn: that could block it.
func newAttempt(conn net.Conn) func([]byte) int {
	raw := rawConn(conn)
	if raw == nil {
		return nil
	}
	a := &attempt{raw: raw}
	a.write = func(fd uintptr) bool {
		a.n, _ = syscall.Write(int(fd), a.b)
		return true // whatever happened: the writer comes upon it again
	}
	return a.do
}

// rawConn returns the way to conn's file descriptor; nil if it has none.
func rawConn(conn net.Conn) syscall.RawConn {
	c, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

func (a *attempt) do(b []byte) int {
	a.b, a.n = b, 0
	err := a.raw.Write(a.write)
	a.b = nil
	if err != nil {
		return 0
	}
	return max(a.n, 0)
}
