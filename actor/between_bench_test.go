//go:build unix

package actor

import (
	"context"
	"log/slog"
	"syscall"
	"testing"
)

// used is the processor time of this program, in ns.
func used() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// between opens two systems that are joined over TCP, and returns them.
func between(b *testing.B) (one, two *System) {
	b.Helper()
	open := func(o Options) *System {
		o.Logger = slog.New(slog.DiscardHandler)
		sys, err := Open(&o)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { sys.Close(context.Background()) })
		return sys
	}
	types := Types{Type[benchMessage]("bench")}
	host := open(Options{Scope: Host, Listen: "127.0.0.1:0", Directory: "none"})
	at := host.DirectoryAddress()
	return open(Options{Directory: at, Types: types}), open(Options{Directory: at, Types: types})
}

// BenchmarkBetween has two systems in one program, joined over TCP.
func BenchmarkBetween(b *testing.B) {
	meet := func(b *testing.B, f Func) (self *Self, to Address) {
		one, two := between(b)
		one.Spawn(f)
		self, leave := two.Enter("client")
		b.Cleanup(leave)
		self.Subscribe("server")
		for {
			if m, ok := self.Input().(Available); ok {
				return self, m.Publisher
			}
		}
	}
	b.Run("ask", func(b *testing.B) {
		b.ReportAllocs()
		self, to := meet(b, func(self *Self) any {
			self.Publish("server")
			return echo(self)
		})
		b.ResetTimer()
		before := used()
		defer func() { b.ReportMetric((used()-before)/float64(b.N), "cpu-ns/op") }()
		for range b.N {
			if _, err := Ask[benchMessage](b.Context(), self, to, benchMessage{1, 2, 3, 4}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tell", func(b *testing.B) {
		b.ReportAllocs()
		done := make(chan struct{})
		self, to := meet(b, func(self *Self) any {
			self.Publish("server")
			n := 0
			for m := range self.Messages() {
				if _, ok := m.(benchMessage); !ok {
					continue
				}
				if n++; n == b.N {
					close(done)
				}
			}
			return nil
		})
		b.ResetTimer()
		before := used()
		defer func() { b.ReportMetric((used()-before)/float64(b.N), "cpu-ns/op") }()
		for range b.N {
			if err := self.SendWait(b.Context(), to, benchMessage{1 << 40, 2, 3, 4}); err != nil {
				b.Fatal(err)
			}
		}
		<-done
	})
}
