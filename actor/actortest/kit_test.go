package actortest_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// both runs f in a bubble and out of one.
func both(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Run("in a bubble", func(t *testing.T) { synctest.Test(t, f) })
	t.Run("in real time", f)
}

// A verdict is the testing.TB of a test that is itself under test: it notes what that
// fails with.
type verdict struct {
	testing.TB // nil: what follows is all that is used

	mu       sync.Mutex
	failures []string
	cleanups []func()
	log      bytes.Buffer
}

func (v *verdict) Helper() {}

func (v *verdict) Cleanup(f func()) { v.cleanups = append(v.cleanups, f) }

func (v *verdict) Output() io.Writer { return (*output)(v) }

// An output is where a test says more.
type output verdict

func (o *output) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.log.Write(line)
}

func (v *verdict) Errorf(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failures = append(v.failures, fmt.Sprintf(format, args...))
}

func (v *verdict) Fatal(args ...any) { v.Fatalf("%s", fmt.Sprint(args...)) }

func (v *verdict) Fatalf(format string, args ...any) {
	v.Errorf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Failed() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.failures) > 0
}

// end is the end of the test.
func (v *verdict) end() {
	for _, f := range slices.Backward(v.cleanups) {
		f()
	}
}

// judge runs f as a test and returns what it fails with.
func judge(f func(t testing.TB)) []string {
	v := new(verdict)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer v.end()
		f(v)
	}()
	<-done
	return v.failures
}

// wants fails the test unless there is one failure for each group of words, which has
// all of them.
func wants(t *testing.T, failures []string, groups ...[]string) {
	t.Helper()
	for i, words := range groups {
		if i >= len(failures) {
			t.Errorf("want a failure with %q", words)
			continue
		}
		for _, w := range words {
			if !strings.Contains(failures[i], w) {
				t.Errorf("failure %d is %s\nwant %q in it", i, failures[i], w)
			}
		}
	}
	for _, more := range failures[min(len(groups), len(failures)):] {
		t.Errorf("one failure more: %s", more)
	}
}
