package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// A host is a host-cake of our own.
type host struct {
	*process
	address string
}

// startHost starts a host-cake at a port that the system chooses.
func (s *stage) startHost() (*host, error) { return s.startHostAt("127.0.0.1:0") }

// startHostAt returns when host-cake takes links, which it finds in its log.
func (s *stage) startHostAt(address string) (*host, error) {
	reading, writing, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reading.Close() // the child has its own
	cmd := exec.CommandContext(s.ctx, s.bin("host-cake"), "--directory-at-host="+address, "--debug-level=INFO")
	cmd.Env = append(os.Environ(), actor.LifelineVariable+"=3")
	cmd.ExtraFiles = []*os.File{reading}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		writing.Close()
		return nil, err
	}
	p, err := s.start(cmd, writing)
	if err != nil {
		return nil, err
	}
	log := bufio.NewReader(stderr)
	var said strings.Builder
	for {
		line, err := log.ReadString('\n')
		said.WriteString(line)
		if _, at, ok := strings.Cut(strings.TrimSpace(line), " at="); ok {
			go io.Copy(io.Discard, log) // ends with the process
			return &host{p, at}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("host-cake did not say where it takes links: %w; it said:\n%s", err, said.String())
		}
	}
}

// link starts so many processes that are linked to a host-cake. The first
// publishes the beacon, the others find it.
func (s *stage) link(h *host, processes int) error {
	for i := range processes {
		c, err := s.startChild("party", h.address)
		if err != nil {
			return err
		}
		if i == 0 {
			_, err = c.ask("publish", beacon)
		} else {
			_, err = c.ask("settle")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
