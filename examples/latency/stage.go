package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const module = "github.com/layer-cake/layer-cake/"

// A stage is the folder of the programs and the processes that run.
type stage struct {
	ctx     context.Context
	folder  string
	self    string // this program
	running []*process

	// What measurements share, until all leave.
	host   *host         // nil: not yet
	rings  map[int]*ring // by the number of processes
	floods map[int]*flood
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

// dismiss ends one process.
func (s *stage) dismiss(p *process) error {
	s.running = slices.DeleteFunc(s.running, func(other *process) bool { return other == p })
	return p.end()
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
	s.running, s.host, s.rings, s.floods = nil, nil, nil, nil
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

// theRing returns the ring of four, as many as an introduction passes.
func (s *stage) theRing() (*ring, error) { return s.ringOf(4) }

// ringOf returns the ring of that size that measurements share.
func (s *stage) ringOf(size int) (*ring, error) {
	if r := s.rings[size]; r != nil {
		return r, nil
	}
	r, err := s.startRing(size)
	if err != nil {
		return nil, err
	}
	if s.rings == nil {
		s.rings = make(map[int]*ring)
	}
	s.rings[size] = r
	return r, nil
}

// floodFrom returns the flood from so many processes that measurements share.
func (s *stage) floodFrom(senders int) (*flood, error) {
	if f := s.floods[senders]; f != nil {
		return f, nil
	}
	f, err := s.startFlood(senders)
	if err != nil {
		return nil, err
	}
	if s.floods == nil {
		s.floods = make(map[int]*flood)
	}
	s.floods[senders] = f
	return f, nil
}
