package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// patience is how long a process may take to end once it was told to.
const patience = 5 * time.Second

// News are what comes from a process: an event, or its end.
type news struct {
	from *process
	event
	ended bool
}

// A process runs until its lifeline, a pipe, is closed: by us, or by the system
// if we are gone. It has a process group of its own: if we are gone while it is
// stopped, the system makes it go on.
type process struct {
	name     string
	cmd      *exec.Cmd
	lifeline io.WriteCloser // commands go here too, if it is a child
	said     *tail          // what it wrote to stderr
	ended    chan struct{}  // closed when it has
	err      error          // how; set before ended is closed
	stopped  bool           // by SIGSTOP
	doomed   bool           // it was killed, or is to end
}

// startChild starts a child of this program.
func (s *stage) startChild(name string, args ...string) (*process, error) {
	cmd := exec.Command(s.self, append([]string{childWord}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p, err := s.start(name, cmd, in)
	if err != nil {
		return nil, err
	}
	go func() { // ends with the process
		events := json.NewDecoder(out)
		for {
			var e event
			if err := events.Decode(&e); err != nil {
				break
			}
			s.tell(news{from: p, event: e})
		}
		s.reap(p)
	}()
	return p, nil
}

// startDaemon starts one of the daemons.
func (s *stage) startDaemon(name, program string, args ...string) (*process, error) {
	reading, writing, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reading.Close() // the daemon has its own
	cmd := exec.Command(s.bin(program), append(args, "--debug-level=INFO")...)
	cmd.Env = append(os.Environ(), actor.LifelineVariable+"=3")
	cmd.ExtraFiles = []*os.File{reading}
	out, err := cmd.StdoutPipe()
	if err != nil {
		writing.Close()
		return nil, err
	}
	p, err := s.start(name, cmd, writing)
	if err != nil {
		return nil, err
	}
	go func() { // ends with the process
		io.Copy(io.Discard, out)
		s.reap(p)
	}()
	return p, nil
}

func (s *stage) start(name string, cmd *exec.Cmd, lifeline io.WriteCloser) (*process, error) {
	p := &process{name: name, cmd: cmd, lifeline: lifeline, ended: make(chan struct{})}
	p.said = &tail{listens: func() { s.tell(news{from: p, event: event{What: began}}) }}
	cmd.Stderr = p.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		lifeline.Close()
		return nil, err
	}
	s.running[p] = struct{}{}
	return p, nil
}

// tell hands news to the driver, unless it takes none any more.
func (s *stage) tell(n news) {
	select {
	case s.news <- n:
	case <-s.deaf:
	}
}

// reap waits for the end of a process that will say nothing more.
func (s *stage) reap(p *process) {
	p.err = p.cmd.Wait()
	close(p.ended)
	s.tell(news{from: p, ended: true})
}

// command says a line of words to a child.
func (p *process) command(words ...any) error {
	if _, err := fmt.Fprintln(p.lifeline, words...); err != nil && !p.doomed {
		return fmt.Errorf("%s: %v: %w", p.name, words, err)
	}
	return nil
}

func (p *process) signal(s syscall.Signal) error {
	err := p.cmd.Process.Signal(s)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// kill ends a process as the system does that has no memory left.
func (p *process) kill() error {
	p.doomed = true
	p.lifeline.Close()
	return p.signal(syscall.SIGKILL)
}

// end waits for a process whose lifeline was closed. It is to end well.
func (p *process) end() error {
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.signal(syscall.SIGKILL)
		<-p.ended
	}
	if p.doomed || p.err == nil {
		return nil
	}
	return fmt.Errorf("%s did not end well: %w; it said:\n%s", p.name, p.err, p.said)
}

// A tail keeps the last that a process wrote to its stderr, and hears when a
// daemon says that it takes links.
type tail struct {
	listens func()

	mu    sync.Mutex // guards the rest
	lines []string
	part  string
	heard bool
}

const tailLines = 60

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	in := bufio.NewScanner(strings.NewReader(t.part + string(b)))
	in.Buffer(nil, 1<<20)
	t.part = ""
	whole := strings.HasSuffix(string(b), "\n")
	for in.Scan() {
		t.lines = append(t.lines, in.Text())
		if !t.heard && strings.Contains(in.Text(), "directory takes links") {
			t.heard = true
			t.listens()
		}
	}
	if n := len(t.lines); !whole && n > 0 {
		t.part = t.lines[n-1]
		t.lines = t.lines[:n-1]
	}
	if n := len(t.lines); n > tailLines {
		t.lines = append([]string(nil), t.lines[n-tailLines:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return "    " + strings.Join(t.lines, "\n    ")
}
