package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// A sample is what a process has at rest.
type sample struct {
	Heap        int64 // bytes, after a collection
	Resident    int64 // bytes, what is free given back to the system
	Goroutines  int64
	Descriptors int64
}

// takeSample measures the process that calls it.
func takeSample() (s sample, err error) {
	runtime.GC() // and another, below, for what the first has only made ready to go
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.Heap = int64(m.HeapAlloc)
	s.Goroutines = int64(runtime.NumGoroutine())
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return s, err
	}
	s.Descriptors = int64(len(files)) - 1 // the folder itself
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return s, err
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscan(after, &s.Resident); err != nil {
		return s, fmt.Errorf("/proc/self/status has no VmRSS: %w", err)
	}
	s.Resident <<= 10
	return s, nil
}

// A measure is one figure of a sample, and by how much it may be greater at the end
// and still be called flat: so much, and so much of what it was.
type measure struct {
	name    string
	of      func(sample) int64
	slack   int64
	percent int64
}

// The heap at rest is the same but for buffers that are kept: what is left behind of
// each session, be it 30 bytes, is seen within seconds, and less within minutes. What is
// resident moves with the moments at which the system takes memory back.
var measures = []measure{
	{"heap", func(s sample) int64 { return s.Heap }, 256 << 10, 2},
	{"resident", func(s sample) int64 { return s.Resident }, 8 << 20, 10},
	{"goroutines", func(s sample) int64 { return s.Goroutines }, 4, 0},
	{"descriptors", func(s sample) int64 { return s.Descriptors }, 2, 0},
}

// A trend is how a figure was, and is.
type trend struct {
	first, last int64
	allowed     int64 // how much greater it may be
}

func (t trend) flat() bool { return t.last-t.first <= t.allowed }

// trend looks at samples that were taken in equal steps: the first quarter is warming
// up, of the rest the least of the first third is compared with that of the last. What
// is left behind is in each sample; what is there for a while, such as a second link
// between the parties until it is given up, is not in all of them.
func (m measure) trend(list []sample) trend {
	list = list[len(list)/4:]
	third := (len(list) + 2) / 3
	first, last := m.least(list[:third]), m.least(list[len(list)-third:])
	return trend{first, last, m.slack + first*m.percent/100}
}

func (m measure) least(list []sample) int64 {
	least := m.of(list[0])
	for _, s := range list {
		least = min(least, m.of(s))
	}
	return least
}
