package main

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// through returns the two ends of a connection that goes through a front, and the
// line between them.
func through(t *testing.T) (dialler, target *net.TCPConn, l *line) {
	t.Helper()
	p, err := newProxy()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { behind.Close() })
	lease, front, err := rent(p.address(), behind.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lease.Close() })
	a, err := net.Dial("tcp", front)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	b, err := behind.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	write(t, a, "hello") // once it is through, the line is there
	read(t, b, "hello")
	return a.(*net.TCPConn), b.(*net.TCPConn), p.list()[0].all()[0]
}

func write(t *testing.T, to net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(to, text); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, from net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}

// nothing reports that nothing comes for a moment. What is wrong may be missed,
// never what is right.
func nothing(t *testing.T, from net.Conn) {
	t.Helper()
	from.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	var b [1]byte
	if n, err := from.Read(b[:]); !errors.Is(err, syscall.EAGAIN) && !isTimeout(err) {
		t.Fatalf("got %q, %v, want nothing", b[:n], err)
	}
	from.SetReadDeadline(time.Time{})
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func TestLinePasses(t *testing.T) {
	for _, m := range []mood{{}, {split: true}, {delay: time.Millisecond}} {
		a, b, l := through(t)
		l.set(m)
		write(t, a, "there and back again")
		read(t, b, "there and back again")
		write(t, b, "and again")
		read(t, a, "and again")
		a.CloseWrite()
		if _, err := b.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%v: the end comes as %v", m, err)
		}
		write(t, b, "more") // half of it is still open
		read(t, a, "more")
	}
}

func TestLineHolds(t *testing.T) {
	a, b, l := through(t)
	l.set(mood{hold: true})
	write(t, a, "held")
	a.CloseWrite() // the end is held too
	nothing(t, b)
	l.set(mood{})
	read(t, b, "held")
	if _, err := b.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the end comes as %v", err)
	}
}

func TestLineIsSunk(t *testing.T) {
	a, b, l := through(t)
	l.sink()
	l.set(mood{})
	write(t, a, "lost")
	a.Close()
	nothing(t, b)
}

func TestLineHalves(t *testing.T) {
	a, b, l := through(t)
	l.set(mood{halve: true})
	write(t, a, "twelve bytes")
	read(t, b, "twelve")
	nothing(t, b)
	l.set(mood{})
	read(t, b, " bytes")
}

func TestLineIsReset(t *testing.T) {
	for _, m := range []mood{{}, {hold: true}} {
		a, b, l := through(t)
		l.set(m)
		l.reset()
		for _, conn := range []net.Conn{a, b} {
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%v: got %v, want a reset", m, err)
			}
		}
	}
}

// Who dials where nobody is hears of it; so does who dials a front whose owner
// has gone.
func TestFrontOfNobody(t *testing.T) {
	p, err := newProxy()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	behind.Close()
	lease, front, err := rent(p.address(), behind.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", front)
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
		conn.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
	lease.Close()
	for len(p.list()) > 0 {
		time.Sleep(time.Millisecond) // until the lease is missed
	}
	if _, err := net.Dial("tcp", front); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, want that nobody is there", err)
	}
}
