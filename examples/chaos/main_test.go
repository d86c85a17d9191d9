package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestMain is also the main of the children of a test, and of the program that a
// test interrupts.
func TestMain(m *testing.M) {
	if os.Getenv("CHAOS_MAIN") != "" || len(os.Args) > 1 && os.Args[1] == childWord {
		main()
	}
	os.Exit(m.Run())
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"frob"}, 2, "chaos: one word too many: \"frob\", see -help\n"},
		{[]string{"-for=ever"}, 2, "invalid value \"ever\" for flag -for: parse error\n"},
		{[]string{"-help"}, 0, "Usage of chaos:\n"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), test.args, &stdout, &stderr)
		if status != test.status || !strings.HasPrefix(stderr.String(), test.stderr) {
			t.Errorf("%q: status %d, %q, want %d, %q", test.args, status, &stderr, test.status, test.stderr)
		}
	}
}

// All of it, for a little while.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs")
	}
	t.Setenv("TMPDIR", t.TempDir())
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"-for=2s", "-seed=7"}, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d\n%s%s", status, &stdout, &stderr)
	}
	summary := regexp.MustCompile(`^seed 7, \d+s: [1-9]\d* phases, each ended at rest as the rules say
kill -9 \d+, SIGSTOP \d+, restarts \d+; links [1-9]\d*, slowed \d+, walled \d+, reset \d+; registrations changed [1-9]\d*
ends of sessions begun [1-9]\d*, over [1-9]\d*; messages checked [1-9]\d*
$`)
	if !summary.MatchString(stdout.String()) {
		t.Errorf("got %q", &stdout)
	}
	nothingLeft(t)
}

func nothingLeft(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// program returns this program as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), "CHAOS_MAIN=yes", "GORACE=atexit_sleep_ms=0")
	return c
}

// Who reads a report finds the seed, the rule, what was done, and what both ends
// saw last.
func TestReport(t *testing.T) {
	d := newDriver(t.Context(), io.Discard, 7)
	if err := tell(t, d.history, story); err != nil {
		t.Fatal(err)
	}
	d.note("kill -9 %s", "x@1")
	err := tell(t, d.history, "q1 got session=1 from=p1#1 n=1")
	var out strings.Builder
	d.report(&out, 7, err)
	want := regexp.MustCompile(`(?s)^chaos: seed 7, phase 0: R11: message 1 comes twice
    at q1    9 got session=1 n=1 from=p1#1
What was done in this phase:
     +\d+\.\d+ phase 0: kill -9 x@1
The last events of p1:
    p1    1 began
.*    p1    4 available name=a pattern=a scope=Group session=1
.*The last events of q1:
    q1    1 began
.*    q1    9 got session=1 n=1 from=p1#1
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("got\n%s", &out)
	}
}
