//go:build unix && !linux

package process

import "os/exec"

// awaitExit waits until the process has ended, and reaps it: there is no portable
// way to wait only.
func awaitExit(command *exec.Cmd) { command.Wait() }
