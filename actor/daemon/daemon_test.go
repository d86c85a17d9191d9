package daemon_test

import (
	"bufio"
	"net"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
	"github.com/layer-cake/layer-cake/actor/role"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"host-cake":  func() { actor.Main(daemon.Host()) },
		"lan-cake":   func() { actor.Main(daemon.LAN()) },
		"group-cake": func() { actor.Main(daemon.Group()) },
		"publisher": func() {
			s := &settings{Scope: actor.Host}
			actor.Main(s.publish, &actor.Options{Settings: s})
		},
		"subscriber": func() {
			s := &settings{Scope: actor.Host}
			actor.Main(s.subscribe, &actor.Options{Settings: s})
		},
		"lan-publisher": func() {
			s := &settings{Scope: actor.LAN}
			actor.Main(s.publish, &actor.Options{Settings: s, LANAddress: "127.0.0.1:0"})
		},
		"lan-subscriber": func() {
			s := &settings{Scope: actor.LAN}
			actor.Main(s.subscribe, &actor.Options{Settings: s, LANAddress: "127.0.0.1:0"})
		},
	})
}

// The scripts run the daemons as their users do.
func TestScripts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // the scripts run when this function has returned
	group := t.TempDir() + "/home"
	if _, err := role.Create(group, role.Group{DirectoryAtHost: "127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TAKEN", taken.Addr().String())
			env.Setenv("HOME_PATH", group)
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
	})
}

type settings struct {
	Name  string
	Scope actor.Scope
}

// publish answers until it has been found once, and lost.
func (s *settings) publish(self *actor.Self) any {
	if err := self.Publish(s.Name, s.Scope); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case string:
			if err := self.Reply(m); err != nil {
				return err
			}
		case actor.Dropped:
			return nil
		}
	}
	return actor.Aborted{}
}

// subscribe returns where it found a publisher, when that has answered: a session
// in which nothing was said may be over before the publisher hears of it.
func (s *settings) subscribe(self *actor.Self) any {
	if err := self.Subscribe(s.Name, s.Scope); err != nil {
		return err
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Available:
			if err := self.Send(m.Publisher, m.Scope.String()); err != nil {
				return err
			}
		case string:
			return m
		}
	}
	return actor.Aborted{}
}

// start runs a daemon until the test ends, and returns where it takes links.
func start(t *testing.T, args ...string) (at string) {
	t.Helper()
	c := exec.Command(args[0], append(args[1:], "--debug-level=INFO")...)
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		<-drained
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v", args[0], err)
		}
	})
	found := make(chan string, 1)
	go func() {
		defer close(drained)
		line := regexp.MustCompile(`directory takes links".* at=(127\.0\.0\.1:[1-9][0-9]*)`)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if m := line.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	select {
	case at = <-found:
	case <-drained:
		t.Fatalf("%s ended", args[0])
	case <-time.After(20 * time.Second):
		t.Fatalf("%s does not say where it takes links", args[0])
	}
	return at
}

func output(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.Command(args[0], args[1:]...)
	out, err := c.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		t.Errorf("%q: %v: %s", args, err, exit.Stderr)
	} else if err != nil {
		t.Error(err)
	}
	return string(out)
}

// Two roles meet at their group-cake; a process outside finds a role through the
// host-cake, which the home names.
func TestTree(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	host := start(t, "host-cake", "--directory-at-host=127.0.0.1:0", "--directory-at-lan=127.0.0.1:1")
	path := t.TempDir() + "/home"
	home, err := role.Create(path, role.Group{DirectoryAtHost: host})
	if err != nil {
		t.Fatal(err)
	}
	for name, setting := range map[string]string{"publisher": "--name=inside", "subscriber": "--name=inside"} {
		executable, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := home.Add(role.Addition{Executable: executable, Name: name, Settings: []string{setting}}); err != nil {
			t.Fatal(err)
		}
	}
	got := output(t, "group-cake", "--home-path="+path)
	want := "{\n    \"publisher\": null,\n    \"subscriber\": null\n}\n"
	if got != want {
		t.Errorf("within a group:\n got %s\nwant %s", got, want)
	}

	if err := home.Destroy(); err != nil {
		t.Fatal(err)
	}
	if home, err = role.Create(path, role.Group{DirectoryAtHost: host}); err != nil {
		t.Fatal(err)
	}
	executable, err := exec.LookPath("publisher")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := home.Add(role.Addition{Executable: executable, Name: "publisher", Settings: []string{"--name=outside"}}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	go func() { ended <- output(t, "group-cake", "--home-path="+path) }()
	if got, want := output(t, "subscriber", "--name=outside", "--connect-to-directory="+host), "\"Host\"\n"; got != want {
		t.Errorf("through host-cake: got %q, want %q", got, want)
	}
	if got, want := <-ended, "{\n    \"publisher\": null\n}\n"; got != want {
		t.Errorf("group-cake: got %q, want %q", got, want)
	}
}

// Processes of two machines: each has its own host-cake, below one lan-cake.
func TestNetwork(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	lan := start(t, "lan-cake", "--directory-at-lan=127.0.0.1:0")
	here := start(t, "host-cake", "--directory-at-host=127.0.0.1:0", "--directory-at-lan="+lan)
	there := start(t, "host-cake", "--directory-at-host=127.0.0.1:0", "--directory-at-lan="+lan)
	ended := make(chan string, 1)
	go func() { ended <- output(t, "lan-publisher", "--name=far", "--connect-to-directory="+there) }()
	if got, want := output(t, "lan-subscriber", "--name=far", "--connect-to-directory="+here), "\"LAN\"\n"; got != want {
		t.Errorf("through lan-cake: got %q, want %q", got, want)
	}
	if got := <-ended; got != "" {
		t.Errorf("publisher: got %q", got)
	}
}
