package process_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/layer-cake/layer-cake/actor/process"
)

func TestNothingIsLeft(t *testing.T) {
	b := newBench(t)
	count := func() (files, goroutines int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries), runtime.NumGoroutine()
	}
	b.wait(b.spawn(process.Config{}, "exit", "0")) // what is made once is there now
	files, goroutines := count()
	for range 20 {
		b.wait(b.spawn(process.Config{}, "exit", "0"))
		b.wait(b.sys.Spawn(process.Func(process.Config{Path: "/nowhere"})))
	}
	f, g := count()
	for deadline := time.Now().Add(10 * time.Second); g > goroutines && time.Now().Before(deadline); f, g = count() {
		runtime.Gosched() // one that has done all it does may still be there for a moment
	}
	if f != files || g > goroutines {
		t.Errorf("files %d, goroutines %d; before %d, %d", f, g, files, goroutines)
	}
}

// The minders of a process end with it, however it ends.
func TestNoMinderIsLeft(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		b := newBench(t)
		c := b.supervise("hang", "hold-on")
		left := minders(t, c.Process.Pid)
		if len(left) != 2 {
			t.Errorf("%d minders for two children", len(left))
		}
		if err := c.Process.Signal(signal); err != nil {
			t.Error(err)
		}
		if c.Wait() == nil {
			t.Errorf("the supervisor survived %v", signal)
		}
		for _, m := range left {
			m.awaitEnd(t)
		}
		b.quiet()
	}
}

// A minder that is lost is missed once, and processes go on.
func TestMinderKilled(t *testing.T) {
	b := newBench(t)
	var log bytes.Buffer
	m := process.NewMinder(0, slog.New(slog.NewTextHandler(&log, nil)))
	defer m.Close()
	for _, m := range minders(t, os.Getpid()) {
		if err := unix.PidfdSendSignal(int(m), unix.SIGKILL, nil, 0); err != nil {
			t.Error(err)
		}
		m.awaitEnd(t)
	}
	for range 2 {
		if got := b.wait(b.spawn(process.Config{Minder: m}, "exit", "0")); got != nil {
			t.Errorf("result: got %v, want nil", got)
		}
	}
	b.quiet()
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN msg=\"no minder: ") {
		t.Errorf("log: got %q, want one warning", got)
	}
}

// A pidfd is a process, whatever becomes of its number.
type pidfd int

// awaitEnd waits until the process has ended.
func (p pidfd) awaitEnd(t *testing.T) {
	t.Helper()
	events := []unix.PollFd{{Fd: int32(p), Events: unix.POLLIN}}
	n, err := unix.Poll(events, 20_000)
	for err == unix.EINTR {
		n, err = unix.Poll(events, 20_000)
	}
	if n != 1 || err != nil {
		t.Errorf("the minder has not ended: %v", err)
	}
}

// minders finds those that a process has.
func minders(t *testing.T, parent int) (found []pidfd) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')'):])
		line, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		if err != nil || string(fields[2]) != strconv.Itoa(parent) || !bytes.Contains(line, []byte("layer-cake-minder")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		found = append(found, pidfd(fd))
	}
	return found
}
