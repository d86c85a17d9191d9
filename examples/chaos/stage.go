package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

const module = "github.com/layer-cake/layer-cake/"

// A stage is the folder of the programs and the processes that run.
type stage struct {
	ctx     context.Context
	folder  string
	self    string // this program
	news    chan news
	deaf    chan struct{} // closed when no more news are taken
	running map[*process]struct{}
}

func newStage(ctx context.Context) (*stage, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return nil, err
	}
	return &stage{
		ctx:     ctx,
		folder:  folder,
		self:    self,
		news:    make(chan news, 1024),
		deaf:    make(chan struct{}),
		running: make(map[*process]struct{}),
	}, nil
}

func (s *stage) build() error {
	c := exec.CommandContext(s.ctx, "go", "build", "-o", s.folder, module+"cmd/host-cake", module+"cmd/lan-cake")
	c.Env = append(os.Environ(), "GOTMPDIR="+s.folder) // what an interrupted build leaves is removed with ours
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGINT) } // it, and its compilers
	c.WaitDelay = patience
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func (s *stage) bin(name string) string { return filepath.Join(s.folder, name) }

// clear ends what still runs and removes the folder.
func (s *stage) clear() error {
	close(s.deaf)
	for p := range s.running {
		p.signal(syscall.SIGCONT)
		p.lifeline.Close()
	}
	var all []error
	for p := range s.running {
		all = append(all, p.end())
	}
	return errors.Join(append(all, os.RemoveAll(s.folder))...)
}

// freePort returns a port of the loopback address that nobody listens at. It is
// below those that systems give out by themselves: while a daemon is down, nobody
// takes its port.
func freePort(from int) (address string, next int, err error) {
	for port := from; port < 32000; port++ {
		address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		l, err := net.Listen("tcp", address)
		if err == nil {
			l.Close()
			return address, port + 1, nil
		}
	}
	return "", 0, errors.New("there is no free port from " + strconv.Itoa(from) + " to 32000")
}
