package actor

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// watchedVariable has the directory for the process that TestWatchAKilledProcess kills.
const watchedVariable = "LAYER_CAKE_TEST_WATCHED"

// An actor in a process that is killed, and can say nothing, has ended to who watches it.
func TestWatchAKilledProcess(t *testing.T) {
	if directory := os.Getenv(watchedVariable); directory != "" {
		l := &loop{t, directory}
		self := publishes(t, l.open(Options{}), "server")
		for { // until it is killed
			if m := self.Input(); m == "end" {
				return
			}
		}
	}
	l := newLoop(t)
	c := exec.Command(os.Args[0], "-test.run=^TestWatchAKilledProcess$")
	c.Env = append(os.Environ(), watchedVariable+"="+l.directory)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	defer c.Process.Kill()
	self, server := finds(t, l.open(Options{}), "server")
	self.Watch(server)
	asked := Address{at: server.at}
	asked.at.Key++
	self.Watch(asked) // what follows is heard there by then
	if e := await[Ended](t, self); e.Actor != asked {
		t.Fatalf("got %v", e)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	e := await[Ended](t, self)
	if u, ok := e.Value.(Undelivered); !ok || e.Actor != server || u.To != server || !strings.HasPrefix(u.Reason, "link lost: ") {
		t.Errorf("got %v", e)
	}
}
