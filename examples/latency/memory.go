package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Memory is what a host-cake that has nothing to do keeps resident. Of each kind
// there are as many processes as there are rounds, which idle together.
type memory struct {
	rounds              int
	patience            time.Duration
	bare, alone, linked []int // process ids
	idle, full          figure
}

func newMemory(p plan) *memory {
	const floor = "an empty Go program that sleeps"
	after := fmt.Sprintf("%v after its start", p.idle)
	return &memory{
		rounds:   p.rounds,
		patience: p.idle,
		idle: figure{name: "host-cake-idle", what: "host-cake resident, " + after, unit: mega,
			floor: floor, goal: "≤ 15 MB", met: upTo(15)},
		full: figure{name: "host-cake-10-links", what: "host-cake resident, with 10 links, idle as long", unit: mega,
			floor: floor, goal: "≤ 15 MB", met: upTo(15)},
	}
}

func (m *memory) figures() []*figure { return []*figure{&m.idle, &m.full} }

func (m *memory) prepare(s *stage) error {
	for range m.rounds {
		h, err := s.startHost()
		if err != nil {
			return err
		}
		m.linked = append(m.linked, h.cmd.Process.Pid)
		if err := s.link(h, links); err != nil {
			return err
		}
		if h, err = s.startHost(); err != nil {
			return err
		}
		m.alone = append(m.alone, h.cmd.Process.Pid)
		bare := exec.CommandContext(s.ctx, s.bin("empty"), "wait")
		in, err := bare.StdinPipe()
		if err != nil {
			return err
		}
		p, err := s.start(bare, in)
		if err != nil {
			return err
		}
		m.bare = append(m.bare, p.cmd.Process.Pid)
	}
	select {
	case <-time.After(m.patience):
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (m *memory) round(*stage) error {
	i := len(m.idle.ours)
	bare, err := resident(m.bare[i])
	if err != nil {
		return err
	}
	alone, err := resident(m.alone[i])
	if err != nil {
		return err
	}
	linked, err := resident(m.linked[i])
	if err != nil {
		return err
	}
	m.idle.add(alone, bare)
	m.full.add(linked, bare)
	return nil
}

// resident returns the resident memory of a process, in bytes.
func resident(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		return 0, fmt.Errorf("/proc/%d/status has no VmRSS: %w", pid, err)
	}
	return kilobytes * 1024, nil
}
