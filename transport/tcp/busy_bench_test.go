//go:build unix

package tcp_test

import (
	"fmt"
	"hash/crc32"
	"syscall"
	"testing"
	"time"
)

// used is the processor time of this process, all its goroutines together.
func used() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBusy sends frames of 200 bytes, one after each piece of other work,
// which takes its time. It prints what a frame costs beside that work in processor
// time, both ends of the link together.
func BenchmarkBusy(b *testing.B) {
	other := make([]byte, 4<<20)
	for _, pause := range []time.Duration{50 * time.Microsecond, 10 * time.Microsecond, 5 * time.Microsecond, time.Microsecond} {
		b.Run(fmt.Sprintf("each=%v", pause), func(b *testing.B) {
			size, sum := 1, uint32(0)
			work := func() { sum += crc32.ChecksumIEEE(other[:size]) }
			for least := time.Duration(0); least < pause; size += 1 + size/10 {
				start := time.Now()
				work()
				took := time.Since(start)
				for range 10 {
					start := time.Now()
					work()
					took = min(took, time.Since(start))
				}
				least = took
			}
			dialler, acceptor := ends(b)
			c := &counter{want: b.N, done: make(chan struct{}, 1)}
			acceptor.Start(c)
			dialler.Start(&counter{})
			body := make([]byte, 200)
			before := used()
			for range b.N {
				work()
			}
			floor := used() - before
			b.ResetTimer()
			before = used()
			for range b.N {
				work()
				for dialler.Send(40, body) != nil {
				}
			}
			<-c.done
			b.ReportMetric(float64(used()-before-floor)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(floor)/float64(b.N), "work-ns/op")
		})
	}
}
