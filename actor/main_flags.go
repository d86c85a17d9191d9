package actor

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/pflag"
)

// A commandLine has the flags of the settings and those of every program, and where
// their values come from.
type commandLine struct {
	program  string
	settings *pflag.FlagSet
	own      *pflag.FlagSet
	all      *pflag.FlagSet
	list     []*setting        // those of the program, each whole before its parts
	sources  map[string]string // by flag; not there: the default
	unknown  []string          // environment variables that look like settings

	environment map[string]string

	directory               HostPort
	lanAddress              HostPort
	level                   debugLevel
	help, version, describe bool
}

func newCommandLine(program string, settings any) (*commandLine, error) {
	c := &commandLine{program: program, level: debugLevel(slog.LevelWarn), sources: make(map[string]string)}
	c.settings, c.own, c.all = newFlags(program), newFlags(program), newFlags(program)
	c.own.Var(&c.directory, "connect-to-directory", "the directory above this process; it is found if not said")
	c.own.Var(&c.lanAddress, "lan-address", "where names of LAN scope take links; if not said, the private address of this machine")
	c.own.Var(&c.level, "debug-level", "the least that is logged: DEBUG TRACE OBJECT CONSOLE WARNING FAULT NONE, or INFO WARN ERROR")
	c.own.String("home-path", "", "the folder of the composite process: with --role-name, the settings stored there are taken")
	c.own.String("role-name", "", "the name in logs and the tree; if not said, that of the role")
	c.own.BoolVar(&c.describe, "describe-settings", false, "print the settings as JSON, with their values, and exit")
	c.own.BoolVar(&c.version, "version", false, "print the version and exit")
	c.own.BoolVarP(&c.help, "help", "h", false, "print this and exit")
	for name, variable := range map[string]string{
		"connect-to-directory": DirectoryVariable,
		"debug-level":          LevelVariable,
		"home-path":            HomeVariable,
		"role-name":            RoleVariable,
	} {
		annotate(c.own.Lookup(name), environmentNote, variable)
	}
	var err error
	if c.list, err = addSettings(c.settings, settings); err != nil {
		return nil, err
	}
	c.settings.VisitAll(func(f *pflag.Flag) {
		if c.own.Lookup(f.Name) != nil && f.Name != "home-path" && f.Name != "role-name" {
			err = fmt.Errorf("settings: the flag --%s is one of every program", f.Name)
		}
	})
	c.all.AddFlagSet(c.settings) // first: a program may have its own --home-path and --role-name
	c.all.AddFlagSet(c.own)
	return c, err
}

func newFlags(program string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(program, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	return flags
}

// An argumentError says what is wrong with the command line.
type argumentError struct{ error }

func (e *argumentError) Unwrap() error { return e.error }

// read reads every source of settings. It returns what was asked for instead of a
// run, if anything. Help and the version are given whatever the settings are.
func (c *commandLine) read(environment map[string]string, args []string) (text string, err error) {
	c.environment = environment
	stored, args, err := c.storedFor(args)
	if err != nil {
		return "", err
	}
	list, err := c.words(args)
	if err != nil {
		return "", &argumentError{err}
	}
	for _, g := range list {
		if g.flag == c.own.Lookup("help") || g.flag == c.own.Lookup("version") {
			if err := c.set(fromCommandLine, g); err != nil {
				return "", &argumentError{err}
			}
		}
	}
	if text := c.information(); text != "" {
		return text, nil
	}
	if err := c.take(stored, list); err != nil {
		if e := (*settingError)(nil); errors.As(err, &e) && e.source == fromCommandLine {
			err = &argumentError{err}
		}
		return "", err
	}
	if c.describe {
		return c.description()
	}
	return c.information(), nil
}

// role returns the name that was given to the process.
func (c *commandLine) role() string { return c.all.Lookup("role-name").Value.String() }

// information returns what was asked for instead of a run.
func (c *commandLine) information() string {
	switch {
	case c.help:
		return c.usage()
	case c.version:
		return c.program + " " + version() + "\n"
	}
	return ""
}

// version returns the module of the program with its version, and that of Go.
func version() string {
	module := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		module = strings.TrimSpace(info.Main.Path + " " + info.Main.Version)
	}
	return module + " " + runtime.Version()
}
