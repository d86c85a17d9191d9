// Package hello tests the two programs of this folder as processes.
package hello

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/layer-cake/layer-cake/"

func TestHello(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin,
		module+"cmd/host-cake", module+"examples/hello/publisher", module+"examples/hello/subscriber")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	start := func(name string, args ...string) *bufio.Scanner {
		c := exec.Command(filepath.Join(bin, name), args...)
		stderr, err := c.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			c.Process.Kill()
			c.Wait()
		})
		return bufio.NewScanner(stderr)
	}

	// Host-cake says where it listens.
	log := start("host-cake", "--directory-at-host=127.0.0.1:0", "--debug-level=INFO")
	address := ""
	for address == "" && log.Scan() {
		for _, field := range strings.Fields(log.Text()) {
			if value, ok := strings.CutPrefix(field, "at="); ok {
				address = value
			}
		}
	}
	if address == "" {
		t.Fatal("host-cake does not say where it listens")
	}
	start("publisher", "--connect-to-directory="+address)
	var stderr bytes.Buffer
	c := exec.Command(filepath.Join(bin, "subscriber"), "--connect-to-directory="+address)
	c.Stderr = &stderr
	out, err := c.Output()
	if got, want := string(out), "\"hello, world\"\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q; stderr:\n%s", got, err, want, &stderr)
	}
}
