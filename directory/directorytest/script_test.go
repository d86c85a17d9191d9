package directorytest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScripts runs the scripts of testdata, each with several orders of what waits:
// the cases that are known to be hard, and what seeds have found.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for schedule := range uint64(20) {
				if err := runAs(string(text), schedule); err != nil {
					t.Fatalf("schedule %d: %v", schedule, err)
				}
			}
		})
	}
}

func TestOrders(t *testing.T) {
	got := orders("a\nany order\nb; c\nd\nend\ne")
	if want := "a\nb\n c\nd\ne|a\nd\nb\n c\ne"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", strings.Join(got, "|"), want)
	}
}

// What a script expects and does not get is a fault.
func TestScriptFails(t *testing.T) {
	const setting = "start h1\nstart h1p1\npublish h1p1:1 HOST 1 a\nsubscribe h1p1:2 HOST a\nrest 0\n"
	for _, test := range []struct{ lines, rule string }{
		{"lacks h1p1:2 a", "script"},
		{"has h1p1:2 a HOST h1p1>h1p1", "script"},
		{"has h1p1:2 b PROCESS h1p1>h1p1", "script"},
		{"has h1p1:2 a PROCESS h1p1>p1", "script"},
		{"steady h1p1:2 a\nwork h1p1\nstop h1p1:1\nrest 1", "R8"},
		{"never h1p1:2 a h1p1>h1p1\nsubscribe h1p1:1 HOST b\nrest 1", "R8"},
	} {
		err := Run(setting + test.lines)
		var fault *Fault
		if !errors.As(err, &fault) || fault.Rule != test.rule {
			t.Errorf("%s: %v, want a fault of %s", test.lines, err, test.rule)
		}
	}
	if err := Run(setting + "has h1p1:2 a PROCESS h1p1>h1p1"); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"jump h1":                        "there is no action jump",
		"start h9":                       "there is no site h9",
		"start":                          "start has 0 arguments, want 1",
		"publish h1 LAN 1 a":             "h1 is no actor, want one such as h1p1:2",
		"publish h1:1 MOON 1 a":          "there is no scope MOON",
		"kill h1 -1":                     "-1 is negative",
		"start h1 # one\n\ncut h1>lan 0": "cut has 2 arguments, want 4",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
