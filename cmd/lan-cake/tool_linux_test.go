package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// buildTool builds the program layer-cake and returns its path.
func buildTool(t *testing.T) string {
	t.Helper()
	sources, err := filepath.Glob("../layer-cake/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources of layer-cake: %v", err)
	}
	for _, s := range sources {
		if _, err := os.Stat(s); err != nil { // go test then knows that it depends on them
			t.Fatal(err)
		}
	}
	tool := filepath.Join(t.TempDir(), "layer-cake")
	if out, err := exec.Command("go", "build", "-o", tool, "../layer-cake").CombinedOutput(); err != nil {
		t.Fatalf("go build layer-cake: %v\n%s", err, out)
	}
	return tool
}

// network waits until layer-cake network prints that tree on the machine, but
// for the identities and the order of siblings.
func (m *machine) network(tool, want string, args ...string) {
	m.t.Helper()
	want = sortTree(want)
	got := ""
	for late := time.After(patience); got != want; {
		c := exec.Command(tool, append([]string{"network"}, args...)...)
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := m.finish(c); err != nil {
			out.WriteString(err.Error())
		}
		got = sortTree(identities.ReplaceAllString(out.String(), ""))
		select {
		case <-late:
			m.t.Fatalf("layer-cake network on %s:\n%s\nwant:\n%s", m.name, got, want)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

var identities = regexp.MustCompile(` \([0-9a-f]{8}\)`)

// sortTree puts siblings in the order of their text, with what is below them.
func sortTree(tree string) string {
	const indent = "+   "
	var branches []string
	for line := range strings.Lines(strings.TrimSpace(tree) + "\n") {
		if rest, below := strings.CutPrefix(line, indent); below && len(branches) > 0 {
			branches[len(branches)-1] += rest
		} else {
			branches = append(branches, line)
		}
	}
	for i, b := range branches {
		if root, below, _ := strings.Cut(b, "\n"); below != "" {
			branches[i] = root + "\n"
			for line := range strings.Lines(sortTree(below)) {
				branches[i] += indent + line
			}
		}
	}
	slices.Sort(branches)
	return strings.Join(branches, "")
}

func TestSortTree(t *testing.T) {
	got := sortTree("[A]\n+   [C]\n+   +   [E]\n+   +   [D]\n+   [B]\n+   +   [F]\n")
	want := "[A]\n+   [B]\n+   +   [F]\n+   [C]\n+   +   [D]\n+   +   [E]\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
