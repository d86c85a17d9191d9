package actor

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The test binary is also a program: when it is called by that name it runs
// Main, as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, programs)
}

var programs = map[string]func(){"program": program}

// AddProgram adds one that scripts may run, from the examples.
func AddProgram(name string, f func()) bool {
	programs[name] = f
	return true
}

// settings are those of the program.
type programSettings struct {
	Result string        `usage:"what it returns: nil text table error aborted cancelled unprintable panic"`
	Until  string        `usage:"when it ends: now stop never"`
	Say    string        `usage:"a warning to log"`
	Grace  time.Duration `usage:"how long it may take to stop"`
	Times  int
	Names  []string `usage:"some names"`
}

func program() {
	s := &programSettings{Result: "nil", Until: "now", Grace: 10 * time.Second}
	var settings any = s
	switch os.Getenv("PROGRAM_SETTINGS") {
	case "wrong":
		settings = *s
	case "taken":
		settings = &struct{ Version int }{}
	case "parts":
		settings = partedDefault()
	case "own-home":
		settings = &struct {
			HomePath string `usage:"where it lives"`
		}{".layer-cake"}
	}
	grace, _ := time.ParseDuration(os.Getenv("PROGRAM_GRACE"))
	Main(s.run, &Options{Settings: settings, Grace: grace, Directory: "none"})
}

type partedSettings struct {
	Database struct {
		Rate int `usage:"how fast" unit:"requests a second"`
		Wait time.Duration
	} `usage:"where things are kept"`
	Quick bool
}

func partedDefault() *partedSettings {
	s := &partedSettings{Quick: true}
	s.Database.Rate, s.Database.Wait = 5, time.Second
	return s
}

func (s *programSettings) run(self *Self) any {
	if s.Say != "" {
		self.Log().Warn(s.Say)
	}
	switch s.Until {
	case "stop":
		fmt.Println("runs")
		<-self.Context().Done()
		fmt.Println("stops")
	case "never":
		self.Spawn(func(self *Self) any { select {} }, Named("deaf-child"))
		fmt.Println("runs")
		<-self.Context().Done()
		fmt.Println("stops")
		select {}
	case "fatal":
		office{self.System()}.Fatal(errors.New("port 54195 is taken"))
		<-self.Context().Done()
	case "straggler":
		self.System().Spawn(func(self *Self) any { select {} }, Named("straggler"))
	}
	switch s.Result {
	case "text":
		return "<done> " + strings.Join(s.Names, " ")
	case "table":
		return [][]float64{{0.5, 1}, {2, 3}}
	case "error":
		return Faulted{"no luck", "it is Sunday"}
	case "aborted":
		return fmt.Errorf("stopped: %w", Aborted{})
	case "cancelled":
		return fmt.Errorf("query: %w", self.Context().Err())
	case "unprintable":
		return make(chan int)
	case "panic":
		panic("oh")
	case "environment":
		var list []string
		for _, name := range []string{DirectoryVariable, LevelVariable, LifelineVariable, RoleVariable} {
			if value, ok := os.LookupEnv(name); ok {
				list = append(list, name+"="+value)
			}
		}
		return list
	}
	return nil
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// status N program args… runs a program that must exit with N.
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				var exit *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
					got = exit.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if neg || got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
		},
	})
}

// A running is the program as a process.
type running struct {
	*exec.Cmd
	t      *testing.T
	said   *bufio.Reader // its stdout
	stderr bytes.Buffer
}

func startProgram(t *testing.T, environment []string, files []*os.File, args ...string) *running {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, Cmd: &exec.Cmd{Path: path, Args: append([]string{"program"}, args...), ExtraFiles: files}}
	r.Env = append(os.Environ(), environment...)
	r.Stderr = &r.stderr
	stdout, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.said = bufio.NewReader(stdout)
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Process.Kill() })
	return r
}

// says waits for a line.
func (r *running) says(want string) {
	r.t.Helper()
	got, err := r.said.ReadString('\n')
	if got != want+"\n" {
		r.t.Fatalf("said %q, %v; want %q; stderr:\n%s", got, err, want, &r.stderr)
	}
}

func (r *running) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// ends waits for the end, and compares the status, and stderr.
func (r *running) ends(status int, stderr string) {
	r.t.Helper()
	rest, err := io.ReadAll(r.said)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Wait()
	if got := r.ProcessState.ExitCode(); got != status || len(rest) > 0 {
		r.t.Errorf("exit status %d, want %d; said %q", got, status, rest)
	}
	if got := r.stderr.String(); got != stderr {
		r.t.Errorf("stderr:\n%s\nwant:\n%s", got, stderr)
	}
}

func TestSignalStops(t *testing.T) {
	for _, test := range []struct {
		signal       syscall.Signal
		result, want string
	}{
		{syscall.SIGINT, "nil", ""},
		{syscall.SIGTERM, "aborted", ""},
		{syscall.SIGTERM, "cancelled", ""},
		{syscall.SIGINT, "error", "program: no luck (it is Sunday)\n"},
	} {
		r := startProgram(t, nil, nil, "--until=stop", "--result", test.result)
		r.says("runs")
		r.signal(test.signal)
		r.says("stops")
		r.ends(min(len(test.want), 1), test.want)
	}
}

func TestSecondSignalExits(t *testing.T) {
	r := startProgram(t, nil, nil, "--until=never", "--debug-level=none")
	r.says("runs")
	r.signal(syscall.SIGTERM)
	r.says("stops")
	r.signal(syscall.SIGINT)
	r.ends(1, "program: interrupt again: not waiting for actor.programSettings.run, deaf-child\n")
}

func TestGraceNamesWhoIsLeft(t *testing.T) {
	r := startProgram(t, []string{"PROGRAM_GRACE=50ms"}, nil, "--until=never", "--debug-level=none")
	r.says("runs")
	r.signal(syscall.SIGINT)
	r.says("stops")
	r.ends(1, "program: after 50ms there still run: actor.programSettings.run, deaf-child\n")
}

// The end of the main actor is a Stop for the others.
func TestGraceForStragglers(t *testing.T) {
	r := startProgram(t, []string{"PROGRAM_GRACE=50ms"}, nil, "--until=straggler", "--result=text", "--debug-level=none")
	r.says(`"<done> "`)
	r.ends(1, "program: after 50ms there still run: straggler\n")
}

// rope returns the two ends of a pipe, the first for a process.
func rope(t *testing.T) (end, hold *os.File) {
	t.Helper()
	end, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end.Close(); hold.Close() })
	return end, hold
}

func TestLifelineStops(t *testing.T) {
	end, hold := rope(t)
	r := startProgram(t, []string{"LAYER_CAKE_LIFELINE=3"}, []*os.File{end}, "--until=stop", "--result=aborted", "--debug-level=fault")
	r.says("runs")
	hold.Close()
	r.says("stops")
	r.ends(0, "")
}

func TestLifelineThenGrace(t *testing.T) {
	end, hold := rope(t)
	r := startProgram(t, []string{"LAYER_CAKE_LIFELINE=3", "PROGRAM_GRACE=50ms"}, []*os.File{end}, "--until=never", "--debug-level=none")
	r.says("runs")
	hold.Close()
	r.says("stops")
	r.ends(1, "program: after 50ms there still run: actor.programSettings.run, deaf-child\n")
}

// One signal beside the end of the lifeline is not the second.
func TestLifelineAndSignal(t *testing.T) {
	end, hold := rope(t)
	r := startProgram(t, []string{"LAYER_CAKE_LIFELINE=3", "PROGRAM_GRACE=200ms"}, []*os.File{end}, "--until=never", "--debug-level=none")
	r.says("runs")
	hold.Close()
	r.says("stops")
	r.signal(syscall.SIGINT)
	r.ends(1, "program: after 200ms there still run: actor.programSettings.run, deaf-child\n")
}

func TestLifelineMustBeAPipe(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for number, want := range map[string]string{
		"x":  "program: LAYER_CAKE_LIFELINE=x: this is no number of a pipe\n",
		"1":  "program: LAYER_CAKE_LIFELINE=1: this is no number of a pipe\n",
		"3":  "program: LAYER_CAKE_LIFELINE=3: file descriptor 3 is no pipe\n",
		"99": "program: LAYER_CAKE_LIFELINE=99: stat lifeline: bad file descriptor\n",
	} {
		startProgram(t, []string{"LAYER_CAKE_LIFELINE=" + number}, []*os.File{file}).ends(1, want)
	}
}

// What a role is told about itself is not told to those it starts.
func TestEnvironmentOfRoleStays(t *testing.T) {
	end, _ := rope(t)
	r := startProgram(t, []string{"LAYER_CAKE_LIFELINE=3", "LAYER_CAKE_ROLE=r", "LAYER_CAKE_DIRECTORY=127.0.0.1:1"}, []*os.File{end}, "--result=environment")
	r.says("[")
	r.says(`    "LAYER_CAKE_DIRECTORY=127.0.0.1:1"`)
	r.says("]")
	r.ends(0, "")
}

func TestFatalErrorOfTheSystem(t *testing.T) {
	startProgram(t, nil, nil, "--until=fatal", "--result=aborted", "--debug-level=none").ends(1, "program: port 54195 is taken\n")
}

// A stalled is a pipe that nobody reads.
type stalled chan struct{}

func (s stalled) Write(p []byte) (int, error) {
	<-s
	return len(p), nil
}

// Who reads no stderr keeps no process from ending.
func TestStalledStderr(t *testing.T) {
	stderr := make(stalled)
	status := make(chan int, 1)
	go func() {
		fails := func(*Self) any { return Faulted{Condition: "no luck"} }
		status <- run([]string{"program", "--debug-level=none"}, nil, io.Discard, stderr, fails, nil)
	}()
	select {
	case got := <-status:
		if got != 1 {
			t.Errorf("exit status %d, want 1", got)
		}
	case <-time.After(10 * complaintTime):
		t.Error("it does not end")
	}
	close(stderr)
}
