package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const module = "github.com/layer-cake/layer-cake/"

// A stage is the folder the demo plays in and the programs that play.
type stage struct {
	folder string
	out    io.Writer
	watch  *watch // of what the programs log
	actors []*program
}

func newStage(folder string, out io.Writer) *stage {
	return &stage{folder: folder, out: out, watch: newWatch()}
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

func (s *stage) bin(name string) string { return filepath.Join(s.folder, "bin", name) }

func (s *stage) home() string { return "--home-path=" + filepath.Join(s.folder, "home") }

func (s *stage) build(ctx context.Context) error {
	bin := filepath.Join(s.folder, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "build", "-o", bin,
		module+"cmd/layer-cake", module+"cmd/group-cake", module+"cmd/host-cake",
		module+"examples/multihosting/server", module+"examples/multihosting/worker")
	c.Env = append(os.Environ(), "GOTMPDIR="+s.folder) // what an interrupted build leaves is removed with ours
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGINT) } // it, and its compilers
	c.WaitDelay = clearTime
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

func (s *stage) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	if name == "layer-cake" && args[0] != "network" {
		args = append(args[:1:1], append([]string{s.home()}, args[1:]...)...)
	}
	c := exec.CommandContext(ctx, s.bin(name), args...)
	c.Env = append(os.Environ(), "PATH="+filepath.Join(s.folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	return c
}

// show runs a command to its end and prints it with what it printed.
func (s *stage) show(ctx context.Context, name string, args ...string) error {
	s.say("$ %s %s", name, strings.Join(args, " "))
	out, err := s.command(ctx, name, args...).CombinedOutput()
	s.out.Write(out)
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, args[0], err)
	}
	return nil
}

// A program runs until it is stopped.
type program struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended; set before ended is closed
}

// start runs a program in the background, in a process group of its own: Ctrl-C
// at the terminal is the demo's to hand on. Its log is watched.
func (s *stage) start(name string, args ...string) (*program, error) {
	p := &program{name: name, cmd: s.command(context.Background(), name, args...), ended: make(chan struct{})}
	p.cmd.Stderr = s.watch
	p.cmd.Stdout = s.watch
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = time.Second // for one that was killed, whose roles have a while yet
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	s.actors = append(s.actors, p)
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
		s.watch.ended(p.name, p.err)
	}()
	return p, nil
}

// interrupt does what Ctrl-C does and waits for the end.
func (p *program) interrupt(ctx context.Context) error {
	p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("%s: %w", p.name, p.err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s has not ended: %w", p.name, ctx.Err())
	}
}

// clear ends what still runs and removes the folder.
func (s *stage) clear() error {
	var all []error
	for _, p := range s.actors {
		p.cmd.Process.Signal(os.Interrupt) // an error says that it has ended
	}
	patience := time.After(clearTime)
	for _, p := range s.actors {
		select {
		case <-p.ended:
		case <-patience:
			p.cmd.Process.Kill()
			<-p.ended
			all = append(all, fmt.Errorf("%s had to be killed", p.name))
		}
	}
	all = append(all, os.RemoveAll(s.folder))
	return errors.Join(all...)
}

// victim returns the role and the process of the worker that was started last.
func (s *stage) victim() (role string, pid int, err error) {
	for _, e := range s.watch.all("process started") {
		if strings.HasPrefix(e["role"], "worker-") {
			role = e["role"]
			pid, err = strconv.Atoi(e["pid"])
		}
	}
	if pid == 0 && err == nil {
		err = errors.New("no worker said that it had started")
	}
	return role, pid, err
}

func kill(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }

// freeAddress returns an address on this machine that nobody listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tree prints the directory tree once it has that many processes in the group
// and beside it, of which layer-cake itself is one.
func (s *stage) tree(ctx context.Context, host string, grouped, standalone int) error {
	for {
		out, err := s.command(ctx, "layer-cake", "network", "--connect-to-directory="+host).Output()
		text := string(out)
		in := strings.Count(text, "\n+   +   [PROCESS]")
		beside := strings.Count(text, "\n+   [PROCESS]")
		if err == nil && in == grouped && beside == standalone {
			s.say("$ layer-cake network")
			io.WriteString(s.out, text)
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the tree never had %d and %d processes; at last it was\n%s%v", grouped, standalone, text, err)
		}
	}
}
