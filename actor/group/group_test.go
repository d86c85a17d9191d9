package group_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/group"
	"github.com/layer-cake/layer-cake/actor/process"
	"github.com/layer-cake/layer-cake/actor/role"
)

// TestMain is also the main of the processes that the tests start: what they do
// is the setting --do.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			child(os.Args[2:])
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

var children = map[string]func(args []string){
	"--do=exit": func(args []string) {
		status, _ := strconv.Atoi(strings.TrimPrefix(args[0], "--status="))
		os.Exit(status)
	},
	"--do=show": func(args []string) {
		fmt.Printf("%q %s %s %s %s\n", args, os.Getenv(actor.LevelVariable), os.Getenv(actor.RoleVariable), os.Getenv(actor.HomeVariable), os.Getenv(actor.DirectoryVariable))
	},
	"--do=obey": func([]string) { // ends when told to, and looks who is still there
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		fmt.Println(os.Getpid())
		<-signals
		home, err := role.Open(os.Getenv(actor.HomeVariable))
		if err != nil {
			fmt.Println(err)
			return
		}
		pid, running, err := home.Running()
		fmt.Println(pid == os.Getppid(), running, err)
	},
	"--do=hang": func([]string) { // takes no notice
		signal.Ignore(syscall.SIGTERM)
		fmt.Println(os.Getpid())
		select {}
	},
	"--do=hold-on": func([]string) { // ends with its lifeline
		signal.Ignore(syscall.SIGTERM)
		number, _ := strconv.Atoi(os.Getenv(actor.LifelineVariable))
		fmt.Println(os.Getpid())
		io.Copy(io.Discard, os.NewFile(uintptr(number), "lifeline"))
	},
	"supervise": func(args []string) {
		sys, err := actor.Open(&actor.Options{Directory: "none"})
		if err != nil {
			fmt.Println(err)
			return
		}
		a := sys.Spawn(group.Func(group.Config{Home: args[0], Process: process.Config{Output: os.Stdout, Grace: time.Second}}))
		fmt.Println(sys.Wait(context.Background(), a))
	},
}

// A bench is a system with a directory, a home, and a pipe that is the output of
// every role.
type bench struct {
	*testing.T
	sys    *actor.System
	self   string
	home   *role.Home
	lines  *bufio.Scanner
	ours   *os.File
	ended  chan string // roles, as the log tells
	common process.Config
}

func newBench(t *testing.T) *bench {
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home, err := role.Create(filepath.Join(t.TempDir(), role.DefaultHome), role.Group{})
	if err != nil {
		t.Fatal(err)
	}
	output, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	output.SetReadDeadline(time.Now().Add(20 * time.Second)) // a process that stays fails the test
	ended := make(chan string, 100)
	sys, err := actor.Open(&actor.Options{
		Scope:     actor.Group,
		Listen:    "127.0.0.1:0",
		Directory: "none",
		Logger:    slog.New(watcher{ended, ""}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sys.Close(context.Background()); err != nil {
			t.Error(err)
		}
		ours.Close()
		output.Close()
	})
	return &bench{t, sys, self, home, bufio.NewScanner(output), ours, ended, process.Config{Output: ours}}
}

// A watcher is a log that notes the roles that end.
type watcher struct {
	ended chan<- string
	role  string
}

func (w watcher) Enabled(context.Context, slog.Level) bool { return true }
func (w watcher) WithGroup(string) slog.Handler            { return w }
func (w watcher) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		if a.Key == "role" {
			w.role = a.Value.String()
		}
	}
	return w
}
func (w watcher) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "process ended" {
		w.ended <- w.role
	}
	return nil
}

func (b *bench) add(name string, settings ...string) {
	b.Helper()
	if _, err := b.home.Add(role.Addition{Executable: b.self, Name: name, Settings: settings}); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) start() actor.Address {
	return b.sys.Spawn(group.Func(group.Config{Home: b.home.Path(), Process: b.common}))
}

func (b *bench) wait(a actor.Address) any {
	b.Helper()
	value, err := b.sys.Wait(b.Context(), a)
	if err != nil {
		b.Error(err)
	}
	if pid, running, err := b.home.Running(); running || err != nil {
		b.Errorf("the lock is held by process %d after the end: %v", pid, err)
	}
	return value
}

func (b *bench) pid() int {
	b.Helper()
	b.lines.Scan()
	pid, err := strconv.Atoi(b.lines.Text())
	if err != nil {
		b.Fatalf("output: got %q, %v, want a pid", b.lines.Text(), b.lines.Err())
	}
	return pid
}

// quiet waits until no process holds the output any more.
func (b *bench) quiet(want ...string) {
	b.Helper()
	b.ours.Close()
	var got []string
	for b.lines.Scan() {
		got = append(got, b.lines.Text())
	}
	slices.Sort(got)
	if b.lines.Err() != nil {
		b.Errorf("output: %v", b.lines.Err())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestResults(t *testing.T) {
	b := newBench(t)
	if _, err := b.home.Add(role.Addition{Executable: b.self, Name: "shown", Count: 2, Settings: []string{"--do=show", "--x=a b"}, Words: []string{"-y"}}); err != nil {
		t.Fatal(err)
	}
	b.add("short", "--do=exit", "--status=0")
	got := b.wait(b.start())
	want := group.Results{"shown-0": nil, "shown-1": nil, "short": nil}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	shown := func(name string) string {
		return fmt.Sprintf(`["--x=a b" "--" "-y"] DEBUG %s %s %s`, name, b.home.Path(), b.sys.DirectoryAddress())
	}
	b.quiet(shown("shown-0"), shown("shown-1"))
	if b.sys.DirectoryAddress() == "" {
		t.Error("the directory does not listen")
	}
}

// A role that fails does not end the others.
func TestFailure(t *testing.T) {
	b := newBench(t)
	b.add("a", "--do=exit", "--status=3")
	b.add("b", "--do=obey")
	b.add("c", "--do=exit", "--status=2")
	if _, err := b.home.Add(role.Addition{Executable: "/nowhere/d", Name: "d"}); err != nil {
		t.Fatal(err)
	}
	a := b.start()
	pid := b.pid()
	ended := []string{<-b.ended, <-b.ended}
	slices.Sort(ended)
	if diff := cmp.Diff([]string{"a", "c"}, ended); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	got, want := b.wait(a), &group.FailedError{Results: group.Results{
		"a": actor.Faulted{Condition: "exit status 3", Explanation: b.self},
		"b": nil,
		"c": actor.Faulted{Condition: "exit status 2", Explanation: b.self},
		"d": actor.Faulted{Condition: "not started", Explanation: "fork/exec /nowhere/d: no such file or directory"},
	}}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	text := fmt.Sprintf("a: exit status 3 (%s); c: exit status 2 (%[1]s); d: not started (fork/exec /nowhere/d: no such file or directory)", b.self)
	if want.Error() != text {
		t.Errorf("error:\n got %s\nwant %s", want, text)
	}
	b.quiet("true true <nil>")
}

func TestRefused(t *testing.T) {
	b := newBench(t)
	got := b.wait(b.start())
	if err, ok := got.(error); !ok || err.Error() != b.home.Path()+": there are no roles to run" {
		t.Errorf("no roles: got %v", got)
	}
	b.add("a", "--do=exit", "--status=0")
	lock, err := b.home.Lock()
	if err != nil {
		t.Fatal(err)
	}
	value, err := b.sys.Wait(t.Context(), b.start())
	if err != nil {
		t.Error(err)
	}
	if running := (*role.RunningError)(nil); !errors.As(asError(value), &running) || *running != (role.RunningError{Home: b.home.Path(), PID: os.Getpid()}) {
		t.Errorf("locked: got %v", value)
	}
	if err := lock.Unlock(); err != nil {
		t.Error(err)
	}
	if err := b.home.Destroy(); err != nil {
		t.Error(err)
	}
	value, err = b.sys.Wait(t.Context(), b.start())
	if err != nil {
		t.Error(err)
	}
	if !errors.Is(asError(value), os.ErrNotExist) {
		t.Errorf("no home: got %v", value)
	}
}

func asError(value any) error {
	err, _ := value.(error)
	return err
}

// Stop ends the roles first, then the group: they still find the home locked by
// their parent.
func TestStop(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"a", "b", "c"} {
		b.add(name, "--do=obey")
	}
	a := b.start()
	b.pid()
	b.pid()
	b.pid()
	if err := b.sys.Stop(a); err != nil {
		t.Error(err)
	}
	if got := b.wait(a); got != (actor.Aborted{}) {
		t.Errorf("result: got %v, want Aborted", got)
	}
	b.quiet("true true <nil>", "true true <nil>", "true true <nil>")
}

// One that takes no notice is killed, and does not keep the others from ending
// in order.
func TestStopWithAHungRole(t *testing.T) {
	b := newBench(t)
	b.common.Grace = 1500 * time.Millisecond
	b.add("a", "--do=obey")
	b.add("b", "--do=hang")
	a := b.start()
	b.pid()
	b.pid()
	if err := b.sys.Stop(a); err != nil {
		t.Error(err)
	}
	if got := b.wait(a); got != (actor.Aborted{}) {
		t.Errorf("result: got %v, want Aborted", got)
	}
	b.quiet("true true <nil>")
}

// Roles end with their group-cake, however it ends and whatever they are.
func TestKilled(t *testing.T) {
	b := newBench(t)
	b.add("a", "--do=hold-on")
	b.add("b", "--do=hang")
	for name, script := range map[string]string{
		"c": "trap '' TERM; echo $$; while :; do sleep 1000; done",
		"d": "sleep 1000 & echo $$; wait",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := b.home.Add(role.Addition{Executable: path, Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(b.self, "supervise", b.home.Path())
	c.Stdout = b.ours
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		b.pid()
	}
	if pid, running, err := b.home.Running(); pid != c.Process.Pid || !running || err != nil {
		t.Errorf("Running: got %d, %v, %v, want %d", pid, running, err, c.Process.Pid)
	}
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("supervisor: %v", err)
	}
	b.quiet()
	lock, err := b.home.Lock() // its pid is still in the file, the lock is free
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Unlock(); err != nil {
		t.Error(err)
	}
}
