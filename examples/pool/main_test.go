package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPool(t *testing.T) {
	program := filepath.Join(t.TempDir(), "pool")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, test := range []struct {
		args []string
		ok   func(became map[string]int) bool
		want string
	}{
		{nil, func(b map[string]int) bool {
			return b["baked"]+b["declined"]+b["burnt"] == 20 && b["burnt"] == 1 && b["baked"] >= 7
		}, "20 orders that have ended, one of them burnt"},
		{[]string{"--queue=100"}, func(b map[string]int) bool {
			return b["baked"] == 19 && b["burnt"] == 1 && len(b) == 2
		}, "19 cakes and a fire"},
	} {
		var stderr bytes.Buffer
		c := exec.Command(program, test.args...)
		c.Stderr = &stderr
		out, err := c.Output()
		var became map[string]int
		if err == nil {
			err = json.Unmarshal(out, &became)
		}
		if err != nil || !test.ok(became) {
			t.Errorf("%v: got %s, %v, want %s; stderr:\n%s", test.args, out, err, test.want, &stderr)
		}
	}
	c := exec.Command(program, "--queue=-1")
	out, err := c.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("Queue is -1")) {
		t.Errorf("got %s, %v, want that the queue cannot be -1", out, err)
	}
}
