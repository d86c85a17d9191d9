package process

import (
	"os"
	"os/exec"
	"sync"
	"syscall"

	"github.com/layer-cake/layer-cake/actor"
)

// A child is a process that was started and its process group.
type child struct {
	pid    int
	minder *Minder
	ended  chan struct{}    // closed when the process and its group are gone
	state  *os.ProcessState // what became of it, from then on

	mu   sync.Mutex // guards over
	over bool       // pid may be that of another process
}

// start starts the process of command, and a goroutine that waits for it.
func start(command *exec.Cmd, minder *Minder) (*child, error) {
	theirs, ours, err := os.Pipe() // both closed on exec
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	command.ExtraFiles = []*os.File{theirs}
	command.Env = append(command.Env, actor.LifelineVariable+"=3") // the first extra file is number 3
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		ours.Close()
		return nil, err
	}
	c := &child{pid: command.Process.Pid, minder: minder, ended: make(chan struct{})}
	minder.started(c.pid)
	go func() {
		defer close(c.ended)
		defer ours.Close()
		c.wait(command)
	}()
	return c, nil
}

// wait waits for the process to end, kills what is left of its group, and takes
// note of what became of it.
func (c *child) wait(command *exec.Cmd) {
	awaitExit(command)
	c.mu.Lock()
	syscall.Kill(-c.pid, syscall.SIGKILL)
	c.over = true
	c.mu.Unlock()
	c.minder.ended(c.pid)
	command.Wait() // its error is in the state too
	c.state = command.ProcessState
}

// terminate asks the process to end. One that has been suspended is woken, to
// hear of it.
func (c *child) terminate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		syscall.Kill(c.pid, syscall.SIGTERM)
		syscall.Kill(c.pid, syscall.SIGCONT)
	}
}

// end kills the process and its group, if it has not ended, and waits.
func (c *child) end() {
	c.mu.Lock()
	if !c.over {
		syscall.Kill(-c.pid, syscall.SIGKILL)
	}
	c.mu.Unlock()
	<-c.ended
}
