package process_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/process"
)

// TestMain is also the main of the processes that the tests start: what they do
// is the first word of their command line.
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
	"exit": func(args []string) {
		status, _ := strconv.Atoi(args[0])
		os.Exit(status)
	},
	"kill-itself": func([]string) {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	},
	"show": func(args []string) {
		folder, _ := os.Getwd()
		input, err := io.ReadAll(os.Stdin)
		fmt.Printf("%q %s %q %v leader=%v\n", args, folder, input, err, syscall.Getpgrp() == os.Getpid())
		for _, name := range []string{"ADDED", actor.RoleVariable, actor.HomeVariable, actor.DirectoryVariable, actor.LifelineVariable} {
			value, ok := os.LookupEnv(name)
			fmt.Fprintln(os.Stderr, name, value, ok)
		}
	},
	"obey": func([]string) { // ends when told to
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		fmt.Println(os.Getpid())
		fmt.Println(<-signals)
	},
	"die": func([]string) { // ends by SIGTERM
		fmt.Println("ready")
		select {}
	},
	"hang": func([]string) { // takes no notice
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("ready")
		select {}
	},
	"hold-on": func([]string) { // ends with its lifeline
		signal.Ignore(syscall.SIGTERM)
		number, _ := strconv.Atoi(os.Getenv(actor.LifelineVariable))
		fmt.Println("ready")
		io.Copy(io.Discard, os.NewFile(uintptr(number), "lifeline"))
	},
	"leave-alone": func([]string) { // has a child that takes no notice, and ends by SIGTERM
		self, _ := os.Executable()
		c := exec.Command(self, "hang")
		c.Stdout = os.Stdout
		if err := c.Start(); err != nil {
			fmt.Println(err)
		}
		select {}
	},
	"leave": func([]string) { // ends, and leaves a child that takes no notice
		self, _ := os.Executable()
		c := exec.Command(self, "hang")
		c.Stdout = os.Stdout
		fmt.Println(os.Getpid())
		if err := c.Start(); err != nil {
			fmt.Println(err)
		}
		select {}
	},
	"program": func([]string) { // of Layer Cake
		os.Args = os.Args[:1]
		actor.Main(func(self *actor.Self) any {
			fmt.Println("ready")
			for range self.Messages() {
			}
			time.Sleep(200 * time.Millisecond) // what it has to do, and a second SIGTERM would cut short
			fmt.Println("ends in order")
			return actor.Aborted{}
		}, nil)
	},
	"pooled": func([]string) {
		os.Args = os.Args[:1]
		actor.Main(pooled(os.Getenv(actor.RoleVariable)).run, nil)
	},
	"supervise": func(args []string) {
		sys, err := actor.Open(&actor.Options{Directory: "none"})
		if err != nil {
			fmt.Println(err)
			return
		}
		self, _ := os.Executable()
		for _, what := range args {
			c := process.Config{Path: self, Args: []string{what}, Output: os.Stdout, Grace: time.Second}
			c.Env = []string{actor.LevelVariable + "=NONE"}
			if script, ok := strings.CutPrefix(what, "sh "); ok {
				c.Path, c.Args = "/bin/sh", []string{"-c", script}
			}
			sys.Spawn(process.Func(c))
		}
		select {}
	},
}

// A system of actors, and a pipe that is the output of their processes.
type bench struct {
	*testing.T
	sys    *actor.System
	self   string
	output *os.File
	lines  *bufio.Scanner
	ours   *os.File
}

func newBench(t *testing.T) *bench {
	sys, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	output, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	output.SetReadDeadline(time.Now().Add(20 * time.Second)) // a process that stays fails the test
	t.Cleanup(func() {
		if err := sys.Close(context.Background()); err != nil {
			t.Error(err)
		}
		ours.Close()
		output.Close()
	})
	return &bench{t, sys, self, output, bufio.NewScanner(output), ours}
}

func (b *bench) spawn(c process.Config, args ...string) actor.Address {
	c.Path, c.Args, c.Output = b.self, args, b.ours
	c.Env = append(c.Env, "GORACE=atexit_sleep_ms=0")
	return b.sys.Spawn(process.Func(c))
}

func (b *bench) wait(a actor.Address) any {
	b.Helper()
	value, err := b.sys.Wait(b.Context(), a)
	if err != nil {
		b.Error(err)
	}
	return value
}

func (b *bench) line(want string) {
	b.Helper()
	if !b.lines.Scan() || b.lines.Text() != want {
		b.Fatalf("output: got %q, %v, want %q", b.lines.Text(), b.lines.Err(), want)
	}
}

// pid is the number that a process prints.
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
	if b.lines.Err() != nil {
		b.Errorf("output: %v", b.lines.Err())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestResult(t *testing.T) {
	b := newBench(t)
	got := []any{
		b.wait(b.spawn(process.Config{}, "exit", "0")),
		b.wait(b.spawn(process.Config{}, "exit", "3")),
		b.wait(b.spawn(process.Config{}, "kill-itself")),
		b.wait(b.sys.Spawn(process.Func(process.Config{Path: "/nowhere/worker"}))),
		b.wait(b.spawn(process.Config{Dir: "/nowhere"}, "exit", "0")),
		b.wait(b.sys.Spawn(process.Func(process.Config{Path: "worker"}))),
	}
	want := []any{
		nil,
		actor.Faulted{Condition: "exit status 3", Explanation: b.self},
		actor.Faulted{Condition: "killed by signal 9", Explanation: b.self},
		actor.Faulted{Condition: "not started", Explanation: "fork/exec /nowhere/worker: no such file or directory"},
		actor.Faulted{Condition: "not started", Explanation: "stat /nowhere: no such file or directory"},
		actor.Faulted{Condition: "not started", Explanation: "fork/exec worker: no such file or directory"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	b.quiet()
}

func TestEnvironment(t *testing.T) {
	for _, name := range []string{actor.LifelineVariable, actor.RoleVariable, actor.HomeVariable, actor.DirectoryVariable} {
		t.Setenv(name, "of the parent")
	}
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.wait(b.spawn(process.Config{
		Env:       []string{"ADDED=x=y", actor.RoleVariable + "=wrong"},
		Dir:       folder,
		Role:      "worker-1",
		Home:      "/a/home",
		Directory: "127.0.0.1:1",
	}, "show", "--limit=5", "", "-- x"))
	b.wait(b.spawn(process.Config{Dir: folder}, "show"))
	b.quiet(
		`["--limit=5" "" "-- x"] `+folder+` "" <nil> leader=true`,
		"ADDED x=y true",
		"LAYER_CAKE_ROLE worker-1 true",
		"LAYER_CAKE_HOME /a/home true",
		"LAYER_CAKE_DIRECTORY 127.0.0.1:1 true",
		"LAYER_CAKE_LIFELINE 3 true",
		`[] `+folder+` "" <nil> leader=true`,
		"ADDED  false",
		"LAYER_CAKE_ROLE  false",
		"LAYER_CAKE_HOME  false",
		"LAYER_CAKE_DIRECTORY of the parent true",
		"LAYER_CAKE_LIFELINE 3 true",
	)
}

func TestStop(t *testing.T) {
	b := newBench(t)
	a := b.spawn(process.Config{}, "obey")
	b.pid()
	if err := b.sys.Stop(a); err != nil {
		t.Error(err)
	}
	if got := b.wait(a); got != (actor.Aborted{}) {
		t.Errorf("result: got %v, want Aborted", got)
	}
	b.quiet("terminated")
}

func TestStopOfAHungProcess(t *testing.T) {
	b := newBench(t)
	a := b.spawn(process.Config{Grace: 50 * time.Millisecond}, "hang")
	b.line("ready")
	if err := b.sys.Stop(a); err != nil {
		t.Error(err)
	}
	if got := b.wait(a); got != (actor.Aborted{}) {
		t.Errorf("result: got %v, want Aborted", got)
	}
	b.quiet()
}

// A process that is suspended hears SIGTERM all the same.
func TestStopOfASuspendedProcess(t *testing.T) {
	b := newBench(t)
	a := b.spawn(process.Config{Grace: time.Hour}, "obey")
	if err := syscall.Kill(b.pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := b.sys.Stop(a); err != nil {
		t.Error(err)
	}
	if got := b.wait(a); got != (actor.Aborted{}) {
		t.Errorf("result: got %v, want Aborted", got)
	}
	b.quiet("terminated")
}

func TestNothingStaysBehind(t *testing.T) {
	b := newBench(t)
	a := b.spawn(process.Config{}, "leave")
	pid := b.pid()
	b.line("ready") // the grandchild
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if got, want := b.wait(a), (actor.Faulted{Condition: "killed by signal 15", Explanation: b.self}); got != want {
		t.Errorf("result: got %v, want %v", got, want)
	}
	b.quiet()
}

// Whatever the children are, nothing is left of a process that was killed; and
// who ends when asked is asked once.
func TestSupervisorKilled(t *testing.T) {
	b := newBench(t)
	c := b.supervise(
		"program",
		"hold-on",
		"hang",
		"leave-alone",
		`sh trap '' TERM; echo ready; while :; do sleep 1000; done`,
		`sh sleep 1000 & sleep 1000 & echo ready; wait`,
	)
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("supervisor: %v", err)
	}
	b.quiet("ends in order")
}

// supervise starts a process with children, and waits until they are ready.
func (b *bench) supervise(words ...string) *exec.Cmd {
	b.Helper()
	c := exec.Command(b.self, append([]string{"supervise"}, words...)...)
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	c.Stdout = b.ours
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	for range words {
		b.line("ready")
	}
	return c
}
