package tcp_test

import (
	"slices"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// laneKind is that of the lone frames; others are of kind 40.
const laneKind transport.Kind = 41

// loneCounter counts frames, and tells of lone ones. A receiver does some work, as one
// with a codec does.
type loneCounter struct {
	lone chan struct{}
	sum  int
}

func (c *loneCounter) Received(kind transport.Kind, body []byte) error {
	if kind == laneKind {
		c.lone <- struct{}{}
		return nil
	}
	for range 4 {
		for _, b := range body {
			c.sum += int(b)
		}
	}
	return nil
}

func (c *loneCounter) Lost(error) {}

// BenchmarkLoneLane sends frames of 80 bytes in one lane as fast as the link takes
// them, up to 256 KiB ahead, and now and then one in another. It prints how long the
// lone ones take, and how much goes through meanwhile.
func BenchmarkLoneLane(b *testing.B) {
	dialler, acceptor := ends(b)
	c := &loneCounter{lone: make(chan struct{}, 1)}
	acceptor.Start(c)
	dialler.Start(&counter{})
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		busy, body, sent := dialler.Lane(), make([]byte, 75), 0
		for {
			select {
			case <-stop:
				stopped <- sent
				return
			default:
			}
			for range 64 {
				if busy.Send(40, body) == nil {
					sent++
				}
			}
			for dialler.Queued() > 256<<10 {
				time.Sleep(20 * time.Microsecond)
			}
		}
	}()
	time.Sleep(50 * time.Millisecond)
	lone := dialler.Lane()
	var took []time.Duration
	start := time.Now()
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		if err := lone.Send(laneKind, nil); err != nil {
			b.Fatal(err)
		}
		<-c.lone
		took = append(took, time.Since(began))
		time.Sleep(100 * time.Microsecond)
	}
	b.StopTimer()
	long := time.Since(start)
	close(stop)
	sent := <-stopped
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(sent)/long.Seconds()/1e6, "Mframes/s")
}
