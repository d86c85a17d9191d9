package directory

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// publicationsOf returns n publications of one process.
func publicationsOf(n int) []Publication {
	process := transport.ProcessID{3: 1}
	list := make([]Publication, n)
	for i := range list {
		list[i] = Publication{
			ID:        ID{process, uint64(i + 1)},
			Name:      Name(fmt.Sprintf("bench:worker-%06d", i)),
			Scope:     Host,
			Stamp:     Stamp(i),
			Actor:     transport.Address{Process: process, Actor: transport.ActorID(i + 1)},
			Endpoints: []Endpoint{{Host, "127.0.0.1:40000"}},
		}
	}
	return list
}

// BenchmarkOffered says the whole list of one subscription, again and again: it
// must cost the same per name however long the list is.
func BenchmarkOffered(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := NewResolver()
			id := ID{transport.ProcessID{3: 9}, 1}
			r.Step(ActorParty(1), Subscribe{Subscription{ID: id, Pattern: ".*", Scope: Host}})
			list := publicationsOf(n)
			for b.Loop() {
				for i := 0; i < n; i += 250 {
					r.Step(0, Offered{id, Host, i == 0, i+250 == n, list[i : i+250]})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/name")
		})
	}
}

// BenchmarkSession opens sessions, and says what the two ends of one that is
// idle keep in memory.
func BenchmarkSession(b *testing.B) {
	n := b.N
	list := publicationsOf(n)
	id := ID{transport.ProcessID{3: 9}, 1}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	r, a := NewResolver(), NewAcceptor()
	a.most = n
	r.Step(ActorParty(1), Subscribe{Subscription{ID: id, Pattern: ".*", Scope: Host, Actor: transport.Address{Actor: 1}}})
	for _, p := range list {
		a.Step(ActorParty(2), Publish{p})
		for _, e := range r.Step(0, Offer{id, Host, p}) {
			if c, ok := e.(Connect); ok {
				a.Step(LinkParty(1), Opening{c.Open, Host})
				r.Step(0, Ready{c.Open.Session})
				a.Step(LinkParty(1), Commit{c.Open.Session})
			}
		}
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/session")
	if len(r.sessions) != n || len(a.openers[LinkParty(1)]) != n {
		b.Fatalf("%d sessions at the subscriber, %d at the publisher, want %d", len(r.sessions), len(a.openers[LinkParty(1)]), n)
	}
	runtime.KeepAlive(list)
}
