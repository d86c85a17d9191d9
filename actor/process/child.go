package process

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"github.com/layer-cake/layer-cake/actor"
)

// A child is a process that was started and its process group.
type child struct {
	pid   int
	ended chan struct{}    // closed when the process and its group are gone
	state *os.ProcessState // what became of it, from then on

	mu   sync.Mutex // guards over
	over bool       // pid may be that of another process
}

// start starts the process of command. A goroutine waits for it, on a thread of
// its own that does nothing else: Linux sends the death signal of a child when
// the thread that made it is gone, so that thread lives as long as the child.
func start(command *exec.Cmd) (*child, error) {
	theirs, ours, err := os.Pipe() // both closed on exec
	if err != nil {
		return nil, err
	}
	command.ExtraFiles = []*os.File{theirs}
	command.Env = append(command.Env, actor.LifelineVariable+"=3") // the first extra file is number 3
	command.SysProcAttr = attributes()
	c := &child{ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		theirs.Close()
		if err != nil {
			ours.Close()
			started <- err
			return
		}
		c.pid = command.Process.Pid
		started <- nil
		c.wait(command)
		ours.Close()
		close(c.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
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
