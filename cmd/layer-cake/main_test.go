package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"layer-cake": main,
		"group-cake": func() { actor.Main(daemon.Group()) },
	})
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
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
	})
}
