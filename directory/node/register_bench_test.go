package node

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// deaf is the runtime of a process whose actors only count.
type deaf struct{ available chan struct{} }

func (deaf) Deliver(Delivery) error  { return nil }
func (deaf) Undelivered(Undelivered) {}
func (deaf) WayLost(*Way)            {}

func (deaf) Watch(transport.Address, *Watcher) error { return transport.ErrEnded }
func (deaf) Unwatch(transport.Address, *Watcher)     {}

func (deaf) Fatal(err error) { panic(err) }
func (d deaf) Tell(_ transport.ActorID, fact directory.Message, _ *Session) {
	if _, ok := fact.(directory.Available); ok {
		d.available <- struct{}{}
	}
}

func openDeaf(b *testing.B, scope directory.Scope, parent string) (*Node, deaf) {
	d := deaf{make(chan struct{}, 1000)}
	c := Config{
		Scope: scope, Executable: "bench", Actors: d, Transport: tcp.Transport{},
		Mint:   transport.NewMint(transport.NewProcessID()),
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if scope < directory.Process {
		c.Listen = "127.0.0.1:0"
	}
	if parent != "" {
		c.Parent, c.ParentScope = func() (string, error) { return parent, nil }, scope-1
	}
	n, err := Open(c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(n.Close)
	return n, d
}

// What a registration costs, one Publish each, until a host's directory knows it.
func BenchmarkRegister(b *testing.B) {
	for _, processes := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d processes", processes), func(b *testing.B) {
			host, heard := openDeaf(b, directory.Host, "")
			if err := host.Subscribe(1, "last:.*", directory.Host); err != nil {
				b.Fatal(err)
			}
			publish := func(n *Node, format string, i int) {
				if err := n.Publish(1, directory.Name(fmt.Sprintf(format, n.ID().Short(), i)), directory.Host); err != nil {
					b.Error(err)
				}
			}
			var all []*Node
			for range processes {
				n, _ := openDeaf(b, directory.Process, host.Address())
				publish(n, "last:first:%s:%d", 0)
				<-heard.available // it is linked
				all = append(all, n)
			}
			each := (b.N + processes - 1) / processes
			b.ReportAllocs()
			b.ResetTimer()
			var group sync.WaitGroup
			for _, n := range all {
				group.Go(func() {
					for i := range each {
						publish(n, "svc:some-kind-of-worker:%s:%012d", i)
					}
					publish(n, "last:%s:%d", 0) // words go in order
				})
			}
			group.Wait()
			for range all {
				<-heard.available
			}
			b.ReportMetric(float64(processes*each)/b.Elapsed().Seconds(), "registrations/s")
		})
	}
}
