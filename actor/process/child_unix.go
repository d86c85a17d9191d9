//go:build unix && !linux

package process

import (
	"os/exec"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits until the process has ended, and reaps it: there is no portable
// way to wait only.
func awaitExit(command *exec.Cmd) { command.Wait() }
