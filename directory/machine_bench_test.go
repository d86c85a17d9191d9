package directory

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// namesOf returns n publications of one process, of names of 40 bytes each.
func namesOf(process byte, n int) []Publication {
	list := publicationsOf(n)
	id := transport.ProcessID{3: process}
	for i := range list {
		list[i].ID.Origin, list[i].Actor.Process = id, id
		list[i].Name = Name(fmt.Sprintf("bench:of-process-%03d:worker-%016x", process, i))
		list[i].Endpoints = list[0].Endpoints
	}
	return list
}

// A host with a child, and a parent or none.
func benchHost(parent bool) *Machine {
	m := NewMachine(Host, LAN)
	m.Step(LinkParty(1), ChildUp{Process})
	if parent {
		m.Step(LinkParty(2), ParentUp{LAN})
	}
	return m
}

// BenchmarkClaim is what a directory does for a name that is new to it, and what
// it keeps of it.
func BenchmarkClaim(b *testing.B) {
	for _, patterns := range []int{0, 1000} {
		b.Run(fmt.Sprintf("patterns=%d", patterns), func(b *testing.B) {
			list := namesOf(1, b.N)
			claims := make([]Message, b.N)
			for i, p := range list {
				claims[i] = Claim{Name: p.Name, Claimants: list[i : i+1]}
			}
			m := benchHost(false)
			for i := range patterns {
				m.Step(LinkParty(1), Seek{Subscription{ID: ID{transport.ProcessID{3: 9}, uint64(i)}, Pattern: Pattern(fmt.Sprintf("other-%d:.*", i)), Scope: Host}})
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.ReportAllocs()
			b.ResetTimer()
			for _, c := range claims {
				m.Step(LinkParty(1), c)
			}
			b.StopTimer()
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(b.N), "B/name")
			runtime.KeepAlive(m)
			runtime.KeepAlive(claims)
		})
	}
}

// BenchmarkPublish is what a process does for a publication of its own.
func BenchmarkPublish(b *testing.B) {
	list := namesOf(1, b.N)
	m := NewMachine(Process, Group)
	m.Step(LinkParty(1), ParentUp{Host})
	b.ReportAllocs()
	b.ResetTimer()
	for _, p := range list {
		m.Step(ActorParty(1), Publish{p})
	}
}
