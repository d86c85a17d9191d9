package directorytest

import (
	"flag"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How many seeds, from which on, and for how long new ones are taken.
var (
	seeds = flag.Uint64("seeds", 150, "how many seeds are played")
	from  = flag.Uint64("from", 0, "the first seed")
	long  = flag.Duration("for", 0, "how long seeds are played, in place of how many")
)

// TestSeeds plays seeds, on all processors.
func TestSeeds(t *testing.T) {
	began := time.Now()
	var next, count, steps, sessions, told, taken atomic.Int64
	var failed atomic.Bool
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for !failed.Load() {
				n := uint64(next.Add(1) - 1)
				if *long == 0 && n >= *seeds || *long > 0 && time.Since(began) >= *long {
					return
				}
				r := Play(*from + n)
				count.Add(1)
				steps.Add(int64(r.Steps))
				sessions.Add(int64(r.Sessions))
				told.Add(int64(r.Told))
				taken.Add(int64(r.Taken))
				if r.Fault != nil {
					failed.Store(true)
					t.Errorf("seed %d: %v", r.Seed, r.Fault)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d seeds, %d steps, %d sessions, %d messages in them, %d words of standing by, in %v",
		count.Load(), steps.Load(), sessions.Load(), taken.Load(), told.Load(), time.Since(began).Round(time.Millisecond))
}
