package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// This program is its own children: they are run with childWord first, then the kind
// of child, then its arguments. A child takes commands, a line of words each, from its
// standard input, and answers each with a line of JSON. It ends with its input.
const childWord = "child"

// An answer is what a child says to a command.
type answer struct {
	Error   string `json:",omitempty"`
	Text    string `json:",omitempty"`
	Sample  sample
	Entries []entry `json:",omitempty"`
	Bares   []bare  `json:",omitempty"`
	Counts  counts
}

// A child is one of our own processes, from outside.
type child struct {
	name    string
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
}

// patience is how long a child may take over what is done at once.
const patience = 30 * time.Second

// heartbeat lets links live through moments in which the machine has much else to do.
const heartbeat = 3 * time.Second

func startChild(ctx context.Context, name string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{childWord}, args...)...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for us: children end with their input
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
	return &child{name, cmd, in, json.NewDecoder(bufio.NewReader(out))}, nil
}

// ask says a command and waits for the answer.
func (c *child) ask(words ...any) (answer, error) {
	var a answer
	if _, err := fmt.Fprintln(c.in, words...); err != nil {
		return a, fmt.Errorf("%s: %v: %w", c.name, words, err)
	}
	if err := c.answers.Decode(&a); err != nil {
		return a, fmt.Errorf("%s: %v: it has ended: %w", c.name, words, err)
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s", c.name, a.Error)
	}
	return a, nil
}

// end closes the input of the child and waits for its end.
func (c *child) end() error {
	c.in.Close()
	clock := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	defer clock.Stop()
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("%s did not end well: %w", c.name, err)
	}
	return nil
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
	switch {
	case kind == "host" && len(args) == 0:
		s, err = newHost()
	case kind == "party" && len(args) == 4:
		s, err = newParty(args)
	default:
		err = errors.New("there is no such child")
	}
	if err == nil {
		err = serve(s, os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: %s: %v\n", kind, err)
		return 1
	}
	return 0
}

func serve(s servant, in io.Reader, out io.Writer) error {
	lines, answers := bufio.NewScanner(in), json.NewEncoder(out)
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

// A host is a directory of scope Host: what host-cake is, without its flags and its
// role, and it can be measured from inside.
type host struct{ system *actor.System }

func newHost() (*host, error) {
	system, err := actor.Open(&actor.Options{
		Scope: actor.Host, Directory: "none", Listen: "127.0.0.1:0", Executable: "host-cake", Logger: errorsOnly(), Heartbeat: heartbeat,
	})
	return &host{system}, err
}

func (h *host) obey(words []string) (answer, error) {
	switch words[0] {
	case "address":
		return answer{Text: h.system.DirectoryAddress()}, nil
	case "sample":
		s, err := takeSample()
		return answer{Sample: s}, err
	}
	return answer{}, fmt.Errorf("the command is unknown")
}

func (h *host) close() error { return h.system.Close(context.Background()) }

// errorsOnly is a log without the warnings that cuts cause.
func errorsOnly() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}
