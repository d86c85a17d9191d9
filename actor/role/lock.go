package role

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// RunningError says that the composite process of a home runs.
type RunningError struct {
	Home string
	PID  int // of its group-cake; 0 if it has not said yet
}

// Error names the home and the process.
func (e *RunningError) Error() string {
	if e.PID == 0 {
		return e.Home + ": it is running"
	}
	return fmt.Sprintf("%s: it is running, as process %d", e.Home, e.PID)
}

// A Lock is the right to run the composite process of a home. It ends with
// Unlock, or with the process that has it, however that ends.
type Lock struct {
	home *Home
	file *flock.Flock
}

// patience is how long Lock waits for who only looks whether the lock is held.
const patience = 300 * time.Millisecond

// Lock takes the lock of the home and leaves the pid of this process in it. The
// error is a *RunningError if another has it.
func (h *Home) Lock() (*Lock, error) {
	f := flock.New(h.file("lock"))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	held, err := f.TryLockContext(ctx, 10*time.Millisecond)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f.Close()
		return nil, &RunningError{h.path, h.pid()}
	case err != nil:
		return nil, err
	case !held:
		return nil, fmt.Errorf("%s: not locked", h.path) // TryLockContext does not return this
	}
	l := &Lock{h, f}
	if err := l.check(); err != nil {
		f.Close()
		return nil, err
	}
	if err := os.WriteFile(h.file("lock"), fmt.Appendln(nil, os.Getpid()), 0o644); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// check reports an error if the locked file is not the one of the home any
// more: the home was destroyed between opening and locking.
func (l *Lock) check() error {
	mine, err := l.file.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(l.file.Path())
	if err != nil {
		return err
	}
	if !os.SameFile(mine, now) {
		return fmt.Errorf("%s: %w", l.home.path, fs.ErrNotExist)
	}
	return nil
}

// Unlock gives the lock back.
func (l *Lock) Unlock() error {
	return errors.Join(os.Truncate(l.file.Path(), 0), l.file.Close())
}

// Running reports whether the composite process of the home runs, and the pid
// of its group-cake: 0 if it has not said yet.
func (h *Home) Running() (pid int, running bool, err error) {
	f := flock.New(h.file("lock"))
	defer f.Close()
	free, err := f.TryRLock()
	if err != nil || free {
		return 0, false, err
	}
	return h.pid(), true, nil
}

// pid is what the holder of the lock wrote.
func (h *Home) pid() int {
	b, err := os.ReadFile(h.file("lock"))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
