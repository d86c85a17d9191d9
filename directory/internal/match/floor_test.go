package match

import (
	"testing"
	"time"
)

// against runs ours and the floor in turns, 100 each, and reports both.
func against(b *testing.B, ours, floor func(i int)) {
	var below time.Duration
	b.ResetTimer()
	for done := 0; done < b.N; {
		turn := min(100, b.N-done)
		b.StopTimer()
		start := time.Now()
		for i := range turn {
			floor(done + i)
		}
		below += time.Since(start)
		b.StartTimer()
		for i := range turn {
			ours(done + i)
		}
		done += turn
	}
	b.StopTimer()
	b.ReportMetric(float64(below.Nanoseconds())/float64(b.N), "floor-ns/op")
	b.ReportMetric(float64(b.Elapsed())/float64(below), "x-floor")
}
