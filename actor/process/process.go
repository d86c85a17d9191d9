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

// DefaultGrace is the time between SIGTERM and SIGKILL. It leaves room in the
// ten seconds that actor.Options.Grace gives to everything.
const DefaultGrace = 7 * time.Second

// Config says what to run. Only Path must be set.
type Config struct {
	Path string   // of the executable
	Args []string // the command line after its first word, which is Path
	Env  []string // NAME=value, added to the environment of this process
	Dir  string   // where it runs; empty: the current folder

	Role      string // the name of its role, for actor.RoleVariable
	Home      string // the path of its composite process, for actor.HomeVariable
	Directory string // its parent directory, for actor.DirectoryVariable; empty: as for this process

	Output *os.File      // its stdout and stderr; nil: os.Stderr. Its stdin is empty
	Grace  time.Duration // between SIGTERM and SIGKILL; zero: DefaultGrace

	Minder *Minder // of several processes; nil: this one has its own
}

// Func returns an actor that runs the process. Its result is nil for the exit
// status 0, actor.Aborted if it was stopped, and else an actor.Faulted that says
// "exit status 3", "killed by signal 9" or "not started". It takes no messages.
func Func(c Config) actor.Func { return c.run }

func (c Config) run(self *actor.Self) any {
	log := self.Log().With("path", c.Path)
	if c.Role != "" {
		log = log.With("role", c.Role)
	}
	if self.Context().Err() != nil {
		return actor.Aborted{}
	}
	minder := c.Minder
	if minder == nil {
		minder = NewMinder(c.grace(), log)
		defer minder.Close()
	}
	child, err := c.start(minder)
	if err != nil {
		log.Warn("process not started", "err", err)
		return actor.Faulted{Condition: "not started", Explanation: err.Error()}
	}
	defer child.end() // nothing stays behind, whatever happens here
	log = log.With("pid", child.pid)
	log.Info("process started")
	select {
	case <-child.ended:
		result := c.result(child.state)
		if result == nil {
			log.Info("process ended", "result", child.state)
		} else {
			log.Warn("process ended", "result", result)
		}
		return result
	case <-self.Context().Done():
	}
	child.terminate()
	grace := time.NewTimer(c.grace())
	defer grace.Stop()
	select {
	case <-child.ended:
		log.Info("process stopped", "result", child.state)
	case <-grace.C:
		child.end()
		log.Warn("process killed: it took no notice of SIGTERM", "after", c.grace())
	}
	return actor.Aborted{}
}

func (c Config) grace() time.Duration {
	if c.Grace <= 0 {
		return DefaultGrace
	}
	return c.Grace
}

func (c Config) start(minder *Minder) (*child, error) {
	if c.Dir != "" {
		if _, err := os.Stat(c.Dir); err != nil {
			return nil, err // the one of exec would blame the executable
		}
	}
	return start(c.command(), minder)
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
		return name == actor.LifelineVariable || name == actor.RoleVariable || name == actor.HomeVariable
	})
	for _, v := range [][2]string{{actor.RoleVariable, c.Role}, {actor.HomeVariable, c.Home}, {actor.DirectoryVariable, c.Directory}} {
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
