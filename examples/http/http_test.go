// Package http tests the two programs of this folder as processes.
package http

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/layer-cake/layer-cake/examples/http/"

func TestHTTP(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, module+"squares", module+"visitor")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "squares"), "--server-address=127.0.0.1:0", "--tick=1ms", "--ticks=3")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "serving at ")
	if err != nil || !ok {
		t.Fatalf("the server says %q, %v", line, err)
	}
	out, err := exec.Command(filepath.Join(bin, "visitor"), address).CombinedOutput()
	want := regexp.MustCompile(`^the square of 12 is 144\n(it is \d\d:\d\d:\d\d\n){3}$`)
	if err != nil || !want.Match(out) {
		t.Errorf("got %q, %v, want %s", out, err, want)
	}
}
