package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
)

// What cannot be a directory above is no place to join (R18).
func TestJoiningWhatIsNoDirectory(t *testing.T) {
	other := openNode(t, directory.Process, "worker", "")
	for _, verb := range [][]string{{"publish", "a"}, {"subscribe", "a"}, {"ask", "a", "b"}} {
		var stdout, stderr bytes.Buffer
		args := append(verb, "--connect-to-directory="+other.Address())
		status := execute(args, &stdout, &stderr)
		want := "layer-cake " + verb[0] + ": worker at " + other.Address() + " is a directory of scope PROCESS and cannot be the parent of one of scope PROCESS\n"
		if status != 1 || !strings.HasSuffix(stderr.String(), want) {
			t.Errorf("%v: status %d, got\n%swant\n%s", args, status, &stderr, want)
		}
	}
}
