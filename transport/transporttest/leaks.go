package transporttest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// Leaks makes the test fail at its end if goroutines of packages whose path has
// one of the parts, and which were not there when Leaks was called, still run
// some seconds later. It is called before what starts them.
func Leaks(t testing.TB, parts ...string) {
	t.Helper()
	before := running(parts)
	t.Cleanup(func() {
		var left []string
		for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			left = left[:0]
			for id, stack := range running(parts) {
				if before[id] == "" {
					left = append(left, stack)
				}
			}
			if len(left) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines were left running:\n%s", len(left), strings.Join(left, "\n\n"))
				return
			}
		}
	})
}

// running returns the stacks of goroutines by their number, but for the caller's.
func running(parts []string) map[string]string {
	buffer := make([]byte, 1<<20)
	all := strings.Split(string(buffer[:runtime.Stack(buffer, true)]), "\n\n")
	found := make(map[string]string)
	for _, stack := range all[1:] {
		for _, part := range parts {
			if strings.Contains(stack, part) && !strings.Contains(stack, "testing.tRunner") {
				found[strings.Join(strings.Fields(stack)[:2], " ")] = stack
			}
		}
	}
	return found
}
