package process

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// What a child finds in its environment.
const (
	// LifelineVariable is the number of the file that is at its end once the
	// parent is gone.
	LifelineVariable = "LAYER_CAKE_LIFELINE"
	// RoleVariable is the name of its role.
	RoleVariable = "LAYER_CAKE_ROLE"
	// HomeVariable is the absolute path of the home of its composite process.
	HomeVariable = "LAYER_CAKE_HOME"
	// DirectoryVariable is the address of its parent directory, host:port. If the
	// Config says none it is that of this process.
	DirectoryVariable = "LAYER_CAKE_DIRECTORY"
)

// DefaultGrace is the time between SIGTERM and SIGKILL. It leaves room in the
// ten seconds that actor.Options.Grace gives to everything.
const DefaultGrace = 7 * time.Second

// Config says what to run. Only Path must be set.
type Config struct {
	Path string   // of the executable
	Args []string // the command line after its first word, which is Path
	Env  []string // NAME=value, added to the environment of this process
	Dir  string   // where it runs; empty: the current folder

	Role      string // see RoleVariable
	Home      string // see HomeVariable
	Directory string // see DirectoryVariable

	Output *os.File      // its stdout and stderr; nil: os.Stderr. Its stdin is empty
	Grace  time.Duration // between SIGTERM and SIGKILL; zero: DefaultGrace
}

// Func returns an actor that runs the process. Its result is nil for the exit
// status 0, actor.Aborted if it was stopped, and else an actor.Faulted that says
// "exit status 3", "killed by signal 9" or "not started". It takes no messages.
func Func(c Config) actor.Func { return c.run }

func (c Config) run(self *actor.Self) any {
	child, err := c.start()
	if err != nil {
		return actor.Faulted{Condition: "not started", Explanation: err.Error()}
	}
	defer child.end() // nothing stays behind, whatever happens here
	self.Log().Debug("process started", "path", c.Path, "pid", child.pid)
	select {
	case <-child.ended:
		return c.result(child.state)
	case <-self.Context().Done():
	}
	child.terminate()
	grace := time.NewTimer(c.grace())
	defer grace.Stop()
	select {
	case <-child.ended:
	case <-grace.C:
		self.Log().Warn("process killed: it took no notice of SIGTERM", "path", c.Path, "pid", child.pid, "after", c.grace())
		child.end()
	}
	return actor.Aborted{}
}

func (c Config) grace() time.Duration {
	if c.Grace <= 0 {
		return DefaultGrace
	}
	return c.Grace
}

func (c Config) start() (*child, error) {
	if c.Dir != "" {
		if _, err := os.Stat(c.Dir); err != nil {
			return nil, err // the one of exec would blame the executable
		}
	}
	return start(c.command())
}

func (c Config) command() *exec.Cmd {
	output := c.Output
	if output == nil {
		output = os.Stderr
	}
	// Not exec.Command: Path is a path, and is not looked for in PATH.
	return &exec.Cmd{
		Path:   c.Path,
		Args:   slices.Concat([]string{c.Path}, c.Args),
		Env:    c.environment(os.Environ()),
		Dir:    c.Dir,
		Stdout: output,
		Stderr: output,
	}
}

// environment is that of the child, without the lifeline. Role and home are not
// passed on from this process: they are its own.
func (c Config) environment(inherited []string) []string {
	env := slices.DeleteFunc(slices.Concat(inherited, c.Env), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return name == LifelineVariable || name == RoleVariable || name == HomeVariable
	})
	for _, v := range [][2]string{{RoleVariable, c.Role}, {HomeVariable, c.Home}, {DirectoryVariable, c.Directory}} {
		if v[1] != "" {
			env = append(env, v[0]+"="+v[1])
		}
	}
	return env
}

// result is what the actor returns for a process that ended by itself.
func (c Config) result(state *os.ProcessState) any {
	fault := actor.Faulted{Condition: "ended in an unknown way", Explanation: c.Path}
	if state == nil {
		return fault // it could not be waited for
	}
	if state.Success() {
		return nil
	}
	fault.Condition = state.String()
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		fault.Condition = fmt.Sprintf("killed by signal %d", int(status.Signal()))
	}
	return fault
}
