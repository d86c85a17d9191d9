package layercake

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// README's code is code that is built and tested: each block is a file of the
// examples.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("examples/*/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known[string(code)] = true
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) != 3 {
		t.Errorf("README has %d blocks of code, want 3", len(blocks))
	}
	for _, block := range blocks {
		if !known[string(block[1])] {
			t.Errorf("this is no file of the examples:\n%s", block[1])
		}
	}
}

// README builds all programs into one folder: each has a name of its own, or one would
// be written over another.
func TestProgramsHaveNamesOfTheirOwn(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{if eq .Name \"main\"}}{{.ImportPath}}{{end}}", "./cmd/...", "./examples/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{}
	for _, program := range strings.Fields(string(out)) {
		name := path.Base(program)
		if other := programs[name]; other != "" {
			t.Errorf("%s and %s are both built as %s", other, program, name)
		}
		programs[name] = program
	}
	if programs["host-cake"] == "" || programs["publisher"] == "" {
		t.Errorf("the programs are %v; host-cake and publisher are not among them", programs)
	}
}
