package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the main of the demo that a test interrupts.
func TestMain(m *testing.M) {
	if os.Getenv("MULTIHOSTING_DEMO") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		arg            string
		status         int
		stdout, stderr string
	}{
		{"--help", 0, manual, ""},
		{"--frob", 2, "", "multihosting: flag provided but not defined: -frob; it takes none, see --help\n"},
		{"frob", 2, "", "multihosting: one word too many: \"frob\"; it takes none, see --help\n"},
	} {
		var stdout, stderr bytes.Buffer
		status := run([]string{test.arg}, &stdout, &stderr)
		if status != test.status || stdout.String() != test.stdout || stderr.String() != test.stderr {
			t.Errorf("%s: status %d, %q, %q, want %d, %q, %q",
				test.arg, status, &stdout, &stderr, test.status, test.stdout, test.stderr)
		}
	}
}

// Who interrupts the demo finds nothing left of it: no process that holds its
// stderr, and no file.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	for _, after := range []string{"Building the programs.", "$ layer-cake run &"} {
		folder := t.TempDir()
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(self)
		c.Env = append(os.Environ(), "MULTIHOSTING_DEMO=yes", "TMPDIR="+folder, "GORACE=atexit_sleep_ms=0")
		var stderr bytes.Buffer
		c.Stderr = &stderr
		stdout, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(stdout)
		for lines.Scan() && lines.Text() != after {
		}
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		for lines.Scan() {
		}
		err = c.Wait() // also for the end of stderr
		left, e := os.ReadDir(folder)
		if err == nil || err.Error() != "exit status 1" || !strings.HasSuffix(stderr.String(), "multihosting: interrupted\n") || e != nil || len(left) > 0 {
			t.Errorf("after %q: %v, stderr %q; left are %v, %v", after, err, &stderr, left, e)
		}
	}
}
