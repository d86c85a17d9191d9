package actor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// LevelVariable is the environment variable that has the level of logs where
// --debug-level does not say it. A composite process gives its own to its roles.
const LevelVariable = "LAYER_CAKE_DEBUG_LEVEL"

// Environment variables by which a composite process tells its roles about
// themselves. Main reads them and takes them out, so that a role does not pass
// them on.
const (
	// RoleVariable has the role's name, for logs and for the settings that are stored
	// for it. --role-name goes first in logs.
	RoleVariable = "LAYER_CAKE_ROLE"
	// LifelineVariable has the file descriptor, a number, of the reading end of a
	// pipe whose other end only group-cake holds. The pipe's end is a Stop.
	LifelineVariable = "LAYER_CAKE_LIFELINE"
)

// HomeVariable is the environment variable that has the absolute path of the home of
// the composite process, for the processes in it.
const HomeVariable = "LAYER_CAKE_HOME"

// Main runs f as the life of the process and exits. Nil options are the defaults.
//
// Each exported field of Options.Settings is a setting: a flag, whose name is the
// field's in kebab-case, and an environment variable. Those of a field that is a struct
// are settings too, so that Database.Host is --database-host, and --database takes JSON
// for several at once. The tag usage of a field is its help, the tag unit what a number
// means. A setting has its value from the last of these that says one:
//
//   - the struct as it is given to Main
//   - the environment: LC_V_DATABASE_HOST; a struct before its fields
//   - the role's file, if the process is a role of a composite process: what was given
//     to layer-cake add. Group-cake starts it so, and --home-path with --role-name do
//   - the command line: --name=value or --name value; a boolean is --name or --name=false;
//     what comes later goes before what came first
//
// A value that is wrong ends the process, wherever it comes from. A variable that begins
// with LC_V_ and is no setting is a warning, for other programs may know it. Main's own
// flags are in --help, which lists them all; --describe-settings prints every setting as
// JSON, with its value and where that comes from.
//
// Logs go to stderr from --debug-level up, which is warnings and faults unless said;
// they are coloured on a terminal unless NO_COLOR is set. At DEBUG they have what each
// actor receives and sends. Options.Logger, if given, is used as it is.
//
// SIGINT, SIGTERM and the end of the group-cake that started the process stop
// the actor; a second signal exits at once. Actors that still run after
// Options.Grace are named on stderr.
//
// A result that is an error goes to stderr. Aborted, or the end of a context, is
// none once Main has stopped the actor. Any other result but nil is printed to
// stdout as JSON.
//
//	0  the actor ended, and not with an error
//	1  it ended with one; the system could not be opened, or its directory
//	   cannot go on; actors were left; a second signal
//	2  the command line or another source of settings is wrong
func Main(f Func, options *Options) {
	environment := os.Environ()
	os.Unsetenv(RoleVariable)
	os.Unsetenv(LifelineVariable)
	os.Exit(run(os.Args, environment, os.Stdout, os.Stderr, f, options))
}

// run is Main with everything given, and returns the exit status. Signals are
// those of the process.
func run(args, environment []string, stdout, stderr io.Writer, f Func, options *Options) int {
	o := Options{}
	if options != nil {
		o = *options
	}
	m := &process{program: filepath.Base(args[0]), stdout: stdout, stderr: stderr}
	line, err := newCommandLine(m.program, o.Settings)
	if err != nil {
		return m.failed(err)
	}
	env := variables(environment)
	if text, err := line.read(env, args[1:]); err != nil {
		m.complain(err)
		if errors.As(err, new(*argumentError)) {
			fmt.Fprintf(stderr, "Try %s --help.\n", m.program)
		}
		return 2
	} else if text != "" {
		return m.print(text)
	}

	if role := line.role(); role != "" {
		o.Role = role
	} else if o.Role == "" {
		o.Role = env[RoleVariable]
	}
	if o.Logger == nil {
		o.Logger = newLogger(stderr, line.level, env["NO_COLOR"] != "", m.program, o.Role)
	}
	if line.directory != "" {
		o.Directory = string(line.directory)
	}
	if line.lanAddress != "" {
		o.LANAddress = string(line.lanAddress)
	}
	if o.Configure != nil {
		if err := o.Configure(&o); err != nil {
			return m.failed(err)
		}
	}
	if m.lifeline, err = openLifeline(env[LifelineVariable]); err != nil {
		return m.failed(err)
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	m.signals = signals
	if m.sys, err = Open(&o); err != nil {
		if e := (*openError)(nil); errors.As(err, &e) {
			err = e.reason // the program's name says enough
		}
		return m.failed(err)
	}
	if len(line.unknown) > 0 {
		m.sys.log.Warn("these variables are no settings of this program", "names", strings.Join(line.unknown, " "))
	}
	return m.live(f)
}

// variables returns an environment by name. Of doubles the last one counts.
func variables(environment []string) map[string]string {
	env := make(map[string]string, len(environment))
	for _, e := range environment {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	return env
}

// A process is one run of Main.
//
//	runs ──(signal, lifeline, fatal error)──► stopped ──(main actor ended)──► closing ──► over
//	runs ───────────────────────────(main actor ended)──────────────────────► closing
//	stopped, closing ──(Grace is over, second signal)──► over
type process struct {
	program        string
	stdout, stderr io.Writer
	sys            *System
	signals        <-chan os.Signal
	lifeline       <-chan struct{} // closed when group-cake is gone; nil: there is none

	main     Address
	signaled bool
	fatal    bool             // the system cannot go on
	stopped  bool             // for one of these or the lifeline, before the main actor ended
	ended    bool             // the main actor
	value    any              // its result
	overdue  <-chan time.Time // set by the first Stop, or by the end of the main actor
}

// live runs f as the main actor until everything has ended, and returns the
// exit status.
func (m *process) live(f Func) int {
	m.main = m.sys.Spawn(f)
	ended, closed := make(chan any, 1), make(chan error, 1)
	go func() {
		value, err := m.sys.Wait(context.Background(), m.main)
		if err != nil {
			value = err
		}
		ended <- value
		closed <- m.sys.Close(context.Background())
	}()
	for {
		select {
		case s := <-m.signals:
			if m.signaled {
				return m.failed(fmt.Errorf("%v again: not waiting for %s", s, m.running()))
			}
			m.signaled = true
			m.stop()
		case <-m.lifeline:
			m.lifeline = nil
			m.sys.log.Warn("group-cake is gone")
			m.stop()
		case err := <-m.sys.Fatal():
			if !m.fatal {
				m.fatal = true
				m.complain(err)
				m.stop()
			}
		case m.value = <-ended:
			m.ended = true
			m.limit()
		case err := <-closed:
			if !m.ended { // both were there, and select took this one
				m.value, m.ended = <-ended, true
			}
			return m.over(err)
		case <-m.overdue:
			return m.over(fmt.Errorf("after %v there still run: %s", m.sys.patience, m.running()))
		}
	}
}

// stop asks the main actor to end.
func (m *process) stop() {
	if m.ended {
		return
	}
	m.stopped = true
	m.limit()
	m.sys.Stop(m.main) // an error says that it has just ended
}

// limit starts the time in which everything must end. Actors that take messages
// are ended by force when Grace is over: they get a moment to do so.
func (m *process) limit() {
	if m.overdue == nil {
		m.overdue = time.After(m.sys.patience + afterGrace/2)
	}
}

// over returns the exit status, after err if there is one.
func (m *process) over(err error) int {
	status := 0
	if m.ended {
		status = m.report()
	}
	if err != nil {
		status = m.failed(err)
	}
	if m.fatal {
		status = 1
	}
	return status
}

// running returns the names of the actors that run, each once.
func (m *process) running() string {
	var names []string
	for info := range m.sys.Actors() {
		names = append(names, info.Name)
	}
	if len(names) == 0 {
		return "nobody"
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// report prints the result of the main actor.
func (m *process) report() int {
	switch value := m.value.(type) {
	case nil:
		return 0
	case error:
		if m.stopped && (errors.As(value, new(Aborted)) || errors.Is(value, context.Canceled)) {
			return 0
		}
		return m.failed(value)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(m.value); err != nil {
		return m.failed(fmt.Errorf("the result is a %T, which cannot be printed: %w", m.value, err))
	}
	return m.print(text.String())
}

func (m *process) print(text string) int {
	if _, err := io.WriteString(m.stdout, text); err != nil {
		return m.failed(err)
	}
	return 0
}

func (m *process) failed(err error) int {
	m.complain(err)
	return 1
}

// complaintTime is how long Main waits for somebody to take what it says on stderr:
// a pipe that nobody reads keeps no process from ending.
const complaintTime = time.Second

func (m *process) complain(err error) {
	said := make(chan struct{})
	go func() {
		fmt.Fprintf(m.stderr, "%s: %v\n", m.program, err)
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(complaintTime):
	}
}
