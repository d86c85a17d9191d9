package main

import (
	"os"
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
		"host-cake":  func() { actor.Main(daemon.Host()) },
		"lan-cake":   func() { actor.Main(daemon.LAN()) },
		"oracle":     func() { actor.Main(oracle, &actor.Options{Types: odd}) },
		"stranger":   func() { actor.Main(stranger, &actor.Options{Types: odd}) },
	})
}

// An oddity is a message that the tool does not know.
type oddity struct {
	Words []string
	Depth map[string]any
}

var odd = actor.Types{actor.Type[oddity]("odd")}

// oracle answers each word with what is asked for.
func oracle(self *actor.Self) any {
	if err := self.Publish("oracle"); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m {
		case "text":
			self.Reply("two\x1b[31m\nlines")
		case "number":
			self.Reply(42)
		case "map":
			self.Reply(map[string]any{"a": []any{1, "<b>"}})
		case "nothing":
			self.Reply(nil)
		case "address":
			self.Reply(self.Address())
		case "odd":
			self.Reply(oddity{Words: []string{"a"}})
		case "fault":
			self.Reply(actor.Faulted{Condition: "no oracle", Explanation: "it is closed"})
		case "silence":
			os.Stdout.WriteString("asked\n")
		case "die":
			os.Exit(0) // no actor of this process can say that it ends
		}
	}
	return actor.Aborted{}
}

// stranger says to whoever is echo what is not known there, and returns what comes
// back.
func stranger(self *actor.Self) any {
	if err := self.Subscribe("echo"); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Available:
			self.Send(m.Publisher, oddity{[]string{"a", "b"}, map[string]any{"c": oddity{Words: []string{"d"}}}})
		case oddity:
			return m
		}
	}
	return actor.Aborted{}
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
		Cmds:                scriptCommands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("BIN", filepath.Dir(tool))
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
	})
}
