package process

import (
	"os/exec"

	"golang.org/x/sys/unix"
)

// awaitExit waits until the process has ended and leaves it to be reaped: until
// then no other process and no other group can have its number.
func awaitExit(command *exec.Cmd) {
	for unix.Waitid(unix.P_PID, command.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}
