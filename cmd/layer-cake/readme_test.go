package main

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
)

// What README shows of the shell is what happens there: after each command come
// just the lines that follow it, in whatever order the processes print them.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Try it from the shell\n")
	section, _, found := strings.Cut(section, "\n## ")
	if !found {
		t.Fatal("README has no such section")
	}
	host := openNode(t, directory.Host, "host-cake", "")
	t.Chdir(t.TempDir())
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	if out, err := exec.Command("layer-cake", "create", "--directory-at-host="+host.Address()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	shell := &shell{t: t, lines: make(chan string)}
	t.Cleanup(shell.end)
	commands := 0
	for line := range strings.Lines(section) {
		line, shown := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
		command, typed := strings.CutPrefix(line, "$ ")
		switch {
		case typed:
			shell.settle()
			shell.do(command)
			commands++
		case shown:
			shell.want = append(shell.want, sameEachTime(line))
		}
	}
	shell.settle()
	if commands != 5 {
		t.Errorf("README has %d commands, want 5", commands)
	}
}

// A shell runs commands as people type them.
type shell struct {
	t     *testing.T
	jobs  []*exec.Cmd
	noted *exec.Cmd   // $P
	lines chan string // what they print
	ended []chan struct{}
	want  []string // what is to come
}

func (s *shell) do(command string) {
	s.t.Helper()
	if command == "kill -9 $P" {
		if err := s.noted.Process.Kill(); err != nil {
			s.t.Error(err)
		}
		return
	}
	command, noted := strings.CutSuffix(command, " P=$!")
	c := exec.Command("sh", "-c", "exec "+strings.TrimSuffix(command, " &"))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	if noted {
		s.noted = c
	}
	ended := make(chan struct{})
	s.jobs, s.ended = append(s.jobs, c), append(s.ended, ended)
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.lines <- sameEachTime(lines.Text())
		}
	}()
}

// settle waits for the lines that are to come.
func (s *shell) settle() {
	s.t.Helper()
	for late := time.After(patience); len(s.want) > 0; {
		select {
		case line := <-s.lines:
			i := slices.Index(s.want, line)
			if i < 0 {
				s.t.Fatalf("this was printed, and README does not show it:\n%s\nbut\n%s", line, strings.Join(s.want, "\n"))
			}
			s.want = slices.Delete(s.want, i, i+1)
		case <-late:
			s.t.Fatalf("README shows this, and it is not printed:\n%s", strings.Join(s.want, "\n"))
		}
	}
}

// end kills what runs, and waits for it.
func (s *shell) end() {
	for i, c := range s.jobs {
		c.Process.Kill() // an error says that it has ended
		for ended := false; !ended; {
			select {
			case <-s.lines:
			case <-s.ended[i]:
				ended = true
			}
		}
		c.Wait() // it was killed
	}
}

// sameEachTime is a line without what differs from time to time.
func sameEachTime(line string) string {
	line = addresses.ReplaceAllString(line, "A")
	line = regexp.MustCompile(`"time":"[^"]*"`).ReplaceAllString(line, "T")
	return regexp.MustCompile(`link lost: .*`).ReplaceAllString(line, "link lost")
}
