package actor

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/layer-cake/layer-cake/actor/role"
)

// SettingPrefix begins the names of the environment variables that have settings:
// LC_V_ and the name of the flag in capitals, with _ for -. So LC_V_SERVER_ADDRESS is
// --server-address.
const SettingPrefix = "LC_V_"

// environmentName is the environment variable for the flag of that name.
func environmentName(flag string) string {
	return SettingPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Where values come from. A later source goes before the ones above it.
const (
	fromDefault     = "default"
	fromCommandLine = "command line"
	fromParts       = "parts" // of a struct, which has nothing of its own
	// In between: the name of an environment variable, and the path of a role's file.
)

// A settingError says which value is wrong, where it comes from, and why.
type settingError struct {
	flag, value, source string
	reason              error
}

func (e *settingError) Error() string {
	source := e.source
	if source == fromCommandLine {
		source = "the " + source
	}
	return fmt.Sprintf("--%s %q from %s: %v", e.flag, e.value, source, e.reason)
}

func (e *settingError) Unwrap() error { return e.reason }

// A given is a flag that a source mentions.
type given struct {
	flag  *pflag.Flag
	value string
}

// words takes arguments apart, and changes nothing.
func (c *commandLine) words(args []string) (list []given, err error) {
	err = c.all.ParseAll(args, func(f *pflag.Flag, value string) error {
		list = append(list, given{f, value})
		return nil
	})
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	switch {
	case err == nil && c.all.NArg() > 0:
		err = fmt.Errorf("unknown word %q", c.all.Arg(0))
	case errors.As(err, &missing):
		err = fmt.Errorf("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		err = fmt.Errorf("unknown flag --%s", unknown.GetSpecifiedName())
	}
	return list, err
}

// set sets what a source mentions, in order. A list of strings begins anew with each
// source.
func (c *commandLine) set(source string, list ...given) error {
	for _, s := range c.list {
		s.more = false
	}
	for _, g := range list {
		if err := g.flag.Value.Set(g.value); err != nil {
			return &settingError{g.flag.Name, g.value, source, err}
		}
		c.sources[g.flag.Name] = source
	}
	return nil
}

// take sets everything from the environment, the role's file and the command line,
// which is list, in this order.
func (c *commandLine) take(stored *storedSettings, list []given) error {
	if level := c.environment[LevelVariable]; level != "" {
		if err := c.set(LevelVariable, given{c.own.Lookup("debug-level"), level}); err != nil {
			return err
		}
	}
	known := make(map[string]bool)
	for _, s := range c.list { // a whole comes before its parts
		name := noted(s.flag, environmentNote)
		known[name] = true
		if value, ok := c.environment[name]; ok {
			if err := c.set(name, given{s.flag, value}); err != nil {
				return err
			}
		}
	}
	for name := range c.environment {
		if strings.HasPrefix(name, SettingPrefix) && !known[name] {
			c.unknown = append(c.unknown, name)
		}
	}
	slices.Sort(c.unknown)
	if stored != nil {
		more, err := c.words(stored.flags)
		if err != nil {
			return fmt.Errorf("%s: %w", stored.path, err)
		}
		if err := c.set(stored.path, more...); err != nil {
			return err
		}
	}
	return c.set(fromCommandLine, list...)
}

// The storedSettings of a role are those that its file has.
type storedSettings struct {
	path  string
	flags []string
}

// storedFor returns what is stored for the role that the process has: by its
// environment, where group-cake has started it, or else by its flags --home-path and
// --role-name, which must be right. It is nil if the process has no role.
//
// The rest are the arguments without those settings. Group-cake repeats them there,
// in front, since not every program of a role knows of files. Where they are not, the
// environment is that of another program, and was passed on.
func (c *commandLine) storedFor(args []string) (stored *storedSettings, rest []string, err error) {
	home, name := c.environment[HomeVariable], c.environment[RoleVariable]
	if home != "" && name != "" && role.CheckName(name) == nil {
		stored, err = readStored(home, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, args, nil // a process that was started under a name of its own
		}
		if err != nil {
			return nil, nil, err
		}
		n := len(stored.flags)
		if len(args) < n || !slices.Equal(args[:n], stored.flags) {
			return nil, args, nil // the role is a program that has started this one
		}
		return stored, args[n:], nil
	}
	list, err := c.words(args)
	if err != nil {
		return nil, args, nil // and so it will be said
	}
	home, name = "", ""
	for _, g := range list {
		switch g.flag {
		case c.own.Lookup("home-path"):
			home = g.value
		case c.own.Lookup("role-name"):
			name = g.value
		}
	}
	if home == "" || name == "" {
		return nil, args, nil
	}
	stored, err = readStored(home, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("--role-name=%s: there is no such role in %s", name, home)
	}
	return stored, args, err
}

func readStored(home, name string) (*storedSettings, error) {
	r, path, err := role.Read(home, name)
	if err != nil {
		return nil, err
	}
	return &storedSettings{path, r.Settings}, nil
}
