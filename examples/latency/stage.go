package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const module = "github.com/layer-cake/layer-cake/"

// A stage is the folder of the programs and the processes that run.
type stage struct {
	ctx     context.Context
	folder  string
	self    string // this program
	running []*process

	host *host // that most measurements share; nil: not yet
	ring *ring
}

func newStage(ctx context.Context) (*stage, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "latency")
	if err != nil {
		return nil, err
	}
	return &stage{ctx: ctx, folder: folder, self: self}, nil
}

func (s *stage) bin(name string) string { return filepath.Join(s.folder, name) }

func (s *stage) build() error {
	c := exec.CommandContext(s.ctx, "go", "build", "-o", s.folder,
		module+"cmd/layer-cake", module+"cmd/host-cake", module+"examples/latency/empty")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// A process runs until its lifeline, a pipe, is closed: by us, or by the system
// if we are gone.
type process struct {
	cmd      *exec.Cmd
	lifeline io.Closer
	killed   bool
}

// start runs a command whose lifeline is its standard input, or else has been
// given to it.
func (s *stage) start(cmd *exec.Cmd, lifeline io.Closer) (*process, error) {
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		lifeline.Close()
		return nil, err
	}
	p := &process{cmd: cmd, lifeline: lifeline}
	s.running = append(s.running, p)
	return p, nil
}

// kill ends a process as the system does that has no memory left.
func (p *process) kill() error {
	p.killed = true
	return p.cmd.Process.Kill()
}

// end waits for a process that was killed, or whose lifeline was closed.
func (p *process) end() error {
	p.lifeline.Close()
	patience := time.AfterFunc(5*time.Second, func() { p.cmd.Process.Kill() })
	defer patience.Stop()
	if err := p.cmd.Wait(); err != nil && !p.killed {
		return fmt.Errorf("%s: %w", filepath.Base(p.cmd.Path), err)
	}
	return nil
}

// leave ends all that runs.
func (s *stage) leave() error {
	var all []error
	for _, p := range s.running {
		p.lifeline.Close()
	}
	for _, p := range s.running {
		all = append(all, p.end())
	}
	s.running, s.host, s.ring = nil, nil, nil
	return errors.Join(all...)
}

func (s *stage) clear() error { return errors.Join(s.leave(), os.RemoveAll(s.folder)) }

// theHost returns the host-cake that measurements share, where the beacon is
// published.
func (s *stage) theHost() (*host, error) {
	if s.host != nil {
		return s.host, nil
	}
	h, err := s.startHost()
	if err != nil {
		return nil, err
	}
	s.host = h
	return h, s.link(h, 1)
}

// theRing returns the ring that they share.
func (s *stage) theRing() (*ring, error) {
	if s.ring != nil {
		return s.ring, nil
	}
	r, err := s.startRing()
	s.ring = r
	return r, err
}
