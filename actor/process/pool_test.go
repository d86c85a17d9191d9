package process_test

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/process"
)

// A pooled is a worker in a process of its own, by its role: it replies with that and
// its pid, and dies of "die" as if somebody had killed it.
type pooled string

func (role pooled) run(self *actor.Self) any {
	if err := self.Publish("pooled:" + string(role)); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m {
		case "die":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "who?":
			self.Reply(fmt.Sprintf("%s %d", role, os.Getpid()))
		}
	}
	return actor.Aborted{}
}

// The children of a pool may be processes: they are started, their workers found, and
// they are replaced when they die.
func TestPoolOfProcesses(t *testing.T) {
	host, err := actor.Open(&actor.Options{Scope: actor.Host, Listen: "127.0.0.1:0", Directory: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	sys, err := actor.Open(&actor.Options{Directory: host.DirectoryAddress()})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(context.Background())
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	self, leave := sys.Enter("client")
	defer leave()

	work := func(self *actor.Self) any {
		return process.Func(process.Config{
			Path: path, Args: []string{"pooled"},
			Role: self.Name(), Directory: host.DirectoryAddress(),
			Env: []string{actor.LevelVariable + "=NONE", "GORACE=atexit_sleep_ms=0"},
		})(self)
	}
	pool := self.Spawn(actor.Pool{Of: work, Size: 1, Pattern: "pooled:.*", StandDown: time.Millisecond}.Run, actor.Named("work"))

	// A process takes as long for its start as it takes: the pool says meanwhile
	// that there is no worker.
	who := func() (role string, pid int) {
		for t.Context().Err() == nil {
			reply, err := actor.Ask[string](t.Context(), self, pool, "who?")
			switch err.(type) {
			case nil:
				if _, err := fmt.Sscan(reply, &role, &pid); err != nil {
					t.Fatal(err)
				}
				return role, pid
			case actor.Unavailable, actor.Undelivered: // it is not there yet, or the one before was
			default:
				t.Fatal(err)
			}
		}
		return "", 0
	}
	role, pid := who()
	if role != "work-0" {
		t.Errorf("got the role %q, want work-0", role)
	}
	// The request kills each process that it is given to, and ends with the third.
	for {
		_, err = actor.Ask[string](t.Context(), self, pool, "die")
		if _, none := err.(actor.Unavailable); !none {
			break
		}
	}
	if _, ok := err.(actor.Undelivered); !ok {
		t.Errorf("got %v, want Undelivered", err)
	}
	role, again := who()
	if role != "work-0" || again == pid {
		t.Errorf("got %q %d, want work-0 and another than %d", role, again, pid)
	}
	self.Stop(pool)
	for m := range self.Messages() {
		if m, ok := m.(actor.Returned); ok {
			if m.Value != (actor.Aborted{}) {
				t.Errorf("the pool returned %v", m.Value)
			}
			break
		}
	}
	if err := syscall.Kill(again, 0); err != syscall.ESRCH {
		t.Errorf("process %d is still there: %v", again, err)
	}
}
