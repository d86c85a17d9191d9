package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A commander has commands of its own; what it does not know is errUnknown.
type commander interface {
	obey(words []string) (answer, error)
}

var errUnknown = errors.New("the command is unknown")

// childMain is main of a child. It returns the exit status.
func childMain(args []string) int {
	part, name, at, profile := args[0], args[1], args[2], args[3]
	if part == beginPart {
		return beginMain(name)
	}
	err := profiled(profile, func() error {
		end, err := newEnd(part, name, at)
		if err != nil {
			return err
		}
		if err := serve(end); err != nil {
			return err
		}
		return end.Close()
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "compare: %s %s: %v\n", name, part, err)
		return 1
	}
	return 0
}

// profiled writes a profile of what f does, if there is a file for it.
func profiled(file string, f func() error) error {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// newEnd makes what a child is.
func newEnd(part, name, at string) (io.Closer, error) {
	if part == localPart {
		return newLocal(name)
	}
	switch name + " " + part {
	case "crowd far":
		return newCrowdFar(at)
	case "crowd near":
		return newCrowdNear(at)
	case "memory far":
		return newHolder(at)
	case "memory near":
		return newKeeper(at)
	}
	c, ok := find(name)
	switch {
	case !ok:
	case part == "server":
		return c.server()
	case part == "far":
		return c.far(at)
	case part == "near":
		return c.near(at)
	}
	return nil, fmt.Errorf("there is no such child")
}

// serve obeys commands, a line of words each, until there are no more. If one is
// being obeyed then, whoever gave it is gone, and so is this process soon.
func serve(end io.Closer) error {
	lines := make(chan string)
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
		time.AfterFunc(4*time.Second, func() { os.Exit(1) })
	}()
	answers := json.NewEncoder(os.Stdout)
	for line := range lines {
		a, err := obey(end, strings.Fields(line))
		if err != nil {
			a.Error = fmt.Sprintf("%s: %v", line, err)
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func obey(end io.Closer, words []string) (answer, error) {
	if c, ok := end.(commander); ok {
		if a, err := c.obey(words); !errors.Is(err, errUnknown) {
			return a, err
		}
	}
	n, err := numbers(words[1:])
	if err != nil {
		return answer{}, err
	}
	began := time.Now()
	switch words[0] {
	case "can":
		return answer{Text: abilities(end)}, nil
	case "address":
		return answer{Text: end.(located).address()}, nil
	case "usage":
		used, err := usage()
		return answer{Times: []int64{int64(used)}}, err
	case "heap":
		return measureHeap(), nil
	case "ask":
		times, err := end.(asker).ask(n[0])
		return answer{Times: times}, err
	case "fly":
		err := end.(flier).fly(n[0], n[1])
		return answer{Times: []int64{int64(time.Since(began))}}, err
	case "expect":
		end.(taker).sink().expect(n[0])
		return answer{}, nil
	case "send":
		err := end.(sender).send(n[0])
		return answer{Times: []int64{began.UnixNano()}}, err
	case "await":
		at, err := end.(taker).sink().await()
		return answer{Times: []int64{at.UnixNano()}}, err
	}
	return answer{}, errUnknown
}

func numbers(words []string) ([]int, error) {
	list := make([]int, len(words))
	for i, w := range words {
		var err error
		if list[i], err = strconv.Atoi(w); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// abilities says what can be measured with a near end.
func abilities(end any) string {
	var list []string
	if _, ok := end.(asker); ok {
		list = append(list, "ask")
	}
	if _, ok := end.(flier); ok {
		list = append(list, "flight")
	}
	if _, ok := end.(sender); ok {
		list = append(list, "oneway")
	}
	return strings.Join(list, " ")
}

// usage returns the time that this process has had a CPU.
func usage() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
