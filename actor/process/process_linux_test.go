package process_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor/process"
)

func TestNothingIsLeft(t *testing.T) {
	b := newBench(t)
	count := func() (files, goroutines int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries), runtime.NumGoroutine()
	}
	b.wait(b.spawn(process.Config{}, "exit", "0")) // what is made once is there now
	files, goroutines := count()
	for range 20 {
		b.wait(b.spawn(process.Config{}, "exit", "0"))
		b.wait(b.sys.Spawn(process.Func(process.Config{Path: "/nowhere"})))
	}
	f, g := count()
	for deadline := time.Now().Add(10 * time.Second); g > goroutines && time.Now().Before(deadline); f, g = count() {
		runtime.Gosched() // one that has done all it does may still be there for a moment
	}
	if f != files || g > goroutines {
		t.Errorf("files %d, goroutines %d; before %d, %d", f, g, files, goroutines)
	}
}
