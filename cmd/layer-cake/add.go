package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/layer-cake/layer-cake/actor/role"
)

func newAdd(home *string) *cobra.Command {
	var count, start int
	c := &cobra.Command{
		Use:   "add EXECUTABLE [ROLE] [--SETTING[=VALUE]...] [-- WORD...]",
		Short: "Add a role, or several",
		Long: `Add adds a role: a process that will be run, under a name.

EXECUTABLE is the path of a program, or the name of one in PATH. ROLE is the name
of the role; without it the role is named as the executable is. Names that begin
with group are reserved.

With --role-count=N there are N roles, ROLE-0 and so on, with the same executable
and settings; --role-start=K has them begin at ROLE-K. All are added, or none.

Every flag that is not one of those below is a setting of the role. It is kept,
and given to the executable as it is written, in the same order. The value of a
setting must be written --name=value: in "--name value" nobody could tell a value
from the next word. Words after -- are kept and given to the executable too. A Layer Cake
program is asked, by --describe-settings, whether it takes them; what it refuses is
not added.

    layer-cake add ./server
    layer-cake add ./worker --role-count=8 --limit=60
    layer-cake add /usr/bin/tail access-log -- -F /var/log/access.log

A composite process that runs has its new roles when it is run again.`,
		DisableFlagParsing: true, // what is unknown is a setting
		RunE: func(c *cobra.Command, args []string) error {
			line, err := readAdd(c, args)
			if err != nil {
				return err
			}
			if help, err := c.Flags().GetBool("help"); help || err != nil {
				return errors.Join(err, c.Help())
			}
			if err := words(1, "EXECUTABLE", "ROLE")(c, line.words); err != nil {
				return err
			}
			counted := c.Flags().Changed("role-count")
			if counted && count < 1 {
				return usageError{fmt.Sprintf("--role-count=%d: it must be from 1 to %d", count, role.MaxCount)}
			}
			if !counted && c.Flags().Changed("role-start") {
				return usageError{"--role-start is for --role-count, which is missing"}
			}
			executable, err := find(line.words[0])
			if err != nil {
				return err
			}
			name := filepath.Base(executable)
			if len(line.words) > 1 {
				name = line.words[1]
			}
			h, err := openHome(*home)
			if err != nil {
				return err
			}
			if err := checkSettings(executable, line.settings, line.roleWords); err != nil {
				return err
			}
			_, err = h.Add(role.Addition{
				Executable: executable,
				Name:       name,
				Count:      count,
				Start:      start,
				Settings:   line.settings,
				Words:      line.roleWords,
			})
			return err
		},
	}
	c.Flags().IntVar(&count, "role-count", 0, "add `N` roles, 1 to 1000, named ROLE-0 and so on")
	c.Flags().IntVar(&start, "role-start", 0, "begin at ROLE-`K`")
	return c
}

// An addLine is the command line of add, taken apart.
type addLine struct {
	words     []string
	settings  []string
	roleWords []string // after --
}

// readAdd takes args apart and reads the flags that are c's own.
func readAdd(c *cobra.Command, args []string) (line addLine, err error) {
	c.InheritedFlags() // puts them among c.Flags()
	var own []string
	bare := "" // the argument before, if it is a setting without a value
	for len(args) > 0 && args[0] != "--" {
		arg, name, value := args[0], "", false
		args = args[1:]
		if strings.HasPrefix(arg, "--") {
			name, _, value = strings.Cut(arg[2:], "=")
		}
		flag := c.Flags().Lookup(name)
		switch {
		case arg == "-h":
			own = append(own, arg)
		case !strings.HasPrefix(arg, "-") && bare != "":
			return line, usageError{fmt.Sprintf("%s %s: write %[1]s=%[2]s if that is its value, or put the word before the settings", bare, arg)}
		case !strings.HasPrefix(arg, "-"):
			line.words = append(line.words, arg)
		case name == "":
			return line, usageError{fmt.Sprintf("%s: a setting is written --name=value; what else the executable is to be given follows --", arg)}
		case flag == nil:
			line.settings = append(line.settings, arg)
		default:
			own = append(own, arg)
			if !value && takesValue(flag) && len(args) > 0 {
				own, args = append(own, args[0]), args[1:]
			}
		}
		bare = ""
		if name != "" && flag == nil && !value {
			bare = arg
		}
	}
	if len(args) > 0 {
		line.roleWords = args[1:]
	}
	if err := c.Flags().Parse(own); err != nil {
		return line, usageError{err.Error()}
	}
	return line, nil
}

func takesValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// find returns the absolute path of the executable that word means: a path, or
// else a name in PATH.
func find(word string) (string, error) {
	if info, err := os.Stat(word); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
		return filepath.Abs(word)
	} else if err == nil && strings.ContainsRune(word, filepath.Separator) {
		return "", fmt.Errorf("%s: it is no executable file", quoted(word))
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	path, err := exec.LookPath(word)
	switch {
	case err != nil && strings.ContainsRune(word, filepath.Separator):
		return "", fmt.Errorf("%s: there is no such file", quoted(word))
	case err != nil:
		return "", fmt.Errorf("%s: there is no executable of that name, neither here nor in PATH", quoted(word))
	}
	return filepath.Abs(path)
}
