package main

import (
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// links is how many processes are in the tree, and how many links a host-cake
// has whose memory is looked at.
const links = 10

// Tool is how long layer-cake network takes, as a process.
type tool struct {
	calls int
	host  *host
	took  figure
}

func newTool(p plan) *tool {
	return &tool{calls: p.calls, took: figure{
		name: "layer-cake-network", what: "layer-cake network, exec to exit, 10 processes in the tree", unit: milli,
		floor: "an empty Go program, exec to exit", goal: "≤ 50 ms", met: upTo(50),
	}}
}

func (m *tool) figures() []*figure { return []*figure{&m.took} }

func (m *tool) prepare(s *stage) (err error) {
	if m.host, err = s.startHost(); err != nil {
		return err
	}
	return s.link(m.host, links)
}

func (m *tool) round(s *stage) error {
	var ours, floor []int64
	for range m.calls {
		_, took, err := run(exec.CommandContext(s.ctx, s.bin("empty")))
		if err != nil {
			return err
		}
		floor = append(floor, took)
		tree, took, err := run(exec.CommandContext(s.ctx, s.bin("layer-cake"), "network", "--connect-to-directory="+m.host.address))
		if err != nil {
			return err
		}
		ours = append(ours, took)
		if got := strings.Count(tree, "[PROCESS]"); got != links+1 {
			return fmt.Errorf("the tree has %d processes, not %d and layer-cake itself:\n%s", got, links, tree)
		}
	}
	m.took.add(quantile(ours, 0.5), quantile(floor, 0.5))
	return nil
}

func run(c *exec.Cmd) (out string, took int64, err error) {
	began := time.Now()
	b, err := c.CombinedOutput()
	took = int64(time.Since(began))
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, b)
	}
	return string(b), took, err
}
