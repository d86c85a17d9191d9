package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

func newRun(home *string) *cobra.Command {
	var level string
	c := &cobra.Command{
		Use:   "run",
		Short: "Run a composite process",
		Long: `Run runs every role of a composite process, until all have ended or it is told to
stop, by Ctrl-C or SIGTERM; each role is then told to stop, and killed if it has
not ended in 7 seconds. The same happens when it is killed. It becomes the program
group-cake, which must be beside layer-cake, or else in PATH.

A role that ends does not end the others. When all have ended, what each returned
is printed; the exit status is 1 if any of them failed. Everything else that
group-cake and the roles have to say goes to stderr.

It is an error if the composite process runs already, or has no roles.`,
		Args: words(0),
		RunE: func(*cobra.Command, []string) error {
			h, err := openHome(*home)
			if err != nil {
				return err
			}
			program, err := findBeside("group-cake")
			if err != nil {
				return err
			}
			args := []string{program, "--home-path=" + h.Path()}
			if level != "" {
				args = append(args, "--debug-level="+level)
			}
			return fmt.Errorf("%s: %w", program, syscall.Exec(program, args, os.Environ()))
		},
	}
	c.Flags().StringVar(&level, "debug-level", "", "log this `level` and above: DEBUG TRACE OBJECT CONSOLE WARNING FAULT NONE, or INFO WARN ERROR")
	return c
}

// findBeside returns the path of another program of Layer Cake: beside this one,
// else in PATH.
func findBeside(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	beside := filepath.Join(filepath.Dir(self), name)
	path, err := exec.LookPath(beside)
	if err != nil {
		path, err = exec.LookPath(name)
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s: it is neither beside this program, in %s, nor in PATH", name, filepath.Dir(self))
	}
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}
