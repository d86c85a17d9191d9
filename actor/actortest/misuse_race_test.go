//go:build race

package actortest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
)

// In any program that is built with the race detector a Self that two goroutines use at
// once is a race, whatever they do with it. The test runs itself as that program.
func TestRaceDetectorFindsForeignGoroutines(t *testing.T) {
	if os.Getenv("ACTORTEST_RACE") != "" {
		race(t)
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), "ACTORTEST_RACE=yes")
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "DATA RACE") || !strings.Contains(string(out), "(*owner).touch") {
		t.Errorf("got %v, want a race in owner.touch:\n%s", err, out)
	}
}

func race(t *testing.T) {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(context.Background())
	sent := make(chan struct{})
	sys.Spawn(func(self *actor.Self) any {
		go func() {
			self.Reply("to nobody")
			close(sent)
		}()
		for range self.Messages() {
		}
		return nil
	})
	<-sent
}
