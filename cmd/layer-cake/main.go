// Layer-cake makes, keeps and runs composite processes, and lets people take part in
// the directory from the shell.
//
// Run layer-cake --help, or layer-cake help VERB, for how it is used.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs one verb and returns the exit status: 0, 1 for a failure, 2 for
// a command line that cannot be understood.
func execute(args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	verb, err := root.ExecuteC()
	if err == nil {
		return 0
	}
	if errors.Is(err, errSaid) {
		return 1
	}
	fmt.Fprintf(stderr, "%s: %v\n", verb.CommandPath(), err)
	if usage := new(usageError); errors.As(err, usage) {
		fmt.Fprintf(stderr, "Run '%s --help' to see how it is used.\n", verb.CommandPath())
		return 2
	}
	return 1
}

// errSaid is the error of a verb that has printed why it failed.
var errSaid = errors.New("said already")
