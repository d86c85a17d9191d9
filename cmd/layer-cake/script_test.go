package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for what must come.
const patience = 30 * time.Second

// The commands that scripts have beside those of testscript.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"directory": startDirectory,
	"await":     await,
	"events":    events,
}

// startDirectory runs a host-cake until the script ends: directory. $DIRECTORY is
// then where it takes links. With the word lan there are two below a lan-cake, and
// $THERE is the other.
func startDirectory(ts *testscript.TestScript, neg bool, args []string) {
	const host, nowhere = "--directory-at-host=127.0.0.1:0", "127.0.0.1:1"
	switch {
	case !neg && len(args) == 0:
		ts.Setenv("DIRECTORY", startDaemon(ts, "host-cake", host, "--directory-at-lan="+nowhere))
	case !neg && len(args) == 1 && args[0] == "lan":
		lan := startDaemon(ts, "lan-cake", "--directory-at-lan=127.0.0.1:0")
		ts.Setenv("DIRECTORY", startDaemon(ts, "host-cake", host, "--directory-at-lan="+lan))
		ts.Setenv("THERE", startDaemon(ts, "host-cake", host, "--directory-at-lan="+lan))
	default:
		ts.Fatalf("usage: directory [lan]")
	}
}

// startDaemon runs a daemon until the script ends, and returns where it takes links.
func startDaemon(ts *testscript.TestScript, program string, args ...string) string {
	c := exec.Command(program, append(args, "--debug-level=INFO")...)
	log, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	found, drained := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(drained)
		line := regexp.MustCompile(`directory takes links".* at=(127\.0\.0\.1:[1-9][0-9]*)`)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if m := line.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	ts.Defer(func() {
		c.Process.Signal(syscall.SIGTERM) // an error says that it has ended, and so will Wait
		<-drained
		if err := c.Wait(); err != nil {
			ts.Logf("%s: %v", program, err)
		}
	})
	select {
	case at := <-found:
		return at
	case <-drained:
		ts.Fatalf("%s ended", program)
	case <-time.After(patience):
		ts.Fatalf("%s does not say where it takes links", program)
	}
	return ""
}

// await waits until a file has what an expression matches: await FILE REGEXP.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE REGEXP")
	}
	want, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for late := time.After(patience); ; {
		text := ts.ReadFile(args[0])
		if want.MatchString(text) {
			return
		}
		select {
		case <-late:
			ts.Fatalf("%s has nothing that matches %s:\n%s", args[0], args[1], text)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// events prints the events of a file, in which each line must be one and have no
// field that is not documented, with A for each address: events FILE.
func events(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: events FILE")
	}
	text, err := eventLines(ts.ReadFile(args[0]))
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), text)
}

var addresses = regexp.MustCompile(`\b[0-9a-f]{8}:[0-9]+`)

func eventLines(text string) (string, error) {
	var b strings.Builder
	last := time.Time{}
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, "}\n") {
			return "", fmt.Errorf("this is no whole line: %q", line)
		}
		var when struct{ Time string }
		if err := json.Unmarshal([]byte(line), &when); err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		at, err := time.Parse(time.RFC3339Nano, when.Time)
		if err != nil || at.Before(last) || time.Since(at) > time.Hour {
			return "", fmt.Errorf("%s: the time after %v, %v", line, last, err)
		}
		last = at
		var e reply
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
		b.WriteString(e.Event)
		var fields bytes.Buffer
		if err := json.Compact(&fields, []byte(line)); err != nil {
			return "", err
		}
		_, rest, _ := strings.Cut(fields.String(), fmt.Sprintf(`"event":%q`, e.Event))
		b.WriteString(addresses.ReplaceAllString(rest, "A") + "\n")
	}
	return b.String(), nil
}
