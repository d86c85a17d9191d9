package directorytest

import (
	"flag"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	seeds  = flag.Uint64("seeds", 150, "how many seeds are played")
	from   = flag.Uint64("from", 0, "the first seed")
	period = flag.Duration("for", 0, "how long seeds are played, in place of how many")
	effort = flag.Int("shrink", 2000, "how often a script that fails is played to make it short")
)

// TestSeeds plays seeds, a world in each of as many goroutines as there are
// processors, until one fails.
func TestSeeds(t *testing.T) {
	began := time.Now()
	var next, count, steps, sessions, told, taken atomic.Int64
	var failed atomic.Bool
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for !failed.Load() {
				n := uint64(next.Add(1) - 1)
				if *period == 0 && n >= *seeds || *period > 0 && time.Since(began) >= *period {
					return
				}
				r := Play(*from + n)
				if n := count.Add(1); n%100_000 == 0 {
					t.Logf("%d seeds in %v", n, time.Since(began).Round(time.Second))
				}
				steps.Add(int64(r.Steps))
				sessions.Add(int64(r.Sessions))
				told.Add(int64(r.Told))
				taken.Add(int64(r.Taken))
				if r.Fault != nil && !failed.Swap(true) {
					report(t, r)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d seeds from %d on: %d steps, %d sessions, %d messages in them, %d words of standing by, in %v", count.Load(), *from,
		steps.Load(), sessions.Load(), taken.Load(), told.Load(), time.Since(began).Round(time.Millisecond))
	if !failed.Load() && (sessions.Load() < count.Load() || taken.Load() < count.Load() || told.Load() < count.Load()) {
		t.Error("too little happened to tell anything")
	}
}

func report(t *testing.T, r Result) {
	t.Errorf("seed %d: %v", r.Seed, r.Fault)
	if *effort == 0 {
		return
	}
	short, err := Shrink(r.Script, *effort)
	if err != nil {
		t.Errorf("%v:\n%s", err, r.Script)
		return
	}
	t.Errorf("this script fails alone (%v):\n%s", Run(short), short)
}

// The same seed gives the same transcript, of all that machines hear and do.
func TestTranscript(t *testing.T) {
	for seed := range uint64(20) {
		transcript := func() string {
			w := newWorld()
			w.trace = new(strings.Builder)
			play(seed, w)
			return w.trace.String()
		}
		first, second := transcript(), transcript()
		if first != second {
			t.Fatalf("seed %d has two transcripts:\n%s", seed, differences(first, second))
		}
		if len(first) < 1000 {
			t.Errorf("seed %d: nothing happens:\n%s", seed, first)
		}
	}
}

// What a seed does can be read back, and does the same.
func TestScriptOfSeed(t *testing.T) {
	for seed := range uint64(20) {
		r := Play(seed)
		s, err := parse(r.Script)
		if err != nil {
			t.Fatal(err)
		}
		if again := s.String(); again != r.Script {
			t.Fatalf("seed %d: read back it is\n%s\nwant\n%s", seed, again, r.Script)
		}
		w := newWorld()
		if s.play(w); w.steps != r.Steps || w.sessions != r.Sessions {
			t.Errorf("seed %d: its script makes %d steps and %d sessions, want %d and %d", seed, w.steps, w.sessions, r.Steps, r.Sessions)
		}
	}
}
