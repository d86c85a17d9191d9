package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"layer-cake": main,
		"group-cake": showCommandLine,
	})
}

// showCommandLine is in the place of group-cake.
func showCommandLine() {
	self, err := os.Executable()
	fmt.Printf("%q %q %v\n", self, os.Args[1:], err)
}

// The scripts run the tool as its users do.
func TestScripts(t *testing.T) {
	tool, err := exec.LookPath("layer-cake")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("BIN", filepath.Dir(tool))
			return nil
		},
	})
}
