package actor

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// listenerVariable makes TestKilledListener the program that it kills.
const listenerVariable = "LAYER_CAKE_TEST_LISTENER"

func overTCP(t *testing.T) *System {
	t.Helper()
	sys, err := Open(&Options{Directory: "none", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return sys
}

// R12: who is connected with a process that is killed is told at once, and so he is with
// one that ends in good order.
func TestKilledListener(t *testing.T) {
	if os.Getenv(listenerVariable) != "" {
		listenUntilKilled(t)
		return
	}
	sys := overTCP(t)
	t.Cleanup(func() { sys.Close(context.Background()) })
	client := enter(t, sys, "client")
	client.Connect("127.0.0.1:1") // where nobody listens
	if m := got[NotConnected](t, client); !strings.Contains(m.Reason, "refused") {
		t.Errorf("got %v", m)
	}
	for name, end := range map[string]struct {
		how  func(*exec.Cmd, Address)
		want string
	}{
		"killed": {func(c *exec.Cmd, _ Address) { c.Process.Kill() }, "link lost: "},
		"asked":  {func(_ *exec.Cmd, remote Address) { client.Send(remote, "end") }, "the other actor has ended"},
	} {
		c := exec.Command(os.Args[0], "-test.run=^TestKilledListener$")
		c.Env = append(os.Environ(), listenerVariable+"=1")
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Process.Kill(); c.Wait() })
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		client.Connect(strings.TrimSpace(line))
		connected := got[Connected](t, client)
		if reply, err := Ask[string](t.Context(), client, connected.Remote, "hello"); err != nil || reply != "hello" {
			t.Errorf("%s: got %q, %v", name, reply, err)
		}
		end.how(c, connected.Remote)
		if m := got[Closed](t, client); m.Remote != connected.Remote || !strings.HasPrefix(m.Reason, end.want) {
			t.Errorf("%s: got %v, want %q", name, m, end.want)
		}
		client.Connect(strings.TrimSpace(line))
		got[NotConnected](t, client)
	}
}

// listenUntilKilled is the other program.
func listenUntilKilled(t *testing.T) {
	sys := overTCP(t)
	self, leave := sys.Enter("listener")
	defer func() {
		leave()
		sys.Close(context.Background())
	}()
	if err := self.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for {
		m, ok := self.InputWithin(time.Minute)
		if !ok {
			t.Fatal("nobody kills this program")
		}
		switch m := m.(type) {
		case Listening:
			fmt.Println(m.Address)
		case string:
			if m == "end" {
				return
			}
			self.Reply(m)
		}
	}
}
