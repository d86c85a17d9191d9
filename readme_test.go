package layercake

import (
	"os"
	"path/filepath"
	"regexp"
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
