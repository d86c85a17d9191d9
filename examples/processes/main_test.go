package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestWorkersAreRunAgain(t *testing.T) {
	program := filepath.Join(t.TempDir(), "processes")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var stderr bytes.Buffer
	c := exec.Command(program, "--workers=2")
	c.Stderr = &stderr
	out, err := c.Output()
	text := string(out)
	if err != nil || strings.Count(text, "says hello") != 3 || !strings.Contains(text, "fallen over: exit status 3") {
		t.Errorf("got %q, %v; stderr:\n%s", text, err, &stderr)
	}
}
