package actor

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A scarceListener has no file for so many connections; below zero: for none.
type scarceListener struct {
	net.Listener
	fails int
	tried []time.Duration // when, since began
	began time.Time
}

func (l *scarceListener) Accept() (net.Conn, error) {
	l.tried = append(l.tried, time.Since(l.began))
	if l.fails == 0 {
		one, other := net.Pipe()
		other.Close()
		return one, nil
	}
	l.fails--
	return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
}

func (l *scarceListener) Close() error   { return nil }
func (l *scarceListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func scarce(fails int) (*scarceListener, *limitedListener) {
	l := &scarceListener{fails: fails, began: time.Now()}
	return l, newLimitedListener(l, usualHTTPLimits(), slog.New(slog.DiscardHandler))
}

func TestAcceptTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		socket, limited := scarce(4)
		conn, err := limited.Accept()
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		ms := time.Millisecond
		if diff := cmp.Diff([]time.Duration{0, 5 * ms, 15 * ms, 35 * ms, 75 * ms}, socket.tried); diff != "" {
			t.Errorf("tries: want -, got +:\n%s", diff)
		}
	})
}

func TestAcceptGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		socket, limited := scarce(-1)
		_, err := limited.Accept()
		if err == nil || err.Error() != "for 10s: too many open files" || !errors.Is(err, syscall.EMFILE) {
			t.Errorf("got %v", err)
		}
		took, times := time.Since(socket.began), len(socket.tried)
		if took < 10*time.Second || took > 12*time.Second || times > 30 {
			t.Errorf("it took %v and %d tries", took, times)
		}
		if n := len(limited.slots); n != 0 {
			t.Errorf("%d slots are taken", n)
		}
	})
}

func TestCloseWhileNothingCanBeAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limited := scarce(-1)
		ended := make(chan error)
		go func() {
			_, err := limited.Accept()
			ended <- err
		}()
		synctest.Wait()
		limited.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}

// A listener that can accept nothing for a while is lost, and its actor knows.
func TestListenerOutOfFiles(t *testing.T) {
	limits := usualHTTPLimits()
	s := openShop(t, Options{}, limits)
	limits.deaf = 20 * time.Millisecond
	s.do(func(self *Self) {
		self.serveHTTP("127.0.0.1:0", &scarceListener{fails: -1, began: time.Now()}, nil, httpTypes, limits)
	})
	<-s.heard // Listening
	if diff := cmp.Diff(any(NotListening{"127.0.0.1:0", "for 20ms: too many open files"}), <-s.heard); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// So is one whose socket somebody else closed; who waits is still answered.
func TestListenerIsClosedByOthers(t *testing.T) {
	s := openShop(t, Options{}, usualHTTPLimits())
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.do(func(self *Self) { self.serveHTTP("127.0.0.1:0", socket, nil, httpTypes, usualHTTPLimits()) })
	<-s.heard // Listening
	s.address = socket.Addr().String()
	answer := s.get("/xy")
	<-s.took
	socket.Close()
	if diff := cmp.Diff(any(NotListening{"127.0.0.1:0", "use of closed network connection"}), <-s.heard); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if err := s.sys.Send(s.self, httpWish{"x"}); err != nil {
		t.Fatal(err)
	}
	want(t, <-answer, answered)
	// It may listen again.
	s.do(func(self *Self) {
		if err := self.ListenHTTP(s.address, httpTypes); err != nil {
			t.Error(err)
		}
	})
	if _, ok := (<-s.heard).(Listening); !ok {
		t.Error("it does not listen again")
	}
	if _, err := io.WriteString(s.dial(""), ""); err != nil {
		t.Error(err)
	}
}
