package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
)

// An entry is a line of a log: its keys and values.
type entry map[string]string

// A watch reads what the programs log, line by line.
type watch struct {
	mu      sync.Mutex
	rest    []byte        // guarded by mu; a line that is not whole yet
	lines   []string      // guarded by mu; for when something goes wrong
	entries []entry       // guarded by mu
	news    chan struct{} // guarded by mu; closed and replaced at each line
	failed  error         // guarded by mu; a program ended with an error
}

func newWatch() *watch { return &watch{news: make(chan struct{})} }

func (w *watch) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, b...)
	for {
		line, rest, whole := bytes.Cut(w.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		w.rest = rest
		w.lines = append(w.lines, string(line))
		w.entries = append(w.entries, parse(string(line)))
		w.told()
	}
}

// Called with mu held.
func (w *watch) told() {
	close(w.news)
	w.news = make(chan struct{})
}

// ended notes that a program ended by itself.
func (w *watch) ended(name string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.failed == nil {
		w.failed = fmt.Errorf("%s ended: %w", name, err)
	}
	w.told()
}

// all returns the entries with a message, the oldest first.
func (w *watch) all(message string) []entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []entry
	for _, e := range w.entries {
		if _, said, _ := strings.Cut(e["msg"], " - "); said == message { // after who said it
			found = append(found, e)
		}
	}
	return found
}

// await waits until a message has been logged that many times.
func (w *watch) await(ctx context.Context, count int, message string) error {
	for {
		w.mu.Lock()
		news, failed := w.news, w.failed
		lines := strings.Join(w.lines, "\n")
		w.mu.Unlock()
		n := len(w.all(message))
		switch {
		case n >= count:
			return nil
		case failed != nil:
			return fmt.Errorf("%w; what was logged:\n%s", failed, lines)
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("%q was logged %d times, not %d: %w; what was logged:\n%s", message, n, count, ctx.Err(), lines)
		}
	}
}

// parse takes a line of key=value apart; a value may be quoted.
func parse(line string) entry {
	e := entry{}
	for line != "" {
		key, rest, ok := strings.Cut(line, "=")
		if !ok {
			break
		}
		key = key[strings.LastIndexByte(key, ' ')+1:]
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, line, _ = strings.Cut(rest[1:], `"`)
		} else {
			value, line, _ = strings.Cut(rest, " ")
		}
		e[key] = value
	}
	return e
}
