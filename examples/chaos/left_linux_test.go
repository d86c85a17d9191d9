package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whoever ends the program leaves nothing behind, not even a process that is
// stopped: neither a signal nor kill -9.
func TestNothingIsLeft(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs")
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			c := program(t, "-v", "-seed=1", "-for=1h")
			var stderr bytes.Buffer
			c.Stderr = &stderr
			stdout, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			processes := startedUntil(bufio.NewScanner(stdout), "SIGSTOP")
			if err := c.Process.Signal(signal); err != nil {
				t.Error(err)
			}
			err = c.Wait()
			if signal == syscall.SIGTERM {
				if err == nil || err.Error() != "exit status 1" || stderr.String() != "chaos: interrupted\n" {
					t.Errorf("%v, stderr %q", err, &stderr)
				}
				nothingLeft(t)
			}
			if len(processes) < 13 {
				t.Errorf("only %d processes were started: %v; stderr %q", len(processes), processes, &stderr)
			}
			for _, pid := range processes {
				for runs(pid) {
					time.Sleep(10 * time.Millisecond) // nobody else says when it is gone
				}
			}
		})
	}
}

// startedUntil returns the processes that were started until a line has a word.
func startedUntil(lines *bufio.Scanner, word string) (pids []string) {
	start := regexp.MustCompile(`start \S+, process (\d+)`)
	for lines.Scan() {
		if m := start.FindStringSubmatch(lines.Text()); m != nil {
			pids = append(pids, m[1])
		}
		if strings.Contains(lines.Text(), word) {
			break
		}
	}
	return pids
}

// runs reports whether a process is there and no zombie.
func runs(pid string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}
