//go:build unix

package process

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A Minder ends processes whose parent, this process, was killed and could not
// do it. It is a small process of its own, which is told over a pipe of every
// child that starts and ends. When the pipe ends this process is gone: the
// minder does what Stop would have done to the children that are left, and ends.
type Minder struct {
	log     *slog.Logger
	command *exec.Cmd

	mu   sync.Mutex
	pipe *os.File // guarded by mu; nil: there is no minder
}

// tellTime is how long the minder may take to read. It does nothing else.
const tellTime = time.Second

// minding is the minder. Its word is how long a process has between SIGTERM and
// SIGKILL, in tenths of a second. A line of its input is + or - and the number of
// a process, which is that of its group.
//
// A process hears SIGTERM once, as from Stop: for many programs a second one is a
// word of its own. The death signal of Linux will not do, since it is sent again
// for every thread of the parent that is gone and had taken the child over.
const minding = `
trap '' HUP INT QUIT TERM
groups=' '
while read -r sign group; do
	case $sign in
	+) groups="$groups$group " ;;
	-) groups="${groups%% $group *} ${groups#* $group }" ;;
	esac
done
for group in $groups; do
	kill -s TERM $group
	kill -s CONT $group
done
tenths=0
while [ "$groups" != ' ' ] && [ $tenths -lt $1 ]; do
	left=' '
	for group in $groups; do
		if kill -s 0 $group; then left="$left$group "; else kill -s KILL -- -$group; fi
	done
	groups=$left
	[ "$groups" = ' ' ] || sleep 0.1
	tenths=$((tenths + 1))
done
for group in $groups; do kill -s KILL -- -$group; done
`

// NewMinder starts a minder for children with that time between SIGTERM and
// SIGKILL; zero is DefaultGrace. If that fails, or if the minder is lost later,
// a warning goes to the log, and of this process's end by SIGKILL children hear
// by their lifeline only.
func NewMinder(grace time.Duration, log *slog.Logger) *Minder {
	m := &Minder{log: log}
	if grace <= 0 {
		grace = DefaultGrace
	}
	theirs, ours, err := os.Pipe() // both closed on exec
	if err != nil {
		m.lost(err)
		return m
	}
	defer theirs.Close()
	m.command = &exec.Cmd{
		Path:        "/bin/sh",
		Args:        []string{"sh", "-c", minding, "layer-cake-minder", strconv.Itoa(int(grace / (100 * time.Millisecond)))},
		Env:         []string{"PATH=/usr/bin:/bin"}, // where sleep is
		Dir:         "/",
		Stdin:       theirs,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true}, // what is sent to our group is not for it
	}
	if err := m.command.Start(); err != nil {
		ours.Close()
		m.lost(err)
		return m
	}
	m.pipe = ours
	return m
}

// Close ends the minder. The children it was for must have ended.
func (m *Minder) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pipe != nil {
		m.stop()
	}
}

// started tells of a child that leads the group of its number.
func (m *Minder) started(pid int) { m.tell('+', pid) }

// ended tells that a child has ended, and its group with it. It must be told
// before another process can have the number.
func (m *Minder) ended(pid int) { m.tell('-', pid) }

func (m *Minder) tell(sign byte, pid int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pipe == nil {
		return
	}
	m.pipe.SetWriteDeadline(time.Now().Add(tellTime)) // a pipe has deadlines
	if _, err := fmt.Fprintf(m.pipe, "%c %d\n", sign, pid); err != nil {
		m.stop()
		m.lost(err)
	}
}

// stop ends the minder. Called with mu held. It is killed first: it must not
// take the end of the pipe for ours.
func (m *Minder) stop() {
	m.command.Process.Kill()
	m.pipe.Close()
	m.pipe = nil
	m.command.Wait()
}

func (m *Minder) lost(err error) {
	m.log.Warn("no minder: children can outlive this process if it is killed", "err", err)
}
