package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	// childWord is what this program is run with as its own child; then come its
	// part, its name, where it connects to, and a file for its profile.
	childWord = "child"
	// patience is how long a child may take for anything.
	patience = time.Minute
)

// An answer is what a child says to a command.
type answer struct {
	Error string  `json:",omitempty"`
	Text  string  `json:",omitempty"`
	Times []int64 `json:",omitempty"` // nanoseconds: durations, or since 1970
	Other []int64 `json:",omitempty"` // likewise
	Count int64   `json:",omitempty"`
	Heap  int64   `json:",omitempty"` // bytes, after a collection
	Stack int64   `json:",omitempty"` // bytes of all goroutines
}

// A child is one of our own processes, from outside. Its standard input is its
// lifeline: it ends with it.
type child struct {
	name    string
	cmd     *exec.Cmd
	in      *bufio.Writer
	line    interface{ Close() error }
	answers chan answer // closed at its end
}

// A stage has the children that run.
type stage struct {
	ctx      context.Context
	profiles string // folder; empty: none
	running  []*child
}

func (s *stage) start(part, name, at string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	profile := ""
	if s.profiles != "" {
		profile = filepath.Join(s.profiles, name+"-"+part+".pprof")
	}
	cmd := exec.Command(self, childWord, part, name, at, profile)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{name + " " + part, cmd, bufio.NewWriter(in), in, make(chan answer, 1)}
	go func() { // ends with the child
		defer close(c.answers)
		for d := json.NewDecoder(out); ; {
			var a answer
			if d.Decode(&a) != nil {
				return
			}
			c.answers <- a
		}
	}()
	s.running = append(s.running, c)
	return c, nil
}

// ask says a command and waits for the answer.
func (s *stage) ask(c *child, words ...any) (answer, error) {
	if err := s.tell(c, words...); err != nil {
		return answer{}, err
	}
	return s.answer(c)
}

// tell says a command; the answer is still to be taken.
func (s *stage) tell(c *child, words ...any) error {
	fmt.Fprintln(c.in, words...)
	if err := c.in.Flush(); err != nil {
		return fmt.Errorf("%s: %v: %w", c.name, words, err)
	}
	return nil
}

// answer waits for the answer to what was told.
func (s *stage) answer(c *child) (answer, error) {
	clock := time.NewTimer(patience + 5*time.Second) // a child that waits itself says more
	defer clock.Stop()
	select {
	case a, open := <-c.answers:
		if !open {
			return a, fmt.Errorf("%s has ended", c.name)
		}
		if a.Error != "" {
			return a, fmt.Errorf("%s: %s", c.name, a.Error)
		}
		return a, nil
	case <-clock.C:
		return answer{}, fmt.Errorf("%s does not answer", c.name)
	case <-s.ctx.Done():
		return answer{}, context.Cause(s.ctx)
	}
}

// dismiss ends a child.
func (s *stage) dismiss(c *child) error {
	s.running = slices.DeleteFunc(s.running, func(other *child) bool { return other == c })
	c.line.Close()
	kill := time.AfterFunc(5*time.Second, func() { c.cmd.Process.Kill() })
	defer kill.Stop()
	for range c.answers { // until it has ended
	}
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

// kill ends a child at once: one that has so much that an orderly end takes long.
func (s *stage) kill(c *child) {
	s.running = slices.DeleteFunc(s.running, func(other *child) bool { return other == c })
	c.cmd.Process.Kill()
	for range c.answers { // until it has ended
	}
	c.cmd.Wait()
	c.line.Close()
}

// leave ends all children, the youngest first.
func (s *stage) leave() error {
	var all []error
	for len(s.running) > 0 {
		all = append(all, s.dismiss(s.running[len(s.running)-1]))
	}
	return errors.Join(all...)
}
