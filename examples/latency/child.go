package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// This program is its own children: they are run with childWord first, then the
// kind of child, then its arguments. A child takes commands, a line of words
// each, from its standard input, and answers each with a line of JSON. It ends
// with its input.
const childWord = "child"

// An answer is what a child says to a command.
type answer struct {
	Error  string  `json:",omitempty"`
	Text   string  `json:",omitempty"`
	Times  []int64 `json:",omitempty"` // nanoseconds: durations, or since 1970
	Events []event `json:",omitempty"`
	Bytes  int64   `json:",omitempty"`
	Count  int     `json:",omitempty"`
}

// An event is something that an actor was told.
type event struct {
	What string // available or dropped
	Name string
	At   int64 // when it was taken, in nanoseconds since 1970
	Why  string
}

// A child is one of our own processes, from outside.
type child struct {
	*process
	kind    string
	in      *bufio.Writer
	answers *json.Decoder
}

func (s *stage) startChild(kind string, args ...string) (*child, error) {
	cmd := exec.CommandContext(s.ctx, s.self, append([]string{childWord, kind}, args...)...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p, err := s.start(cmd, in)
	if err != nil {
		return nil, err
	}
	return &child{p, kind, bufio.NewWriter(in), json.NewDecoder(out)}, nil
}

// tell says a command; the answer is still to be taken.
func (c *child) tell(words ...any) error {
	fmt.Fprintln(c.in, words...)
	if err := c.in.Flush(); err != nil {
		return fmt.Errorf("%s: %v: %w", c.kind, words, err)
	}
	return nil
}

// answer waits for the answer to the oldest command that was told.
func (c *child) answer() (answer, error) {
	var a answer
	if err := c.answers.Decode(&a); err != nil {
		return a, fmt.Errorf("%s has ended: %w", c.kind, err)
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s", c.kind, a.Error)
	}
	return a, nil
}

// ask says a command and waits for the answer.
func (c *child) ask(words ...any) (answer, error) {
	if err := c.tell(words...); err != nil {
		return answer{}, err
	}
	return c.answer()
}

// A servant is a child from inside.
type servant interface {
	// obey does what a command says. It is never called twice at once.
	obey(words []string) (answer, error)
	close() error
}

// childMain is main of a child. It returns the exit status.
func childMain(kind string, args []string) int {
	var s servant
	var err error
	switch kind {
	case "runner":
		s, err = newRunner()
	case "party":
		s, err = newParty(args[0], warnings())
	case "cast":
		s, err = newCast(args[0], args[1])
	case "cake":
		s, err = newCake(args[0], args[1])
	case "chart":
		s, err = newChart()
	case "asker":
		s, err = newAsker(args[0])
	case "replier":
		s, err = newReplier(args[0])
	case "holder":
		s, err = newHolder()
	case "counter":
		s, err = newCounter()
	default:
		err = fmt.Errorf("there is no such child")
	}
	if err == nil {
		err = serve(s)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "latency: %s: %v\n", kind, err)
		return 1
	}
	return 0
}

func serve(s servant) error {
	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		a, err := s.obey(strings.Fields(lines.Text()))
		if err != nil {
			a.Error = fmt.Sprintf("%s: %v", lines.Text(), err)
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
	return s.close()
}

func unknown(words []string) error { return fmt.Errorf("the command %q is unknown", words) }
