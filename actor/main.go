package actor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
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
