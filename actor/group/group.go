// Package group runs a composite process: every role of a home as a process,
// children of one actor.
//
// It takes the lock of the home, starts every role, and goes on while one of
// them runs: a role that ends does not end the others. When it is stopped it
// stops all of them at once and waits for them; those that take no notice are
// killed, see package process. So nothing runs of a composite process whose
// actor has ended, and the lock is free only then.
package group

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/process"
	"github.com/layer-cake/layer-cake/actor/role"
)

// Config says what to run. Only Home must be set.
type Config struct {
	Home string // the folder of the composite process, see package role
	// Process is what the processes of the roles have in common; executable,
	// arguments and what they are told of the composite process come from the
	// home. The directory is that of the actor's own system if it is empty, the
	// level of logs that of its logger.
	Process process.Config
}

// Results say by role what its process returned: nil for one that ended well.
type Results map[string]any

// FailedError says which roles failed.
type FailedError struct{ Results Results }

// Error names each role that failed, and how.
func (e *FailedError) Error() string {
	var failed []string
	for _, name := range slices.Sorted(maps.Keys(e.Results)) {
		if err, ok := e.Results[name].(error); ok {
			failed = append(failed, fmt.Sprintf("%s: %v", name, err))
		}
	}
	return strings.Join(failed, "; ")
}

// Func returns an actor that runs the composite process. Its result is the
// Results if all roles ended well, a *FailedError if any did not, and
// actor.Aborted if it was stopped. It is an error at once if the home has no
// roles, and a *role.RunningError if it runs already.
func Func(c Config) actor.Func { return c.run }

func (c Config) run(self *actor.Self) any {
	home, err := role.Open(c.Home)
	if err != nil {
		return err
	}
	lock, err := home.Lock()
	if err != nil {
		return err
	}
	roles, err := home.List()
	if err == nil && len(roles) == 0 {
		err = fmt.Errorf("%s: there are no roles to run", c.Home)
	}
	if err != nil {
		lock.Unlock()
		return err
	}
	if c.Process.Minder == nil {
		c.Process.Minder = process.NewMinder(c.Process.Grace, self.Log())
		defer c.Process.Minder.Close()
	}
	g := &group{Self: self, running: make(map[actor.Address]string), results: make(Results)}
	for _, r := range roles {
		p := c.Process
		p.Env = append(slices.Clone(p.Env), actor.LevelVariable+"="+level(self.Log()))
		p.Path, p.Args, p.Role, p.Home = r.Executable, r.Arguments(), r.Name, home.Path()
		if p.Directory == "" {
			p.Directory = self.System().DirectoryAddress()
		}
		g.running[self.Spawn(process.Func(p), actor.Named(r.Name))] = r.Name
	}
	result := g.wait()
	if err := lock.Unlock(); err != nil {
		self.Log().Warn("the lock of the home was not given back", "home", home.Path(), "err", err)
	}
	return result
}

// level is the word for the lowest level that is logged.
func level(log *slog.Logger) string {
	for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if log.Enabled(context.Background(), l) {
			return l.String()
		}
	}
	return "NONE"
}

// A group is the composite process while it runs.
type group struct {
	*actor.Self
	running map[actor.Address]string // roles
	results Results
}

// wait waits until every role has ended, and ends them when it is told to stop.
func (g *group) wait() any {
	for m := range g.Messages() {
		if g.take(m); len(g.running) == 0 {
			return g.result()
		}
	}
	g.Log().Info("composite process stops", "running", len(g.running))
	for child := range g.running {
		if err := g.Stop(child); err != nil {
			g.Log().Debug("it has just ended", "role", g.running[child], "err", err)
		}
	}
	for len(g.running) > 0 {
		g.take(g.Input())
	}
	return actor.Aborted{}
}

// take notes the end of a role. There are no other messages for a group.
func (g *group) take(m any) {
	returned, ok := m.(actor.Returned)
	if !ok {
		return
	}
	if name, ok := g.running[returned.Child]; ok {
		delete(g.running, returned.Child)
		g.results[name] = returned.Value
	}
}

func (g *group) result() any {
	for _, value := range g.results {
		if _, failed := value.(error); failed {
			return &FailedError{g.results}
		}
	}
	return g.results
}
