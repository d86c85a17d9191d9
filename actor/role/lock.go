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
type Lock struct{ file *flock.Flock }

// patience is how long Lock waits for who only looks whether the lock is held.
const patience = 300 * time.Millisecond

// changeTime is how long a change waits for others to end. The largest takes a
// second or two.
const changeTime = 15 * time.Second

// Lock takes the lock of the home and leaves the pid of this process in it. The
// error is a *RunningError if another has it.
func (h *Home) Lock() (*Lock, error) {
	f, err := h.seize()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(h.file("lock"), fmt.Appendln(nil, os.Getpid()), 0o644); err != nil {
		f.Close()
		return nil, err
	}
	return &Lock{f}, nil
}

// seize takes the lock of the home and writes nothing, for which there may be no
// room.
func (h *Home) seize() (*flock.Flock, error) {
	f, err := h.hold("lock", (*flock.Flock).TryLockContext, patience)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, &RunningError{h.path, h.pid()}
	}
	return f, err
}

// roles gives the right to change the roles, or to read all of them as they are
// between two changes, until the file is closed.
func (h *Home) roles(take takeLock) (*flock.Flock, error) {
	f, err := h.hold("changes", take, changeTime)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("%s: another process has been changing its roles for %v; try again", h.path, changeTime)
	}
	return f, err
}

// takeLock is TryLockContext of a file, or TryRLockContext.
type takeLock func(f *flock.Flock, ctx context.Context, every time.Duration) (bool, error)

// hold locks a file of the home. The error is that of the context if that takes
// longer than it may.
func (h *Home) hold(name string, take takeLock, atMost time.Duration) (*flock.Flock, error) {
	f := flock.New(h.file(name))
	ctx, cancel := context.WithTimeout(context.Background(), atMost)
	defer cancel()
	held, err := take(f, ctx, 10*time.Millisecond)
	if err == nil && !held {
		err = fmt.Errorf("%s: not locked", f.Path()) // package flock does not return this
	}
	if err == nil {
		err = h.check(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// check reports an error if the locked file is not the one of the home any
// more: the home was destroyed between opening and locking.
func (h *Home) check(f *flock.Flock) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(f.Path())
	if err != nil {
		return err
	}
	if !os.SameFile(mine, now) {
		return fmt.Errorf("%s: %w", h.path, fs.ErrNotExist)
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
