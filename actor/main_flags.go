package actor

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
)

// A commandLine has the flags of the settings and those of every program.
type commandLine struct {
	program  string
	settings *pflag.FlagSet
	own      *pflag.FlagSet
	all      *pflag.FlagSet

	directory     HostPort
	lanAddress    HostPort
	level         debugLevel
	help, version bool
}

func newCommandLine(program string, settings any) (*commandLine, error) {
	c := &commandLine{program: program, level: debugLevel(slog.LevelWarn)}
	c.settings, c.own, c.all = newFlags(program), newFlags(program), newFlags(program)
	c.own.Var(&c.directory, "connect-to-directory", "the directory above this process; it is found if not said")
	c.own.Var(&c.lanAddress, "lan-address", "where names of LAN scope take links; if not said, the private address of this machine")
	c.own.Var(&c.level, "debug-level", "the least that is logged: DEBUG TRACE OBJECT CONSOLE WARNING FAULT NONE, or INFO WARN ERROR")
	c.own.String("home-path", "", "the folder of the composite process")
	c.own.String("role-name", "", "the name in logs and the tree; if not said, that of the role")
	c.own.BoolVar(&c.version, "version", false, "print the version and exit")
	c.own.BoolVarP(&c.help, "help", "h", false, "print this and exit")
	if err := addSettings(c.settings, settings); err != nil {
		return nil, err
	}
	var err error
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

// parse reads the arguments. The error names the one that is wrong.
func (c *commandLine) parse(args []string) error {
	err := c.all.Parse(args)
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	switch {
	case err == nil && c.all.NArg() > 0:
		return fmt.Errorf("unknown word %q", c.all.Arg(0))
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s %q: %w", invalid.GetFlag().Name, invalid.GetValue(), errors.Unwrap(invalid))
	case errors.As(err, &missing):
		return fmt.Errorf("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		return fmt.Errorf("unknown flag --%s", unknown.GetSpecifiedName())
	}
	return err
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

// usage lists every flag with its type, its meaning and its default.
func (c *commandLine) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s [flags]\n", c.program)
	table := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	list := func(title string, flags *pflag.FlagSet) {
		fmt.Fprintf(table, "\n%s\n", title)
		flags.VisitAll(func(f *pflag.Flag) {
			if c.all.Lookup(f.Name) != f {
				return // the program has its own
			}
			fmt.Fprintf(table, "  %s\t%s\n", form(f), meaning(f))
		})
	}
	if c.settings.HasFlags() {
		list("Settings:", c.settings)
	}
	list("Flags of every Layer Cake program:", c.own)
	table.Flush()
	return b.String()
}

func form(f *pflag.Flag) string {
	text := "--" + f.Name
	if f.Shorthand != "" {
		text = "-" + f.Shorthand + ", " + text
	}
	if f.Value.Type() != "bool" {
		text += " " + f.Value.Type()
	}
	return text
}

func meaning(f *pflag.Flag) string {
	switch {
	case f.DefValue == "" || f.Name == "help" || f.Name == "version":
		return f.Usage
	case f.Usage == "":
		return "(default " + f.DefValue + ")"
	}
	return f.Usage + " (default " + f.DefValue + ")"
}
